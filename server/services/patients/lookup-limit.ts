import "server-only";
import { db } from "@/db/client";
import { LookupsPausedError, RateLimitedError } from "../../errors";
import type { PatientLookup } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import {
  consumeRateLimit,
  countFailure,
  exhaustRateLimit,
  readRateLimit,
  refundRateLimit,
} from "../rate-limits";
import { enqueueLookupLimitMail } from "./lookup-limit-mail";

/**
 * Look-ups that match nobody, and several dates of birth for one patient, can be a search for who is born
 * when. They are counted for each person or API key over the screen, files and the API. Look-ups that
 * match are limited by Hero's rate only.
 */

/** `unanswered`: Hero did not say, so nothing was learned. */
export type LookupOutcome = "matched" | "unmatched" | "unanswered";

type LimitName = "patient-look-up" | "wrong-date-of-birth";

const messages: Record<LimitName, string> = {
  "patient-look-up": "Look-ups are paused because too many did not match a patient.",
  "wrong-date-of-birth": "The date of birth entered for this patient was wrong three times.",
};

/** How long to wait for attempts that Hero has not answered yet. */
const inProgressSeconds = 2;

/**
 * Counts an attempt before it is made, so that parallel attempts cannot exceed the limit together.
 * @throws LookupsPausedError when the failed attempts alone reach the limit
 * @throws RateLimitedError when those in progress might
 */
async function reserveAttempt(name: LimitName, key: string): Promise<void> {
  const inProgress = await consumeRateLimit(`${name}-in-progress`, key);
  const { attempts, limit, secondsLeft } = await readRateLimit(name, key);
  if (inProgress + attempts <= limit) return;
  await endAttempt(name, key);
  if (attempts >= limit) throw new LookupsPausedError(secondsLeft, messages[name]);
  throw new RateLimitedError(inProgressSeconds);
}

const endAttempt = (name: LimitName, key: string) => refundRateLimit(`${name}-in-progress`, key);

/** Counts a failed attempt. @returns true if it is the one that starts a pause */
async function countFailedAttempt(name: LimitName, key: string): Promise<boolean> {
  const failures = await countFailure(name, key);
  const { limit } = await readRateLimit(name, key);
  if (failures !== limit) return false;
  // The pause has its full length from this attempt.
  await exhaustRateLimit(name, key);
  return true;
}

/** What one person or key may try three times within ten minutes. */
type DateOfBirthAttempt = {
  /** The person or API key. */
  personId: string;
  action: "look_up" | "connect";
  /** Identifies the patient: an NHS number, a name and postcode, or a practice and Hero's ID. */
  patientKey: string;
};

const attemptKey = (ctx: TenantContext, { personId, action, patientKey }: DateOfBirthAttempt) =>
  [ctx.tenantId, personId, action, patientKey].join("/");

/**
 * Before a date of birth is compared with a patient's. `finish` must be called with the answer: three wrong
 * dates pause this action, for this person and patient, for ten minutes.
 *
 * @throws LookupsPausedError, RateLimitedError
 */
export async function startDateOfBirthAttempt(ctx: TenantContext, attempt: DateOfBirthAttempt) {
  const key = attemptKey(ctx, attempt);
  await reserveAttempt("wrong-date-of-birth", key);
  return {
    async finish(isWrong: boolean): Promise<void> {
      // Counted before it is no longer in progress, so that it counts at every moment.
      if (isWrong) await countFailedAttempt("wrong-date-of-birth", key);
      await endAttempt("wrong-date-of-birth", key);
    },
  };
}

type LookupOrigin = {
  practice: { id: string; name: string };
  /** The person or API key whose look-up it is. */
  personId: string;
  /** A row of a file. Files have a limit of their own, so that their person's does not stop them. */
  bulkUploadId?: string;
  /** A recipient of a batch of messages, which has such a limit too. */
  messageBatchId?: string;
};

const lookupKey = (ctx: TenantContext, personId: string) => `${ctx.tenantId}/${personId}`;

function patientKeyOf(identity: PatientLookup, practiceId: string): string {
  if (identity.by === "nhs_number") return identity.nhsNumber;
  if (identity.by === "hero_id") return `${practiceId}/${identity.patientId}`;
  return [identity.forename, identity.surname, identity.postcode].join(" ").toLowerCase();
}

/**
 * Before a patient is looked up. `finish` must be called with the outcome.
 *
 * @param identity null for a look-up by Hero's ID alone
 * @throws LookupsPausedError after `PATIENT_LOOKUPS_PER_HOUR` look-ups in an hour that matched no patient, or
 *   three wrong dates of birth for this patient
 * @throws RateLimitedError while that many are in progress
 */
export async function startLookup(
  ctx: TenantContext,
  origin: LookupOrigin,
  identity: PatientLookup | null,
) {
  const { personId, practice, bulkUploadId, messageBatchId } = origin;
  const isOfFile = bulkUploadId !== undefined || messageBatchId !== undefined;
  const key = lookupKey(ctx, personId);
  const dateAttempt = identity && {
    personId,
    action: "look_up" as const,
    patientKey: patientKeyOf(identity, practice.id),
  };
  if (!isOfFile) await reserveAttempt("patient-look-up", key);
  let birthDate: Awaited<ReturnType<typeof startDateOfBirthAttempt>> | undefined;
  try {
    birthDate = dateAttempt ? await startDateOfBirthAttempt(ctx, dateAttempt) : undefined;
  } catch (error) {
    if (!isOfFile) await endAttempt("patient-look-up", key);
    throw error;
  }
  return {
    async finish(outcome: LookupOutcome): Promise<void> {
      const isAnotherDate =
        outcome !== "unanswered" &&
        identity !== null &&
        dateAttempt !== null &&
        (await isAnotherDateOfBirth(attemptKey(ctx, dateAttempt), identity.dateOfBirth));
      const isPauseStart =
        (outcome === "unmatched" || isAnotherDate) &&
        (await countFailedAttempt("patient-look-up", key));
      await birthDate?.finish(outcome === "unmatched");
      if (!isOfFile) await endAttempt("patient-look-up", key);
      if (isPauseStart) await reportPause(ctx, origin);
    },
  };
}

/** True for the second date of birth of one patient, and each one after it, the first time. */
async function isAnotherDateOfBirth(patientKey: string, dateOfBirth: string): Promise<boolean> {
  if ((await countFailure("patient-birth-date", `${patientKey}/${dateOfBirth}`)) > 1) return false;
  return (await countFailure("patient-birth-dates", patientKey)) > 1;
}

/** Whether a person's or key's look-ups are paused now. */
export async function areLookupsPaused(ctx: TenantContext, personId: string): Promise<boolean> {
  const { attempts, limit } = await readRateLimit("patient-look-up", lookupKey(ctx, personId));
  return attempts >= limit;
}

/** Writes the pause to the audit and emails the owners, once a pause. */
async function reportPause(
  ctx: TenantContext,
  { practice, personId, bulkUploadId, messageBatchId }: LookupOrigin,
): Promise<void> {
  const subject = { type: "practice", id: practice.id, label: practice.name } as const;
  await db.tenant(ctx, async (tx) => {
    await recordAudit(tx, ctx, "patient.look_ups_paused", subject, { personId });
    await enqueueLookupLimitMail(tx, ctx, {
      personId,
      ...(bulkUploadId && { bulkUploadId }),
      ...(messageBatchId && { messageBatchId }),
    });
  });
}
