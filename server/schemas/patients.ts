import { isCalendarDate, ukDateOf } from "./dates";
import { nhsNumber } from "./nhs-number";
import { heroId, textLine, rowId } from "./text";
import { z } from "./zod";

/** A date of birth as `YYYY-MM-DD`: a real day, not in the future and within 130 years. */
export const dateOfBirth = z
  .string({ error: "Enter the date of birth." })
  .trim()
  .superRefine((text, ctx) => {
    const error = findDateOfBirthError(text);
    if (error) ctx.addIssue({ code: "custom", message: error });
  });

function findDateOfBirthError(text: string): string | undefined {
  if (text === "") return "Enter the date of birth.";
  const missing = findMissingPart(text);
  if (missing) return `Enter the ${missing} of the date of birth.`;
  if (!isCalendarDate(text)) return "Enter the date of birth as a real date.";
  const today = ukDateOf(new Date());
  if (text > today) return "The date of birth must be in the past.";
  if (Number(today.slice(0, 4)) - Number(text.slice(0, 4)) > 130)
    return "Check the year of the date of birth.";
  return undefined;
}

/** What a date joined from three boxes lacks: "1989--04" has no month. */
function findMissingPart(text: string): string | undefined {
  const parts = text.split("-");
  if (parts.length !== 3) return undefined;
  const names = ["year", "month", "day"].filter((_, index) => !parts[index]).reverse();
  return names.length > 0 ? names.join(" and ") : undefined;
}

/** A postcode of the United Kingdom, in any case and spacing; given as "KT2 6QW". */
export const postcode = z
  .string({ error: "Enter the postcode." })
  .transform((text) => text.toUpperCase().replace(/\s/g, ""))
  .pipe(
    z
      .string()
      .min(1, { error: "Enter the postcode." })
      .regex(/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/, { error: "Enter a whole UK postcode." }),
  )
  .transform((text) => `${text.slice(0, -3)} ${text.slice(-3)}`);

/** Who a patient is, by two identifiers or more: never by NHS number alone. */
export const patientIdentity = z.discriminatedUnion("by", [
  z.object({ by: z.literal("nhs_number"), nhsNumber, dateOfBirth }),
  z.object({
    by: z.literal("details"),
    forename: textLine("the first name", 80),
    surname: textLine("the last name", 80),
    dateOfBirth,
    postcode,
  }),
]);
export type PatientIdentity = z.infer<typeof patientIdentity>;

/** By identifiers, or by Hero's own id where somebody holds it: then only to see whose it is. */
export const patientLookup = z.discriminatedUnion("by", [
  ...patientIdentity.options,
  z.object({
    by: z.literal("hero_id"),
    patientId: heroId("Enter Hero's id of the patient, which has only digits."),
  }),
]);

export type PatientLookup = z.infer<typeof patientLookup>;
export type LookupMethod = PatientLookup["by"];

const lookupMethods: readonly unknown[] = patientLookup.options.map(
  (option) => option.shape.by.value,
);

export const lookUpPatientInput = z.object({
  practiceId: rowId,
  // What is no way at all is refused as a whole; what is wrong inside one, beside its field.
  identity: z
    .custom<z.input<typeof patientLookup>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        "by" in value &&
        lookupMethods.includes(value.by),
      { error: "Say how the patient is to be found.", abort: true },
    )
    .pipe(patientLookup),
});
export type LookUpPatientInput = z.infer<typeof lookUpPatientInput>;

/** What tells one patient from another. Null is what Hero did not say. */
const patientDemographics = z.object({
  name: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  nhsNumber: z.string().nullable(),
  postcode: z.string().nullable(),
});
export type PatientDemographics = z.infer<typeof patientDemographics>;

/**
 * Hero's three answers. `demographics` are passed through for a person to confirm and kept nowhere;
 * null where Hero could not be asked for them. `warning` is set for a patient whom no link should be
 * made for: restricted, deceased, archived, or another than the one who was asked for.
 */
export const patientLookupResult = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("found"),
    patientId: z.string(),
    demographics: patientDemographics.nullable(),
    warning: z.string().nullable(),
  }),
  z.object({ outcome: z.literal("must_verify"), loginUrl: z.string() }),
  z.object({ outcome: z.literal("not_found") }),
]);
export type PatientLookupResult = z.infer<typeof patientLookupResult>;
