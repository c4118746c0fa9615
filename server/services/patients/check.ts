import "server-only";
import { db } from "@/db/client";
import { InvalidInputError, PatientNotCheckedError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { type HeroPatient, type PatientReading, readPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { PatientDetails, PatientIdentity } from "../../schemas/patients";
import type { Permission } from "../../schemas/permissions";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";
import { startLookup } from "./lookup-limit";
import { recordReplacedPatient } from "./replaced";

/** What is to be done for a patient. `use_element`: in a session of an element that can message them. */
export const patientActions = [
  "invite",
  "message",
  "use_element",
  "book",
  "connect",
  "merge",
  "share_file",
] as const;
export type PatientAction = (typeof patientActions)[number];

export const actionPermissions: Record<PatientAction, Permission> = {
  invite: "links.create",
  message: "messages.send",
  use_element: "element_sessions.create",
  book: "appointments.book",
  connect: "patients.connect",
  merge: "patients.merge",
  share_file: "patients.read",
};

/** Whether something may be done for a patient. */
export type PatientCheck =
  | { readonly outcome: "allowed"; readonly patient: HeroPatient }
  /** Allowed to a person with a permission of its own, after they have confirmed that they read `reason`. */
  | {
      readonly outcome: "needs_confirmation";
      readonly reason: string;
      readonly patient: HeroPatient;
    }
  /**
   * `patient` is null when the practice has none with this ID. `mergedInto` is there when the ID's record
   * was merged into another one, whose ID it has if Hero named it.
   */
  | {
      readonly outcome: "refused";
      readonly reason: string;
      readonly patient: HeroPatient | null;
      readonly mergedInto?: { readonly otherId: string | null };
    }
  /** Hero did not say. Nothing may be done for the patient until it does. */
  | { readonly outcome: "could_not_be_checked"; readonly error: HeroError };

/** What a patient was searched for with, and what else is known of them. */
export type SearchedFor = {
  identity?: PatientIdentity | undefined;
  otherDetails?: PatientDetails | undefined;
};

/**
 * The only decision whether something may be done for a patient, for every screen, file, API request and
 * element session. It is taken from Hero's record of the patient, read now: a record that cannot be read,
 * or that lacks one of the answers, allows nothing.
 *
 * @param searched.identity what the patient was searched for with, to compare with the record
 * @param searched.otherDetails what else is known of the patient, which the record must agree with
 */
export async function checkPatient(
  hero: HeroConnection,
  patientId: string,
  action: PatientAction,
  searched: SearchedFor = {},
): Promise<PatientCheck> {
  const { identity } = searched;
  let reading: PatientReading;
  try {
    reading = await readPatient(hero, patientId);
  } catch (error) {
    // Of a practice that was disconnected meanwhile nothing can be asked again.
    if (!(error instanceof HeroError) || error.code === "disconnected") throw error;
    // An ID that Hero has just given for an identity cannot be unknown: the two replies disagree.
    if (error.code === "not_found" && !identity) {
      return {
        outcome: "refused",
        reason: "This practice has no patient with this Hero patient ID.",
        patient: null,
      };
    }
    return { outcome: "could_not_be_checked", error };
  }
  const disagrees = () =>
    ({
      outcome: "could_not_be_checked",
      error: new HeroError("unreadable_reply", "getPatientById"),
    }) as const;
  if (reading.outcome === "merged_elsewhere") {
    if (identity) return disagrees();
    const { otherId } = reading;
    return { outcome: "refused", reason: mergedReason, patient: null, mergedInto: { otherId } };
  }
  const { patient } = reading;
  if (identity && toDateOfBirth(patient) === null) return disagrees();
  const difference = findDifference(patient, searched);
  const decision = decideAction(patient, action);
  if (decision.outcome !== "refused" && difference) {
    return { outcome: "refused", reason: difference, patient };
  }
  return { ...decision, patient };
}

const mergedReason =
  "This patient's record was merged into another one. Find the patient again to use the record that remains.";

/**
 * How a record differs from what the patient was searched for with, as a sentence; null when it agrees. A
 * record with another NHS number is never the patient of the number that was typed: the number may have
 * been replaced by another one. Records of private practices have none, so their date of birth decides.
 */
export function findDifference(
  patient: HeroPatient,
  { identity, otherDetails }: SearchedFor,
): string | null {
  if (identity?.by === "nhs_number") {
    const nhsNumber = toNhsNumber(patient);
    if (nhsNumber !== null && nhsNumber !== identity.nhsNumber) {
      return "Hero's record of this patient differs from what you entered: it has another NHS number. Yours may have been replaced. Ask the practice for the current one.";
    }
  }
  const names = identity?.by === "details" ? identity : undefined;
  const agrees =
    (!identity || toDateOfBirth(patient) === identity.dateOfBirth) &&
    agreesWith(patient, names ?? {}) &&
    agreesWith(patient, otherDetails ?? {});
  return agrees
    ? null
    : "Hero's record of this patient differs from what you entered. Ask the practice to check it.";
}

/**
 * What a record allows (assumption 28). A patient who has died or is archived: nothing. A restricted one:
 * no invite, message, merge or file; a booking only with a permission and a confirmation, because refusing it
 * could deny care. That a patient is not registered in the clinical system stops none of these.
 */
export function decideAction(
  { deceased_at, restricted, status }: HeroPatient,
  action: PatientAction,
):
  | { readonly outcome: "allowed" }
  | { readonly outcome: "refused" | "needs_confirmation"; readonly reason: string } {
  if (deceased_at) {
    return { outcome: "refused", reason: "Hero's record says that this patient has died." };
  }
  if (status === "archived") {
    return {
      outcome: "refused",
      reason: "The practice has archived this patient's record.",
    };
  }
  if (!restricted || action === "connect") return { outcome: "allowed" };
  return action === "book"
    ? {
        outcome: "needs_confirmation",
        reason:
          "This patient's record is restricted. Book only if the practice has asked you to, and do not tell anyone where the appointment is.",
      }
    : {
        outcome: "refused",
        reason: "This patient's record is restricted. Ask the practice to contact them.",
      };
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

export const toNhsNumber = ({ nhs_number }: Pick<HeroPatient, "nhs_number">): string | null =>
  nhs_number?.replace(/\D/g, "") || null;

/** Hero sends a timestamp for a date of birth. One with a time zone becomes its date in the UK. */
export function toDateOfBirth({ dob }: Pick<HeroPatient, "dob">): string | null {
  if (!dob) return null;
  const [, localDate] = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]*)?$/.exec(dob) ?? [];
  if (localDate) return localDate;
  const timestamp = new Date(dob);
  return Number.isNaN(timestamp.getTime()) ? null : ukDateOf(timestamp);
}

const defaultRetryAfterMs = 30_000;

/**
 * Reads and checks a patient for a person or API key that acts for them. Their details are not stored; a
 * record that was merged elsewhere is noted.
 *
 * @throws ForbiddenError without the action's permission
 * @throws PatientNotCheckedError when Hero did not say
 * @throws RateLimitedError after too many look-ups by one person or key that matched no patient
 */
export async function checkPatientForActor(
  ctx: TenantContext,
  practice: PracticeWithKey,
  patientId: string,
  action: PatientAction,
): Promise<Exclude<PatientCheck, { outcome: "could_not_be_checked" }>> {
  requirePermission(ctx, actionPermissions[action]);
  const lookup = await startLookup(ctx, { practice, personId: actorId(ctx) }, null);
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    checkPatient(hero, patientId, action),
  );
  const check = outcome.ok ? outcome.result : null;
  const isUnknownId = check?.outcome === "refused" && !check.patient && !check.mergedInto;
  await lookup.finish(!check ? "unanswered" : isUnknownId ? "unmatched" : "matched");
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (check?.outcome === "refused" && check.mergedInto) {
      await recordReplacedPatient(tx, ctx, practice, { patientId, ...check.mergedInto });
    }
  });
  if (!outcome.ok) throw outcome.error;
  if (outcome.result.outcome !== "could_not_be_checked") return outcome.result;
  const { message, details } = outcome.result.error;
  throw new PatientNotCheckedError(
    message,
    Math.ceil((details.retryAfterMs ?? defaultRetryAfterMs) / 1000),
  );
}

/**
 * Checks a patient before something is done for them.
 *
 * @param confirmedRestricted whether the person has confirmed a booking for a restricted patient
 * @throws ForbiddenError without the action's permission, or the one for restricted patients
 * @throws InvalidInputError on `patientId` when it is refused, on `confirmedRestricted` until confirmed
 * @throws as `checkPatientForActor`
 */
export async function requireAllowedPatient(
  ctx: TenantContext,
  practice: PracticeWithKey,
  patientId: string,
  action: PatientAction,
  confirmedRestricted = false,
): Promise<void> {
  const check = await checkPatientForActor(ctx, practice, patientId, action);
  if (check.outcome === "refused") throw new InvalidInputError("patientId", check.reason);
  if (check.outcome === "needs_confirmation") {
    requirePermission(ctx, "appointments.book_restricted");
    if (!confirmedRestricted) throw new InvalidInputError("confirmedRestricted", check.reason);
  }
}
