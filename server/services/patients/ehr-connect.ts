import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { patientConnections } from "@/db/schema/patients";
import { inScope, inTenant } from "@/db/scope";
import { OperationIdReusedError } from "../../errors";
import { HeroError, refusalOf } from "../../hero/errors";
import { connectEhr, type HeroEhrCandidate } from "../../hero/patient-ehr";
import { readPatient } from "../../hero/patients";
import type { ConnectToEhrInput, EhrConnectionResult } from "../../schemas/patient-ehr";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice, type HeroOutcome } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { findShownCandidate, loadNonMatches } from "./ehr";
import {
  isKeyOfCandidate,
  isKeyOfRecordId,
  isKeyOfRecords,
  toCandidateView,
} from "./ehr-comparison";
import {
  connectionState,
  type ConnectionRow,
  lockUnfinishedConnection,
  saveConnectionOutcome,
  resolveConnection,
  wasConnectedSince,
} from "./ehr-connections";
import { type EhrAccess, type EhrRecords, loadEhrAccess, readEhrRecords } from "./ehr-records";

/** After this long a connection that never showed no longer stops another one. */
const maxUnfinishedMs = 24 * 3_600_000;

const refuse = (reason: string): EhrConnectionResult => ({ outcome: "refused", reason });

const unknownReason =
  "We do not know whether Hero connected this patient. Check again in a few minutes, or ask the practice.";
const otherRecordReason = "Hero shows this patient connected to another clinical record.";
const notShownReason =
  "Hero accepted an earlier connection of this patient and does not show it yet. Check again later.";

/**
 * Connects a patient to a record of the clinical system, at most once for an operation ID: the records are
 * read now and must be what the page showed; then a pending row, one call, and the patient read back.
 * Hero's refusal or silence is no error here. An unknown connection is never sent again by itself.
 *
 * @throws InvalidInputError on `dateOfBirth` when it is not the one in Hero's record
 * @throws LookupsPausedError for ten minutes after three wrong dates for this patient
 * @throws OperationIdReusedError when the operation ID was used for another connection
 * @throws NotFoundError unless the practice is connected; HeroError
 */
export async function connectToEhr(
  ctx: TenantContext,
  input: ConnectToEhrInput,
): Promise<EhrConnectionResult> {
  requirePermission(ctx, "patients.connect");
  const access = await loadEhrAccess(ctx, input.practiceId);
  const readAt = new Date();
  const records = await readEhrRecords(ctx, access, input);
  if (records.outcome === "connected") {
    await db.tenant(ctx, (tx) => resolveConnection(tx, ctx, access, input, records.ehrPartnerId));
    return isKeyOfRecordId(access.keys, records.ehrPartnerId, input.candidateKey)
      ? { outcome: "connected" }
      : refuse(otherRecordReason);
  }
  const earlier = await db.tenant(ctx, (tx) => findByOperation(tx, ctx, input));
  if (earlier) return toResult(earlier);
  if (records.outcome !== "listed") return refuse(records.reason);
  const candidate = findShownCandidate(access, records, input);
  if (!candidate) return { outcome: "changed" };
  const refusal = await findRefusal(ctx, access, records, candidate, input);
  if (refusal) return refusal;
  const reservation = await reserveConnection(ctx, access, candidate, input, readAt);
  if ("outcome" in reservation) return reservation;
  const { ehr_partner_id: ehrPartnerId } = candidate;
  if (!ehrPartnerId) throw new Error("A candidate without an ID is refused above.");
  return sendConnection(ctx, access, reservation.row, ehrPartnerId);
}

async function findByOperation(
  tx: Transaction,
  ctx: TenantContext,
  { operationId, practiceId, patientId, candidateKey }: ConnectToEhrInput,
): Promise<ConnectionRow | undefined> {
  const [row] = await tx
    .select()
    .from(patientConnections)
    .where(and(inTenant(patientConnections, ctx), eq(patientConnections.operationId, operationId)));
  if (!row) return undefined;
  const isSame =
    row.environment === ctx.environment &&
    row.practiceId === practiceId &&
    row.patientId === patientId &&
    row.candidateFingerprint === candidateKey;
  if (!isSame) {
    throw new OperationIdReusedError("This operation ID was used for another connection.");
  }
  return row;
}

/** What an earlier request with the same operation ID has come to. Hero does not show it as connected. */
function toResult(row: ConnectionRow): EhrConnectionResult {
  const state = connectionState(row);
  if (state === "pending") return { outcome: "in_progress" };
  if (state === "accepted") return { outcome: "accepted" };
  if (state === "failed") {
    return { outcome: "failed", reason: "Hero did not connect this patient." };
  }
  if (state === "connected") {
    return { outcome: "failed", reason: "Hero no longer shows this connection." };
  }
  return { outcome: "unknown", reason: unknownReason };
}

