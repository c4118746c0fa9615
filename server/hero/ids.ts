import "server-only";
import { z } from "zod";

/**
 * An id in a reply, as text. The contract's ids are strings, most of digits, but Hero's own examples have
 * numbers and letters too. A whole number that JSON cannot carry exactly is rejected, and so is text that
 * could change the path of the next request.
 */
export const heroId = z.union([
  z.string().regex(/^(?!\.{1,2}$)[^\s\p{C}/\\?#]{1,100}$/u),
  z.number().int().nonnegative().transform(String),
]);
