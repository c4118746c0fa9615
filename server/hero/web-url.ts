import "server-only";
import { z } from "zod";

/**
 * A web address that is safe to send to a patient: no credentials and no white space. Checked before
 * parsing, which would drop line breaks.
 */
export const webUrl = z
  .string()
  .max(2000)
  .regex(/^[^\s@]+$/)
  .pipe(z.url({ protocol: /^https?$/ }));
