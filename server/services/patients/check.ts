import "server-only";
import { db } from "@/db/client";
import { InvalidInputError, PatientNotCheckedError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { getPatient, type HeroPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { PatientDetails, PatientIdentity } from "../../schemas/patients";
import { actorId, type TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";
import { countLookup, refundLookup } from "./lookup-limit";

/** Whether a patient may be invited, booked, written to or merged. */
export type PatientCheck =
  | { readonly outcome: "allowed"; readonly patient: HeroPatient }
  /** `patient` is null when the practice has none with this id. */
  | { readonly outcome: "refused"; readonly reason: string; readonly patient: HeroPatient | null }
  /** Hero did not say. Nothing may be done for the patient until it does. */
  | { readonly outcome: "could_not_be_checked"; readonly error: HeroError };

/**
 * The only decision whether a patient may be invited, booked, written to or merged, for every screen,
 * file, API request and element session. It is taken from Hero's record of the patient: a record that
 * cannot be read, or that lacks one of the answers, allows nothing.
 *
 * @param identity what the patient was searched for with, to compare with the record
 * @param otherDetails what else is known of the patient, which the record must agree with
 */
export async function checkPatient(
  hero: HeroConnection,
  patientId: string,
  identity?: PatientIdentity,
  otherDetails?: PatientDetails,
): Promise<PatientCheck> {
  let patient: HeroPatient;
  try {
    patient = await getPatient(hero, patientId);
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    // An id that Hero has just given for an identity cannot be unknown: the two replies disagree.
    if (error.code === "not_found" && !identity) {
      return {
        outcome: "refused",
        reason: "This practice has no patient with this Hero patient ID.",
        patient: null,
      };
    }
    return { outcome: "could_not_be_checked", error };
  }
  const dateOfBirth = toDateOfBirth(patient);
  const isRecordOfPatient = patient.id === patientId && (!identity || dateOfBirth !== null);
  if (!isRecordOfPatient) {
    return {
      outcome: "could_not_be_checked",
      error: new HeroError("unreadable_reply", "getPatientById"),
    };
  }
  const reason =
    findContactRefusal(patient) ??
    ((identity && !isSamePerson(patient, identity)) ||
    (otherDetails && !agreesWith(patient, otherDetails))
      ? "Hero's record of this patient differs from what you entered. Ask the practice to check it."
      : null);
  return reason ? { outcome: "refused", reason, patient } : { outcome: "allowed", patient };
}

/** Patients that must not be contacted (assumption 28). */
function findContactRefusal({ deceased_at, restricted, status }: HeroPatient): string | null {
  if (deceased_at) return "Hero's record says that this patient has died.";
  if (restricted) return "This patient's record is restricted. Ask the practice to contact them.";
  if (status === "archived") return "The practice has archived this patient's record.";
  return null;
}

function isSamePerson(patient: HeroPatient, identity: PatientIdentity): boolean {
  const nhsNumber = toNhsNumber(patient);
  return (
    toDateOfBirth(patient) === identity.dateOfBirth &&
    (identity.by !== "nhs_number" || nhsNumber === null || nhsNumber === identity.nhsNumber)
  );
}

const toLetters = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .trim();

/** A first name may come with others: "Sarah" agrees with "Sarah Jane". */
const firstWord = (text: string) => toLetters(text).split(/\s+/)[0];

/** A number or date that the record lacks agrees with nothing. Records often lack a name or postcode. */
function agreesWith(patient: HeroPatient, details: PatientDetails): boolean {
  const { first_name, last_name, postcode } = patient;
  const agrees = (
    value: string | undefined,
    recorded: string | null | undefined,
    simplify: (text: string) => string | undefined,
  ) => !value || !recorded || simplify(value) === simplify(recorded);
  const withoutSpaces = (text: string) => toLetters(text).replaceAll(" ", "");
  return (
    (!details.nhsNumber || toNhsNumber(patient) === details.nhsNumber) &&
    (!details.dateOfBirth || toDateOfBirth(patient) === details.dateOfBirth) &&
    agrees(details.forename, first_name, firstWord) &&
    agrees(details.surname, last_name, withoutSpaces) &&
    agrees(details.postcode, postcode, withoutSpaces)
  );
}

export const toNhsNumber = ({ nhs_number }: HeroPatient): string | null =>
  nhs_number?.replace(/\D/g, "") || null;

/** Hero sends a timestamp for a date of birth. One with a time zone becomes its date in the UK. */
export function toDateOfBirth({ dob }: HeroPatient): string | null {
  if (!dob) return null;
  const [, localDate] = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]*)?$/.exec(dob) ?? [];
  if (localDate) return localDate;
  const timestamp = new Date(dob);
  return Number.isNaN(timestamp.getTime()) ? null : ukDateOf(timestamp);
}

const defaultRetryAfterMs = 30_000;

/**
 * Checks a patient before something is done for them, without a record of it.
 *
 * @throws InvalidInputError on `patientId` when it is refused
 * @throws PatientNotCheckedError when Hero did not say
 * @throws RateLimitedError after too many look-ups by one person or key that matched no patient
 */
export async function requireAllowedPatient(
  ctx: TenantContext,
  practice: PracticeWithKey,
  patientId: string,
): Promise<void> {
  await countLookup(ctx, actorId(ctx), null);
  const outcome = await callHeroForPractice(ctx, practice, (hero) => checkPatient(hero, patientId));
  if (!outcome.ok || outcome.result.outcome !== "refused") await refundLookup(ctx, actorId(ctx));
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) throw outcome.error;
  const check = outcome.result;
  if (check.outcome === "refused") throw new InvalidInputError("patientId", check.reason);
  if (check.outcome === "could_not_be_checked") {
    const { message, details } = check.error;
    throw new PatientNotCheckedError(
      message,
      Math.ceil((details.retryAfterMs ?? defaultRetryAfterMs) / 1000),
    );
  }
}