/** Why this record may not be connected to this patient. */
async function findRefusal(
  ctx: TenantContext,
  { keys }: EhrAccess,
  { patient }: Extract<EhrRecords, { outcome: "listed" }>,
  candidate: HeroEhrCandidate,
  input: ConnectToEhrInput,
): Promise<EhrConnectionResult | null> {
  const { status, differences } = toCandidateView(keys, patient, candidate);
  if (status === "other_patient") {
    return refuse("This clinical record is connected to another Hero patient. Merge them instead.");
  }
  if (status === "deceased") {
    return refuse("The clinical record says that this person has died. Ask the practice.");
  }
  if (status === "no_id") {
    return refuse("Hero gave no ID for this clinical record, so it cannot be connected.");
  }
  const nonMatches = await db.tenant(ctx, (tx) => loadNonMatches(tx, ctx, input));
  const isNonMatch = nonMatches.some(
    ({ candidateKey, recordsKey }) =>
      isKeyOfCandidate(keys, candidate, candidateKey) &&
      isKeyOfRecords(keys, patient, candidate, recordsKey),
  );
  if (isNonMatch) {
    return refuse(
      "A colleague said that this is not the same person. Take that back before you connect.",
    );
  }
  const confirmed = new Set(input.confirmedDifferences);
  return differences.every((field) => confirmed.has(field)) ? null : { outcome: "changed" };
}

/**
 * The pending row, or why there is none. A person may send an unknown connection again to the same record,
 * which has one effect; to another record not before a day has passed, because the first may still show.
 */
async function reserveConnection(
  ctx: TenantContext,
  access: EhrAccess,
  candidate: HeroEhrCandidate,
  { operationId, practiceId, patientId, candidateKey }: ConnectToEhrInput,
  readAt: Date,
): Promise<EhrConnectionResult | { row: ConnectionRow }> {
  return db.tenant(ctx, async (tx) => {
    const { tenantId, environment } = ctx;
    const unfinished = await lockUnfinishedConnection(tx, ctx, { practiceId, patientId });
    const sent = { operationId, createdBy: actorId(ctx), sentAt: new Date() };
    if (unfinished) {
      const state = connectionState(unfinished);
      const isOld = Date.now() - unfinished.sentAt.getTime() > maxUnfinishedMs;
      if (state === "pending") return { outcome: "in_progress" };
      if (
        state === "unknown" &&
        isKeyOfCandidate(access.keys, candidate, unfinished.candidateFingerprint)
      ) {
        const [row] = await tx
          .update(patientConnections)
          .set({
            ...sent,
            candidateFingerprint: candidateKey,
            outcome: "pending",
            failureCode: null,
          })
          .where(and(inScope(patientConnections, ctx), eq(patientConnections.id, unfinished.id)))
          .returning();
        return row ? { row } : { outcome: "in_progress" };
      }
      if (!isOld) return refuse(state === "accepted" ? notShownReason : unknownReason);
      await saveConnectionOutcome(tx, ctx, access, unfinished, "failed", "not_shown");
    }
    // What was read is out of date: another request has connected the patient since.
    if (await wasConnectedSince(tx, ctx, { practiceId, patientId }, readAt)) {
      return { outcome: "in_progress" };
    }
    const [row] = await tx
      .insert(patientConnections)
      .values({
        tenantId,
        environment,
        id: uuidv7(),
        practiceId,
        patientId,
        candidateFingerprint: candidateKey,
        ...sent,
      })
      // Another tab was first.
      .onConflictDoNothing()
      .returning();
    return row ? { row } : { outcome: "in_progress" };
  });
}

async function sendConnection(
  ctx: TenantContext,
  access: EhrAccess,
  row: ConnectionRow,
  ehrPartnerId: string,
): Promise<EhrConnectionResult> {
  const { practice } = access;
  const { patientId } = row;
  const sent = await callHeroForPractice(ctx, practice, (hero) =>
    connectEhr(hero, patientId, ehrPartnerId),
  );
  const isRefused = !sent.ok && sent.error.writeOutcome === "no";
  const read = isRefused
    ? null
    : await callHeroForPractice(ctx, practice, (hero) => readPatient(hero, patientId));
  const shownId =
    read?.ok && read.result.outcome === "found" ? read.result.patient.ehr_partner_id : undefined;
  const result = interpret(sent, shownId, ehrPartnerId);
  await db.tenant(ctx, async (tx) => {
    const records = [...sent.records, ...(read?.records ?? [])];
    await recordCallsForPractice(tx, ctx, practice, records);
    const failureCode = sent.ok
      ? result.outcome === "failed"
        ? "other_record"
        : null
      : sent.error.code;
    await saveConnectionOutcome(
      tx,
      ctx,
      access,
      row,
      result.outcome,
      result.outcome === "connected" ? null : failureCode,
    );
  });
  return result;
}

type SentResult =
  | { outcome: "connected" | "accepted" }
  | { outcome: "unknown" | "failed"; reason: string };

/**
 * What the reply and the patient's record read after it mean together.
 * @param shownId the ID in Hero's record; undefined when it could not be read
 */
function interpret(
  sent: HeroOutcome<void>,
  shownId: string | null | undefined,
  ehrPartnerId: string,
): SentResult {
  if (shownId === ehrPartnerId) return { outcome: "connected" };
  if (shownId) return { outcome: "failed", reason: otherRecordReason };
  if (sent.ok) return { outcome: "accepted" };
  const { error } = sent;
  // Hero has finished with a refused request, and its record shows no connection.
  const isProvedUndone = refusalOf(error.code) !== undefined && shownId === null;
  if (error.writeOutcome === "no" || isProvedUndone) {
    return { outcome: "failed", reason: explainFailure(error) };
  }
  return { outcome: "unknown", reason: `${error.message} ${unknownReason}` };
}

function explainFailure(error: HeroError): string {
  if (error.code === "conflict") {
    return "Hero says that this patient or this clinical record is already connected. The patient was not connected.";
  }
  return `${error.message} The patient was not connected.`;
}
