import "server-only";
import { db } from "@/db/client";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { PatientLookup } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";
import type { RowPatient } from "../bulk-uploads/identity";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { checkPatient, findDifference, type PatientCheck } from "../patients/check";
import { type LookupOutcome, startLookup } from "../patients/lookup-limit";
import { registerPatient } from "../patients/register";
import { recordReplacedPatient } from "../patients/replaced";
import type { PracticeWithKey } from "../practices/load-with-key";
import { consumeRateLimit, readRateLimit } from "../rate-limits";
import type { MessageBatchRow } from "./load";

type AnsweredCheck = Exclude<PatientCheck, { outcome: "could_not_be_checked" }>;

/** What Hero says of a recipient. */
type RecipientReading =
  | { outcome: "known"; patientId: string; check: AnsweredCheck }
  | { outcome: "not_found" | "verification_required" | "not_identified" }
  | { outcome: "differs"; patientId: string | null; reason: string };

/**
 * Identifies a recipient and reads the record. Who differs in anything that the row says is not the patient.
 * @throws HeroError
 */
async function readRecipient(
  hero: HeroConnection,
  { identity, patientId: statedId, otherDetails }: RowPatient,
): Promise<RecipientReading> {
  let patientId = statedId ?? "";
  if (identity) {
    const registration = await registerPatient(hero, identity);
    if (registration.outcome !== "found") return { outcome: registration.outcome };
    patientId = registration.patientId;
    if (statedId && statedId !== patientId) {
      return {
        outcome: "differs",
        patientId: null,
        reason:
          "The Hero patient ID and the other details in this row belong to different patients.",
      };
    }
  }
  const check = await checkPatient(hero, patientId, "message", { identity, otherDetails });
  if (check.outcome === "could_not_be_checked") throw check.error;
  if (check.outcome === "refused" && check.patient === null && !check.mergedInto) {
    return { outcome: "not_found" };
  }
  const difference = check.patient && findDifference(check.patient, { identity, otherDetails });
  return difference
    ? { outcome: "differs", patientId: null, reason: difference }
    : { outcome: "known", patientId, check };
}

export type RecipientOutcome =
  | { ok: true; reading: RecipientReading }
  | { ok: false; error: HeroError };

/** A row that has a date of birth beside Hero's ID is a look-up by both. */
function toLookup({ identity, patientId, otherDetails }: RowPatient): PatientLookup | null {
  if (identity) return identity;
  const dateOfBirth = otherDetails?.dateOfBirth;
  return patientId && dateOfBirth ? { by: "hero_id", patientId, dateOfBirth } : null;
}

function lookupOutcomeOf(outcome: RecipientOutcome): LookupOutcome {
  if (!outcome.ok) return outcome.error.code === "bad_request" ? "unmatched" : "unanswered";
  const { reading } = outcome;
  if (reading.outcome === "known") {
    return reading.check.outcome === "refused" && reading.check.mergedInto
      ? "unanswered"
      : "matched";
  }
  return reading.outcome === "not_identified" ? "unanswered" : "unmatched";
}

/** Of those that nobody waits for. */
async function callHero(
  ctx: TenantContext,
  practice: PracticeWithKey,
  patient: RowPatient,
): Promise<RecipientOutcome> {
  const outcome = await callHeroForPractice(
    ctx,
    practice,
    (hero) => readRecipient(hero, patient),
    limiterFor(ctx, practice, "low"),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    const reading = outcome.ok ? outcome.result : null;
    if (reading?.outcome !== "known" || reading.check.outcome !== "refused") return;
    const { mergedInto } = reading.check;
    if (!mergedInto) return;
    await recordReplacedPatient(tx, ctx, practice, {
      patientId: reading.patientId,
      ...mergedInto,
    });
  });
  return outcome.ok ? { ok: true, reading: outcome.result } : { ok: false, error: outcome.error };
}

/** The record of a recipient that Hero has identified before. */
export const readKnownRecipient = (
  ctx: TenantContext,
  practice: PracticeWithKey,
  patientId: string,
): Promise<RecipientOutcome> => callHero(ctx, practice, { patientId });

/**
 * Looks up a recipient as a row names them, and counts the look-up.
 * @throws LookupsPausedError, RateLimitedError before anything was asked
 */
export async function lookUpRecipient(
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "id" | "createdBy">,
  practice: PracticeWithKey,
  patient: RowPatient,
): Promise<RecipientOutcome> {
  const origin = { practice, personId: batch.createdBy, messageBatchId: batch.id };
  const attempt = await startLookup(ctx, origin, toLookup(patient));
  const outcome = await callHero(ctx, practice, patient);
  const lookupOutcome = lookupOutcomeOf(outcome);
  if (lookupOutcome !== "unanswered") {
    await consumeRateLimit("batch-look-up", lookupKey(ctx, batch));
    if (lookupOutcome === "unmatched") {
      await consumeRateLimit("batch-look-up-unmatched", lookupKey(ctx, batch));
    }
  }
  await attempt.finish(lookupOutcome);
  return outcome;
}

const lookupKey = ({ tenantId }: TenantContext, { id }: Pick<MessageBatchRow, "id">) =>
  `${tenantId}/${id}`;

/** The look-ups of a batch in the past hour. */
export async function countLookups(
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "id">,
): Promise<{ all: number; unmatched: number }> {
  const key = lookupKey(ctx, batch);
  const { attempts: all } = await readRateLimit("batch-look-up", key);
  const { attempts: unmatched } = await readRateLimit("batch-look-up-unmatched", key);
  return { all, unmatched };
}
