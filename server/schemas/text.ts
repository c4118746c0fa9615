import { z } from "./zod";

// Control characters, and the invisible marks that reorder or hide text (bidirectional overrides,
// zero-width spaces): they have no place in a one-line field and can disguise what it says. Half a
// surrogate pair is no character at all, and PostgreSQL takes none inside JSON.
const hidden =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

/**
 * One line of text as people type it: trimmed, composed (NFC), no hidden characters, counted in
 * characters as people see them rather than in code units.
 *
 * @param what the field's name as it stands in a sentence, such as `"a name"`
 */
export function line(what: string, most: number) {
  return z
    .string({ error: `Enter ${what}.` })
    .transform((text) => text.normalize("NFC").trim())
    .pipe(
      z
        .string()
        .min(1, { error: `Enter ${what}.` })
        .refine((text) => !hidden.test(text), {
          error: "Remove hidden or control characters.",
        })
        .refine((text) => [...text].length <= most, {
          error: `Use ${most} characters or fewer.`,
        }),
    );
}

/** As `line`, where leaving the field empty means "none" and gives `undefined`. */
export function optionalLine(what: string, most: number) {
  return z.preprocess(
    (value) =>
      value === null || (typeof value === "string" && value.trim() === "") ? undefined : value,
    line(what, most).optional(),
  );
}

/** Our own id of a row (UUID). Someone else's id passes here and is "not found" later. */
export const rowId = z.uuid({ error: "This is not a valid id." });

/** Hero's numeric ids of appointment types, locations, practitioners, patients: `^\d+$` in the contract. */
export function heroId(sentence: string) {
  return z
    .string({ error: sentence })
    .trim()
    .regex(/^[0-9]{1,20}$/, { error: sentence });
}

/** Hero's id of a form: a string without a documented pattern. */
export function formId(sentence: string) {
  return z
    .string({ error: sentence })
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: sentence });
}

/** Empty choices in a form count as "not chosen". */
export function optionalHeroId(sentence: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    heroId(sentence).optional(),
  );
}

/** How many rows of a list to answer with. */
export function pageSize(usual: number) {
  const error = "A page has 1 to 100 rows.";
  return z.number({ error }).int({ error }).min(1, { error }).max(100, { error }).default(usual);
}
