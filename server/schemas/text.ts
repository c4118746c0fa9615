import { parseLine } from "./text-line";
import { z } from "./zod";

/**
 * One line of text, required; see `parseLine`.
 *
 * @param label the field's name as it reads in a sentence, such as `"a name"`
 */
export function textLine(label: string, maxCharacters: number) {
  return z.string({ error: `Enter ${label}.` }).transform((text, ctx) => {
    const line = parseLine(text, maxCharacters);
    if ("value" in line && line.value !== "") return line.value;
    ctx.addIssue({ code: "custom", message: "value" in line ? `Enter ${label}.` : line.reason });
    return z.NEVER;
  });
}

/** One line of text that may be left empty; gives `undefined` then. */
export function optionalTextLine(label: string, maxCharacters: number) {
  return z.preprocess(
    (value) =>
      value === null || (typeof value === "string" && value.trim() === "") ? undefined : value,
    textLine(label, maxCharacters).optional(),
  );
}

/** The id of a row (UUID). Another tenant's id passes here and is "not found" later. */
export const rowId = z.uuid({ error: "This is not a valid ID." });

const nilId = "00000000-0000-4000-8000-000000000000";

/** An id in a path. PostgreSQL rejects malformed ones, so they become one that no row has. */
export const pathId = (id: string) => (rowId.safeParse(id).success ? id : nilId);

/** Hero's numeric ids of appointment types, locations, practitioners and patients: `^\d+$`. */
export function heroId(message: string) {
  return z
    .string({ error: message })
    .trim()
    .regex(/^[0-9]{1,20}$/, { error: message });
}

/** Hero's form ID: a string without a documented pattern. */
export function formId(message: string) {
  return z
    .string({ error: message })
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: message });
}

/** As `heroId`; an empty choice gives `undefined`. */
export function optionalHeroId(message: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    heroId(message).optional(),
  );
}

/** The number of rows per page. */
export function pageSize(defaultSize: number) {
  const error = "A page can have 1 to 100 rows.";
  return z
    .number({ error })
    .int({ error })
    .min(1, { error })
    .max(100, { error })
    .default(defaultSize);
}
