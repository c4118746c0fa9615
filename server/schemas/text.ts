import { z } from "./zod";

// Control characters, and the invisible marks that reorder or hide text (bidirectional overrides,
// zero-width spaces): they have no place in a one-line field and can disguise what it says. Half a
// surrogate pair is no character at all, and PostgreSQL takes none inside JSON.
const hiddenCharacters =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

/**
 * One line of text as people type it: trimmed, composed (NFC), no hidden characters, counted in
 * characters as people see them rather than in code units.
 *
 * @param label the field's name as it stands in a sentence, such as `"a name"`
 */
export function textLine(label: string, maxLength: number) {
  return z
    .string({ error: `Enter ${label}.` })
    .transform((text) => text.normalize("NFC").trim())
    .pipe(
      z
        .string()
        .min(1, { error: `Enter ${label}.` })
        .refine((text) => !hiddenCharacters.test(text), {
          error: "Remove hidden or control characters.",
        })
        .refine((text) => [...text].length <= maxLength, {
          error: `Use ${maxLength} characters or fewer.`,
        }),
    );
}

/** As `line`, where leaving the field empty means "none" and gives `undefined`. */
export function optionalTextLine(label: string, maxLength: number) {
  return z.preprocess(
    (value) =>
      value === null || (typeof value === "string" && value.trim() === "") ? undefined : value,
    textLine(label, maxLength).optional(),
  );
}

/** Our own id of a row (UUID). Someone else's id passes here and is "not found" later. */
export const rowId = z.uuid({ error: "This is not a valid id." });

/** Hero's numeric ids of appointment types, locations, practitioners, patients: `^\d+$` in the contract. */
export function heroId(message: string) {
  return z
    .string({ error: message })
    .trim()
    .regex(/^[0-9]{1,20}$/, { error: message });
}

/** Hero's id of a form: a string without a documented pattern. */
export function formId(message: string) {
  return z
    .string({ error: message })
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: message });
}

/** Empty choices in a form count as "not chosen". */
export function optionalHeroId(message: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    heroId(message).optional(),
  );
}

/** How many rows of a list to answer with. */
export function pageSize(defaultSize: number) {
  const error = "A page has 1 to 100 rows.";
  return z
    .number({ error })
    .int({ error })
    .min(1, { error })
    .max(100, { error })
    .default(defaultSize);
}
