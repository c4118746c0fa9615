import "server-only";
import { z } from "zod";

/** A timestamp in a reply, with any offset, as ISO 8601 in UTC: equal times are equal texts. */
export const timestamp = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString());
