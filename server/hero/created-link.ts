import "server-only";
import { z } from "zod";
import type { HeroConnection } from "./request";
import { heroId } from "./ids";
import { patientUrl } from "./web-url";

/**
 * The reply to creating a link. Its shape is not documented (assumptions 16, 17 and 18): the link is the
 * first field that holds an address of Hero's patient pages, likely names first. An ID is optional.
 */
export const createdLink = (environment: HeroConnection["environment"]) =>
  z.record(z.string(), z.unknown()).transform((reply, ctx) => {
    const candidates = [
      reply.booking_link,
      reply.form_link,
      reply.video_link,
      reply.short_link,
      reply.url,
      reply.link,
      ...Object.values(reply),
    ];
    const url = candidates
      .map((value) => patientUrl(environment).safeParse(value))
      .find((parsed) => parsed.success)?.data;
    if (!url) {
      ctx.addIssue({ code: "custom", message: "no address" });
      return z.NEVER;
    }
    return { url, id: heroId.safeParse(reply.id).data ?? null };
  });

export type HeroCreatedLink = z.infer<ReturnType<typeof createdLink>>;
