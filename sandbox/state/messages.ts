import type { MessageChannel } from "@/server/hero/generated";
import { reachOf } from "./contacts";
import type { MessageRecord, Practice, RecordWriteRecord } from "./model";
import { findPatientOfPractice } from "./patients";
import type { SandboxState } from "./sandbox-state";

const deliveryMs = 3000;
/** When a patient who reads the NHS App opens a message. */
const openingMs = 60_000;
const fallbackMs = 3_600_000;
const recordWriteMs = 5000;

/** Hero documents `delivered`; the others are guesses. */
export type MessageStatus =
  | "scheduled"
  | "queued"
  | "sent"
  | "delivered"
  | "opened"
  | "undelivered";

export type NewMessage = Pick<MessageRecord, "patientId" | "channel" | "text"> &
  Pick<MessageRecord, "via" | "submittedBy"> & {
    /** The member of staff whom the page reports; absent for a message by API. */
    adminId?: string | undefined;
    sendAtMs?: number | undefined;
    contact?: string | undefined;
    fallback?: MessageRecord["fallback"];
    linkId?: string | undefined;
    attachmentUuid?: string | undefined;
    batchId?: string | undefined;
    recordWrite?: RecordWriteRecord | null;
  };

/** Queues a message; null when the practice does not have the patient. */
export function sendMessage(
  sandbox: SandboxState,
  practice: Practice,
  input: NewMessage,
): MessageRecord | null {
  const patient = findPatientOfPractice(sandbox, practice, input.patientId);
  if (!patient) return null;
  const message: MessageRecord = {
    patientId: input.patientId,
    channel: input.channel,
    text: input.text,
    via: input.via,
    submittedBy: input.submittedBy,
    id: sandbox.nextId("message"),
    practiceGroupId: practice.practiceGroupId,
    adminId: input.adminId ?? null,
    createdAtMs: sandbox.clock.nowMs(),
    sendAtMs: input.sendAtMs ?? null,
    contact: input.contact ?? null,
    fallback: input.fallback ?? null,
    opensNhsApp: patient.person.opensNhsApp ?? true,
    linkId: input.linkId ?? null,
    attachmentUuid: input.attachmentUuid ?? null,
    batchId: input.batchId ?? null,
    recordWrite: input.recordWrite ?? null,
  };
  sandbox.messages.set(message.id, message);
  return message;
}

export function findMessageOfPractice(
  sandbox: SandboxState,
  practice: Practice,
  id: string,
): MessageRecord | undefined {
  const message = sandbox.messages.get(id);
  return message?.practiceGroupId === practice.practiceGroupId ? message : undefined;
}

/** Sent at once, or at its scheduled time. */
export const dispatchAtMs = ({ createdAtMs, sendAtMs }: MessageRecord): number =>
  Math.max(createdAtMs, sendAtMs ?? 0);

/** How far a message has come, and the channel that it went through so far. */
export function messageProgress(
  message: MessageRecord,
  nowMs: number,
): { status: MessageStatus; channel: MessageChannel } {
  const { channel, contact, fallback } = message;
  const ageMs = nowMs - dispatchAtMs(message);
  if (ageMs < 0) return { status: "scheduled", channel };
  if (ageMs < deliveryMs) return { status: "queued", channel };
  if (channel === "hero") return { status: "delivered", channel };
  if (channel !== "nhs_app") return { status: arrival(channel, contact ?? ""), channel };
  if (message.opensNhsApp) return { status: ageMs < openingMs ? "sent" : "opened", channel };
  if (!fallback || ageMs < fallbackMs + deliveryMs) return { status: "sent", channel };
  return { status: arrival(fallback.channel, fallback.contact), channel: fallback.channel };
}

const arrival = (channel: "sms" | "email", contact: string) =>
  reachOf(channel, contact) === "delivered" ? "delivered" : "undelivered";

/** As if one message had been sent earlier, for tests that share the clock. */
export function makeOlder(message: MessageRecord, advanceMs: number): void {
  const { recordWrite } = message;
  message.createdAtMs -= advanceMs;
  if (message.sendAtMs !== null) message.sendAtMs -= advanceMs;
  if (recordWrite && recordWrite.approvedAtMs !== null) recordWrite.approvedAtMs -= advanceMs;
}

/** Hero documents no words for a record write. */
export type RecordWriteStatus = "pending" | "succeeded" | "failed";

/** What became of the entry in the patient's record, which needs one in the clinical system. */
export function recordWriteProgress(
  sandbox: SandboxState,
  { patientId, recordWrite }: MessageRecord,
): { status: RecordWriteStatus; failureReason: string | null; writtenAtMs: number | null } {
  const endsAtMs = (recordWrite?.approvedAtMs ?? Number.POSITIVE_INFINITY) + recordWriteMs;
  if (sandbox.clock.nowMs() < endsAtMs) {
    return { status: "pending", failureReason: null, writtenAtMs: null };
  }
  if (!sandbox.patients.get(patientId)?.ehrPartnerId) {
    const failureReason = "The patient is not linked to a record in the clinical system.";
    return { status: "failed", failureReason, writtenAtMs: null };
  }
  return { status: "succeeded", failureReason: null, writtenAtMs: endsAtMs };
}
