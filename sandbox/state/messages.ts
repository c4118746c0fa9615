import type { MessageChannel } from "@/server/hero/generated";
import type { MessageRecord, Practice } from "./model";
import { findPatientOfPractice } from "./patients";
import type { SandboxState } from "./sandbox-state";

const deliverySeconds = 3;

/** Hero documents `delivered`; the other two are guesses. */
export type MessageStatus = "scheduled" | "queued" | "delivered";

export type NewMessage = {
  patientId: string;
  channel: MessageChannel;
  text: string;
  via: MessageRecord["via"];
  submittedBy: string;
  /** The member of staff whom the page reports; absent for a message by API. */
  adminId?: string | undefined;
  sendAtMs?: number | undefined;
  linkId?: string | undefined;
  isWrittenToRecord?: boolean | undefined;
  snomedCode?: string | undefined;
};

/** Queues a message; null when the practice does not have the patient. */
export function sendMessage(
  sandbox: SandboxState,
  practice: Practice,
  { adminId, sendAtMs, linkId, isWrittenToRecord, snomedCode, ...input }: NewMessage,
): MessageRecord | null {
  if (!findPatientOfPractice(sandbox, practice, input.patientId)) return null;
  const message: MessageRecord = {
    ...input,
    id: sandbox.nextId("message"),
    practiceGroupId: practice.practiceGroupId,
    adminId: adminId ?? null,
    createdAtMs: sandbox.clock.nowMs(),
    sendAtMs: sendAtMs ?? null,
    linkId: linkId ?? null,
    isWrittenToRecord: isWrittenToRecord ?? false,
    snomedCode: snomedCode ?? null,
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

export function messageStatus(message: MessageRecord, nowMs: number): MessageStatus {
  const dispatchMs = dispatchAtMs(message);
  if (nowMs < dispatchMs) return "scheduled";
  return nowMs < dispatchMs + deliverySeconds * 1000 ? "queued" : "delivered";
}
