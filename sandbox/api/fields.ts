import { z } from "zod";
import { isLocalDate } from "../state/time";

/** Hero sends numeric ids as strings. */
export const idField = z.string().regex(/^\d+$/, "a string of digits");

export const localDateField = z.string().refine(isLocalDate, "a date as YYYY-MM-DD");

/** ISO 8601 with a time zone; a date alone means midnight UTC. */
export const timestampField = z
  .string()
  .refine(
    (text) => isLocalDate(text) || z.iso.datetime({ offset: true }).safeParse(text).success,
    "an ISO 8601 date-time",
  );

/** Accepts a date or a date-time and returns the date, `YYYY-MM-DD`. */
export const dateOfBirthField = timestampField.transform((text) => text.slice(0, 10));

/** All values of a query parameter: repeated, named with `[]` or separated by commas. */
export function listParam(query: URLSearchParams, name: string): string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)]
    .flatMap((value) => value.split(","))
    .filter((value) => value !== "");
}
