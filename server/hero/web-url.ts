import "server-only";
import { z } from "zod";

/**
 * A patient will be sent there: no credentials inside, and nothing that a line could be broken with.
 * Looked at before it is parsed, because parsing an address drops line breaks.
 */
export const webUrl = z
  .string()
  .max(2000)
  .regex(/^[^\s@]+$/)
  .pipe(z.url({ protocol: /^https?$/ }));

/**
 * The reply to making a link, whose shape is not in the crawl (guide §14, 16 and 17): the first field
 * that holds a web address is taken for the link, the likely names before all others, and an id is
 * welcome.
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
  const id = z.coerce.string().min(1).max(100).safeParse(reply.id);
  return { url, id: reply.id !== undefined && reply.id !== null && id.success ? id.data : null };
});

export type CreatedLink = z.infer<typeof createdLink>;
