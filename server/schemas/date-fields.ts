import { isCalendarDate, isLocalDate } from "./dates";
import { z } from "./zod";

/** The missing parts of a date joined from three boxes: "1989--04" has no month. */
export function findMissingPart(text: string): string | undefined {
  const parts = text.split("-");
  if (parts.length !== 3) return undefined;
  const names = ["year", "month", "day"].filter((_, index) => !parts[index]).reverse();
  return names.length > 0 ? names.join(" and ") : undefined;
}

/** What to correct in a date of three boxes; undefined where nothing certain can be said. */
export function findDateProblem(text: string, name: string): string | undefined {
  const missing = findMissingPart(text);
  if (missing) return `Enter the ${missing} of the ${name}.`;
  if (/^\d{1,3}-\d{2}-\d{2}$/.test(text)) return `Enter the year of the ${name} in full.`;
  if (/^\d{4}-/.test(text) && !isCalendarDate(text)) return `Enter the ${name} as a real date.`;
  return undefined;
}

/** A local date from a form. An invalid date is not compared with others. */
export function localDate(name: string, message: string) {
  return z
    .string({ error: message })
    .trim()
    .refine(isLocalDate, {
      error: ({ input }) => findDateProblem(String(input), name) ?? message,
      abort: true,
    });
}

/** An optional local date. */
export function optionalLocalDate(name: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    localDate(name, `Enter a valid ${name}.`).optional(),
  );
}

/** A timestamp in UTC, in the one form that the portal sends, so that equal times are equal strings. */
export function timestamp(error: string) {
  return z
    .string({ error })
    .regex(
      /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/,
      { error },
    );
}
