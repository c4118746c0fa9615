import "server-only";
import { z } from "zod";
import { heroId } from "./ids";
import { webUrl } from "./web-url";

/**
 * The reply to creating a link. Its shape is not documented (assumptions 16 and 17): the link is the
 * first field that holds a web address, likely names first. An id is optional.
 */
export const createdLink = z.record(z.string(), z.unknown()).transform((reply, ctx) => {
  const candidates = [
    reply.booking_link,
    reply.form_link,
    reply.short_link,
    reply.url,
    reply.link,
    ...Object.values(reply),
  ];
  const url = candidates
    .map((value) => webUrl.safeParse(value))
    .find((parsed) => parsed.success)?.data;
  if (!url) {
    ctx.addIssue({ code: "custom", message: "no address" });
    return z.NEVER;
  }
  return { url, id: heroId.safeParse(reply.id).data ?? null };
});

export type HeroCreatedLink = z.infer<typeof createdLink>;
