import { z } from "zod";
import { isLocalDate } from "../state/time";

/** Hero's numeric ids, as text. */
export const idField = z.string().regex(/^\d+$/, "a string of digits");

/** A bare day, `YYYY-MM-DD`. */
export const localDateField = z.string().refine(isLocalDate, "a date as YYYY-MM-DD");

/** A moment as ISO 8601 with a time zone, or a bare day taken as midnight UTC. */
export const timestampField = z
  .string()
  .refine(
    (text) => isLocalDate(text) || z.iso.datetime({ offset: true }).safeParse(text).success,
    "an ISO 8601 date-time",
  );

/** A date of birth: a bare day, or a date-time whose day is meant. Gives `YYYY-MM-DD`. */
export const dateOfBirthField = timestampField.transform((text) => text.slice(0, 10));

/** All values of a query field, whether repeated, with `[]`, or with commas. */
export function listParam(query: URLSearchParams, name: string): string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)]
    .flatMap((value) => value.split(","))
    .filter((value) => value !== "");
}
