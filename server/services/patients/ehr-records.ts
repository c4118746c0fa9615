import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { type HeroEhrCandidate, listEhrCandidates } from "../../hero/patient-ehr";
import type { HeroPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import type { CompareWithEhrInput } from "../../schemas/patient-ehr";
import { actorId, type TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { type DataKeys, loadDataKeys } from "../practices/stored-key";
import { checkPatient, toDateOfBirth } from "./check";
import { type LookupOutcome, startDateOfBirthAttempt, startLookup } from "./lookup-limit";
import { recordReplacedPatient } from "./replaced";

/** A practice, and the keys with which records are recognised. */
export type EhrAccess = { practice: PracticeWithKey; keys: DataKeys };

/** @throws NotFoundError unless the practice is connected */
export const loadEhrAccess = (ctx: TenantContext, practiceId: string): Promise<EhrAccess> =>
  db.tenant(ctx, async (tx) => ({
    practice: await loadPracticeWithKey(tx, ctx, practiceId),
    keys: await loadDataKeys(tx, ctx),
  }));

export type EhrRecords =
  | {
      readonly outcome: "listed";
      readonly patient: HeroPatient;
      readonly candidates: HeroEhrCandidate[];
      readonly isComplete: boolean;
    }
  /** Hero's record has an ID of the clinical system. */
  | { readonly outcome: "connected"; readonly ehrPartnerId: string }
  | {
      readonly outcome: "refused" | "could_not_be_checked" | "not_allowed" | "could_not_be_listed";
      readonly reason: string;
    };

type Reading =
  | EhrRecords
  | { readonly outcome: "wrong_date_of_birth" }
  | { readonly outcome: "unknown_id"; readonly reason: string }
  | { readonly outcome: "merged"; readonly reason: string; readonly otherId: string | null };

async function readRecords(
  hero: HeroConnection,
  { patientId, dateOfBirth }: CompareWithEhrInput,
): Promise<Reading> {
  const check = await checkPatient(hero, patientId, "connect");
  if (check.outcome === "could_not_be_checked") {
    return { outcome: "could_not_be_checked", reason: check.error.message };
  }
  if (check.outcome !== "allowed") {
    const { reason } = check;
    if (check.outcome === "refused" && check.mergedInto) {
      return { outcome: "merged", reason, otherId: check.mergedInto.otherId };
    }
    return { outcome: check.patient ? "refused" : "unknown_id", reason };
  }
  const { patient } = check;
  const recordedDate = toDateOfBirth(patient);
  if (!recordedDate) {
    return {
      outcome: "refused",
      reason:
        "Hero's record of this patient has no date of birth, so it cannot be compared. Ask the practice to add it.",
    };
  }
  if (recordedDate !== dateOfBirth) return { outcome: "wrong_date_of_birth" };
  if (patient.ehr_partner_id) {
    return { outcome: "connected", ehrPartnerId: patient.ehr_partner_id };
  }
  try {
    return { outcome: "listed", patient, ...(await listEhrCandidates(hero, patientId)) };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    const outcome = error.code === "forbidden" ? "not_allowed" : "could_not_be_listed";
    return { outcome, reason: error.message };
  }
}

/**
 * Reads a patient and the records of the clinical system that may be theirs, once the person's own date of
 * birth agrees with Hero's. Nothing of it is stored.
 *
 * @throws InvalidInputError on `dateOfBirth` when it is not the one in Hero's record
 * @throws LookupsPausedError for ten minutes after three wrong dates for this patient
 */
export async function readEhrRecords(
  ctx: TenantContext,
  { practice }: EhrAccess,
  input: CompareWithEhrInput,
): Promise<EhrRecords> {
  const attempt = await startDateOfBirthAttempt(ctx, {
    personId: actorId(ctx),
    action: "connect",
    patientKey: `${practice.id}/${input.patientId}`,
  });
  let reading: Reading | null = null;
  try {
    reading = await readAsLookup(ctx, practice, input);
  } finally {
    await attempt.finish(reading?.outcome === "wrong_date_of_birth");
  }
  if (reading.outcome === "wrong_date_of_birth") {
    throw new InvalidInputError(
      "dateOfBirth",
      "This is not the date of birth in Hero's record of this patient. Check your own source, and that this is the right patient.",
    );
  }
  return reading.outcome === "merged" || reading.outcome === "unknown_id"
    ? { outcome: "refused", reason: reading.reason }
    : reading;
}

/** A wrong date and an unknown ID count among the person's look-ups that match no patient. */
async function readAsLookup(
  ctx: TenantContext,
  practice: PracticeWithKey,
  input: CompareWithEhrInput,
): Promise<Reading> {
  const lookup = await startLookup(ctx, { practice, personId: actorId(ctx) }, null);
  let lookupOutcome: LookupOutcome = "unanswered";
  try {
    const outcome = await callHeroForPractice(ctx, practice, (hero) => readRecords(hero, input));
    if (outcome.ok) lookupOutcome = lookupOutcomeOf(outcome.result);
    await db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      if (!outcome.ok || outcome.result.outcome !== "merged") return;
      const { patientId } = input;
      const { otherId } = outcome.result;
      await recordReplacedPatient(tx, ctx, practice, { patientId, otherId });
    });
    if (!outcome.ok) throw outcome.error;
    return outcome.result;
  } finally {
    await lookup.finish(lookupOutcome);
  }
}

function lookupOutcomeOf({ outcome }: Reading): LookupOutcome {
  if (outcome === "wrong_date_of_birth" || outcome === "unknown_id") return "unmatched";
  return outcome === "could_not_be_checked" ? "unanswered" : "matched";
}
