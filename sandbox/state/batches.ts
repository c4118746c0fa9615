import { reachOf } from "./contacts";
import { makeOlder as makeMessageOlder, messageProgress, sendMessage } from "./messages";
import type { BatchRecipientRecord, BatchRecord, PatientRecord, Practice } from "./model";
import { isNhsNumber } from "./nhs-number";
import { findPatientByNhsNumber } from "./patients";
import type { SandboxState } from "./sandbox-state";
import { isLocalDate } from "./time";

/** How long it takes to look up the recipients, and then to begin sending. */
const enrichmentMs = 5000;
const pendingMs = 5000;
const messagesPerSecond = 20;

type NewBatch = Pick<BatchRecord, "name" | "channel" | "subject" | "content"> &
  Pick<BatchRecord, "submittedBy" | "keySuffix"> & {
    recipients: Pick<BatchRecipientRecord, "nhsNumber" | "dateOfBirth" | "patientId">[];
  };

/** Adds a batch and looks up its recipients; nothing is sent. */
export function createBatch(
  sandbox: SandboxState,
  practice: Practice,
  input: NewBatch,
): BatchRecord {
  const batch: BatchRecord = {
    ...input,
    id: sandbox.nextId("batch"),
    practiceGroupId: practice.practiceGroupId,
    createdAtMs: sandbox.clock.nowMs(),
    sentAtMs: null,
    isStuck: false,
    messageIds: [],
    recipients: input.recipients.map((recipient) => ({
      ...recipient,
      ...enrich(sandbox, practice, input.channel, recipient),
      id: sandbox.nextId("batchRecipient"),
    })),
  };
  sandbox.batches.set(batch.id, batch);
  return batch;
}

export function findBatchOfPractice(
  sandbox: SandboxState,
  practice: Practice,
  id: string,
): BatchRecord | undefined {
  const batch = sandbox.batches.get(id);
  return batch?.practiceGroupId === practice.practiceGroupId ? batch : undefined;
}

/** The outcome of a recipient's look-up, as it is known once there was time for it. */
function enrich(
  sandbox: SandboxState,
  practice: Practice,
  channel: BatchRecord["channel"],
  { nhsNumber, dateOfBirth, patientId }: NewBatch["recipients"][number],
): Pick<BatchRecipientRecord, "outcome" | "patientId"> {
  if (patientId === null && !(isNhsNumber(nhsNumber) && isLocalDate(dateOfBirth))) {
    return { outcome: "INVALID_PAYLOAD", patientId };
  }
  const patient =
    patientId === null
      ? findPatientByNhsNumber(sandbox, practice, nhsNumber)
      : sandbox.patients.get(patientId);
  const isFound =
    patient?.practiceGroupId === practice.practiceGroupId &&
    (patientId !== null || patient.person.dateOfBirth === dateOfBirth);
  return isFound && contactOf(channel, patient) !== null
    ? { outcome: "ENRICHED", patientId: patient.id }
    : { outcome: "ENRICHMENT_ERROR", patientId: null };
}

/** Where a message goes: empty for the NHS App; null for a patient who gets none. */
function contactOf(channel: BatchRecord["channel"], { person, isArchived }: PatientRecord) {
  if (person.deceasedOn !== null || person.isRestricted || isArchived) return null;
  if (channel === "nhs_app") return "";
  const contact = channel === "sms" ? person.mobile : person.email;
  return reachOf(channel, contact) === "refused" ? null : contact;
}

/**
 * Sends to every recipient who was found and may still be contacted. A batch that was sent is sent again,
 * because Hero does not document that it refuses.
 *
 * @param isHalf only to the first half, after which the batch stays as it is
 */
export function sendBatch(
  sandbox: SandboxState,
  practice: Practice,
  batch: BatchRecord,
  isHalf: boolean,
): void {
  const nowMs = sandbox.clock.nowMs();
  batch.sentAtMs = nowMs;
  batch.isStuck = isHalf;
  const found = batch.recipients.filter(({ outcome }) => outcome === "ENRICHED");
  const reached = isHalf ? found.slice(0, Math.ceil(found.length / 2)) : found;
  for (const [index, recipient] of reached.entries()) {
    const patient = sandbox.patients.get(recipient.patientId ?? "");
    const contact = patient ? contactOf(batch.channel, patient) : null;
    if (!patient || contact === null) continue;
    const message = sendMessage(sandbox, practice, {
      patientId: patient.id,
      channel: batch.channel,
      text: batch.content,
      via: "api",
      submittedBy: batch.submittedBy,
      batchId: batch.id,
      sendAtMs: nowMs + pendingMs + Math.floor(index / messagesPerSecond) * 1000,
      contact: contact === "" ? undefined : contact,
    });
    if (!message) continue;
    recipient.isQueued = true;
    batch.messageIds.push(message.id);
  }
}

type BatchStatus = "CREATED" | "PENDING" | "SENDING" | "COMPLETED";

/** How far a batch has come by the clock. */
export function batchStatus(sandbox: SandboxState, batch: BatchRecord): BatchStatus {
  if (batch.sentAtMs === null) return "CREATED";
  if (sandbox.clock.nowMs() < batch.sentAtMs + pendingMs) return "PENDING";
  const isDone = batchSends(sandbox, batch).length === batch.messageIds.length;
  return isDone && !batch.isStuck ? "COMPLETED" : "SENDING";
}

type RecipientStatus = BatchRecipientRecord["outcome"] | "CREATED" | "QUEUED";

export function recipientStatus(
  sandbox: SandboxState,
  { createdAtMs }: BatchRecord,
  { outcome, isQueued }: BatchRecipientRecord,
): RecipientStatus {
  if (isQueued) return "QUEUED";
  return sandbox.clock.nowMs() < createdAtMs + enrichmentMs ? "CREATED" : outcome;
}

/** The messages of a batch that have left. */
export function batchSends(sandbox: SandboxState, batch: BatchRecord) {
  const nowMs = sandbox.clock.nowMs();
  return batch.messageIds.flatMap((id) => {
    const message = sandbox.messages.get(id);
    if (!message) return [];
    return messageProgress(message, nowMs).status === "scheduled" ? [] : [message];
  });
}

/** As if one batch had been created and sent earlier, for tests that share the clock. */
export function makeOlder(sandbox: SandboxState, batch: BatchRecord, advanceMs: number): void {
  batch.createdAtMs -= advanceMs;
  if (batch.sentAtMs !== null) batch.sentAtMs -= advanceMs;
  for (const id of batch.messageIds) {
    const message = sandbox.messages.get(id);
    if (message) makeMessageOlder(message, advanceMs);
  }
}
