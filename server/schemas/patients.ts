import { email } from "./account";
import { findMissingPart } from "./date-fields";
import { isCalendarDate, ukDateOf } from "./dates";
import { findNhsNumberError, toNhsNumberDigits } from "./nhs-number";
import { heroId, optionalTextLine, textLine, rowId } from "./text";
import { z } from "./zod";

/** An NHS number as typed, transformed to ten digits (assumption 29). */
export const nhsNumber = z
  .string({ error: "Enter the NHS number." })
  .max(40, { error: "This NHS number is too long. It has 10 digits." })
  .superRefine((text, ctx) => {
    const error = findNhsNumberError(text);
    if (error) ctx.addIssue({ code: "custom", message: error });
  })
  .transform(toNhsNumberDigits);

/** A date of birth as `YYYY-MM-DD`: a real date in the past 130 years. */
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

/** A UK postcode in any case and spacing, formatted as "KT2 6QW". */
export const postcode = z
  .string({ error: "Enter the postcode." })
  .transform((text) => text.toUpperCase().replace(/\s/g, ""))
  .pipe(
    z
      .string()
      .min(1, { error: "Enter the postcode." })
      .regex(/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/, { error: "Enter a full UK postcode." }),
  )
  .transform((text) => `${text.slice(0, -3)} ${text.slice(-3)}`);

/** Identifies a patient by two identifiers or more: never by NHS number alone. */
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

/** What a row says of its patient beside what they are looked up by. Hero's record must agree with it. */
export const patientDetails = z
  .object({
    nhsNumber,
    dateOfBirth,
    forename: textLine("the first name", 80),
    surname: textLine("the last name", 80),
    postcode,
  })
  .partial();
export type PatientDetails = z.infer<typeof patientDetails>;

/** By identifiers, or by Hero's patient ID and the date of birth, which we compare with the record. */
export const patientLookup = z.discriminatedUnion("by", [
  ...patientIdentity.options,
  z.object({
    by: z.literal("hero_id"),
    patientId: heroId("Enter the Hero patient ID. It has only digits."),
    dateOfBirth,
  }),
]);

export type PatientLookup = z.infer<typeof patientLookup>;
export type LookupMethod = PatientLookup["by"];

const lookupMethods: readonly unknown[] = patientLookup.options.map(
  (option) => option.shape.by.value,
);

export const lookUpPatientInput = z.object({
  practiceId: rowId,
  // An unknown method is one error of the whole input; errors within a method belong to their fields.
  identity: z
    .custom<z.input<typeof patientLookup>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        "by" in value &&
        lookupMethods.includes(value.by),
      { error: "Choose how to find the patient.", abort: true },
    )
    .pipe(patientLookup),
});
export type LookUpPatientInput = z.infer<typeof lookUpPatientInput>;

/**
 * What tells one patient from another. Null where Hero reported nothing; the postcode of a restricted patient
 * is never sent.
 */
const patientDemographics = z.object({
  isRestricted: z.boolean(),
  name: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  nhsNumber: z.string().nullable(),
  postcode: z.string().nullable(),
});
export type PatientDemographics = z.infer<typeof patientDemographics>;

/**
 * What a look-up found. `demographics` are shown for confirmation and never stored. `refusal` says why the
 * patient may not be invited: restricted, deceased or archived. `identifiers_differ`: the record that Hero
 * gave has other identifiers than those typed, or lacks the NHS number, so nothing of it is returned.
 * `could_not_be_checked`: Hero did not say, so nothing may be done until it does.
 */
export const patientLookupResult = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("found"),
    patientId: z.string(),
    demographics: patientDemographics,
    refusal: z.string().nullable(),
  }),
  z.object({ outcome: z.literal("identifiers_differ"), reason: z.string() }),
  z.object({ outcome: z.literal("could_not_be_checked"), reason: z.string() }),
  z.object({ outcome: z.literal("verification_required"), loginUrl: z.string() }),
  z.object({ outcome: z.literal("not_found") }),
]);
export type PatientLookupResult = z.infer<typeof patientLookupResult>;

const optionalEmail = z.preprocess(
  (value) => (typeof value === "string" && value.trim() === "" ? undefined : value),
  email.optional(),
);

/** A phone number as typed, transformed to digits with a leading plus sign if it had one. */
const optionalMobile = z.preprocess(
  (value) => (typeof value === "string" && value.trim() === "" ? undefined : value),
  z
    .string({ error: "Enter a phone number." })
    .transform((text) => text.replace(/[\s().-]/g, ""))
    .pipe(
      z.string().regex(/^\+?[0-9]{10,15}$/, { error: "Enter a phone number with its area code." }),
    )
    .optional(),
);

const optionalNhsNumber = z.preprocess(
  (value) => (typeof value === "string" && value.trim() === "" ? undefined : value),
  nhsNumber.optional(),
);

export const sexes = ["Not known", "Not specified", "Male", "Female", "Other"] as const;

/** What a patient says of themselves, to register them without asking the NHS Spine. */
export const ownDetails = z.object({
  forename: textLine("the first name", 80),
  surname: textLine("the last name", 80),
  dateOfBirth,
  postcode,
  nhsNumber: optionalNhsNumber,
  sex: z.preprocess(
    (value) => (value === "" ? undefined : value),
    z.enum(sexes, { error: "Select an option from the list." }).optional(),
  ),
  addressLine: optionalTextLine("the first line of the address", 120),
  mobile: optionalMobile,
  email: optionalEmail,
});
export type OwnDetails = z.infer<typeof ownDetails>;

/** The browser chooses `operationId` when the answers are checked: one ID never registers two patients. */
export const registerPatientInput = z.object({
  operationId: rowId,
  practiceId: rowId,
  ...ownDetails.shape,
});
export type RegisterPatientInput = z.infer<typeof registerPatientInput>;

/**
 * `accepted`: Hero gave an ID, but its record does not show what was sent. `unknown`: Hero's reply was lost,
 * so the patient may be registered, and nothing is sent again.
 */
export const registrationResult = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("registered"), patientId: z.string() }),
  z.object({ outcome: z.literal("accepted"), patientId: z.string(), reason: z.string() }),
  z.object({ outcome: z.literal("failed"), reason: z.string() }),
  z.object({ outcome: z.literal("unknown"), reason: z.string() }),
]);
export type RegistrationResult = z.infer<typeof registrationResult>;
