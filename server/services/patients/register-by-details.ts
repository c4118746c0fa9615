import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { patientRegistrations } from "@/db/schema/patients";
import { inScope, inTenant } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import { ConflictError, OperationIdReusedError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { readPatient, registerPatientFromDetails } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import type { OwnDetails, RegisterPatientInput, RegistrationResult } from "../../schemas/patients";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadDataKeys } from "../practices/stored-key";
import { findDifference } from "./check";

type Registration = typeof patientRegistrations.$inferSelect;

/** Longer than any call to Hero takes, so the process of an older pending one has died. */
const maxCallMs = 2 * 60_000;

const unknownReason =
  "We do not know whether Hero registered this patient, because its response was lost. The patient may exist. Check with the practice before you register them again.";

/**
 * Registers a patient from their own details, which Hero does not compare with the NHS Spine. If the
 * practice has a patient with this NHS number and date of birth, Hero updates that record. Sent at most once
 * for an operation ID, and read back. The details are not stored.
 *
 * @throws OperationIdReusedError when the operation ID was used for other details
 * @throws ConflictError while an earlier request with it is in progress
 * @throws NotFoundError
 */
export async function registerPatientByDetails(
  ctx: TenantContext,
  input: RegisterPatientInput,
): Promise<RegistrationResult> {
  requirePermission(ctx, "patients.register");
  const { operationId, practiceId, ...details } = input;
  const { practice, registration, isNew } = await db.tenant(ctx, async (tx) => {
    const found = await loadPracticeWithKey(tx, ctx, practiceId);
    const content = [
      practiceId,
      Object.entries(details).toSorted(([a], [b]) => a.localeCompare(b)),
    ];
    const hashWith = (key: SealingKey) => keyedFingerprint(key, "patient registration", content);
    const [newestKey, ...olderKeys] = await loadDataKeys(tx, ctx);
    const request = {
      operationId,
      practiceId,
      requestHash: hashWith(newestKey),
      olderHashes: olderKeys.map(hashWith),
    };
    return { practice: found, ...(await reserve(tx, ctx, request)) };
  });
  if (!isNew) return describeEarlier(registration);

  const outcome = await callHeroForPractice(ctx, practice, (hero) => register(hero, details));
  if (!outcome.ok) throw outcome.error;
  const { result } = outcome;
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    await tx
      .update(patientRegistrations)
      .set({
        outcome: result.outcome,
        patientId: "patientId" in result ? result.patientId : null,
        failure: "reason" in result ? result.reason : null,
        finishedAt: new Date(),
      })
      .where(and(inScope(patientRegistrations, ctx), eq(patientRegistrations.id, registration.id)));
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "patient.registered", subject, {
      outcome: result.outcome,
      patientId: "patientId" in result ? result.patientId : null,
    });
  });
  return result;
}

/** Writes the pending row, or finds the one of an earlier request. @throws OperationIdReusedError */
async function reserve(
  tx: Transaction,
  ctx: TenantContext,
  {
    olderHashes,
    ...request
  }: { operationId: string; practiceId: string; requestHash: string; olderHashes: string[] },
): Promise<{ registration: Registration; isNew: boolean }> {
  const [created] = await tx
    .insert(patientRegistrations)
    .values({
      ...request,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      createdBy: actorId(ctx),
    })
    .onConflictDoNothing({
      target: [patientRegistrations.tenantId, patientRegistrations.operationId],
    })
    .returning();
  if (created) return { registration: created, isNew: true };
  const [existing] = await tx
    .select()
    .from(patientRegistrations)
    .where(
      and(
        inTenant(patientRegistrations, ctx),
        eq(patientRegistrations.operationId, request.operationId),
      ),
    );
  if (
    !existing ||
    ![request.requestHash, ...olderHashes].includes(existing.requestHash) ||
    existing.environment !== ctx.environment ||
    existing.practiceId !== request.practiceId
  ) {
    throw new OperationIdReusedError(
      "These details changed. Check them again before you register.",
    );
  }
  return { registration: existing, isNew: false };
}

/** @throws ConflictError while it is in progress */
function describeEarlier(registration: Registration): RegistrationResult {
  const { outcome, patientId, failure, createdAt } = registration;
  if (outcome === "registered" && patientId) return { outcome, patientId };
  if (outcome === "accepted" && patientId) return { outcome, patientId, reason: failure ?? "" };
  if (outcome === "failed") return { outcome, reason: failure ?? "" };
  if (outcome === "pending" && Date.now() - createdAt.getTime() < maxCallMs) {
    throw new ConflictError("This patient is being registered. Try again in a minute.");
  }
  return { outcome: "unknown", reason: unknownReason };
}

/** Sends the details once and reads the record. Errors of Hero's become results. */
async function register(hero: HeroConnection, details: OwnDetails): Promise<RegistrationResult> {
  let patientId: string;
  try {
    ({ patientId } = await registerPatientFromDetails(hero, toHeroDetails(details)));
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return error.writeOutcome === "unknown"
      ? { outcome: "unknown", reason: unknownReason }
      : { outcome: "failed", reason: `${error.message} The patient was not registered.` };
  }
  try {
    const reading = await readPatient(hero, patientId);
    const { nhsNumber, ...otherDetails } = details;
    const difference =
      reading.outcome === "found"
        ? findDifference(reading.patient, {
            identity: nhsNumber
              ? { by: "nhs_number", nhsNumber, dateOfBirth: details.dateOfBirth }
              : undefined,
            otherDetails,
          })
        : "Hero gave another record for the new patient.";
    if (!difference) return { outcome: "registered", patientId };
    return { outcome: "accepted", patientId, reason: difference };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return {
      outcome: "accepted",
      patientId,
      reason: `We could not read the new record. ${error.message}`,
    };
  }
}

const toHeroDetails = (details: OwnDetails) => ({
  dob: details.dateOfBirth,
  first_name: details.forename,
  last_name: details.surname,
  postcode: details.postcode,
  ...(details.nhsNumber && { nhs_number: details.nhsNumber }),
  ...(details.sex && { sex: details.sex }),
  ...(details.addressLine && { address_line_1: details.addressLine }),
  ...(details.mobile && { mobile: details.mobile }),
  ...(details.email && { email: details.email }),
});
