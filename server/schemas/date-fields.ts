import { isLocalDate } from "./dates";
import { z } from "./zod";

/** A local date from a form. An invalid date is not compared with others. */
export function localDate(message: string) {
  return z.string({ error: message }).trim().refine(isLocalDate, { error: message, abort: true });
}

/** An optional local date. */
export function optionalLocalDate(message: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    localDate(message).optional(),
  );
}
