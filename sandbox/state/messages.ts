import type { MessageChannel } from "@/server/hero/generated";
import type { MessageRecord, Practice } from "./model";
import { findPatientOfPractice } from "./patients";
import type { World } from "./world";

/** How long a message is under way. */
export const deliverySeconds = 3;

/** `delivered` is documented; the other two are guesses. */
export type MessageStatus = "scheduled" | "queued" | "delivered";

export type NewMessage = {
  patientId: string;
  channel: MessageChannel;
  text: string;
  via: MessageRecord["via"];
  submittedBy: string;
  /** Who used the element, as the page says; nobody for a message by API. */
  adminId?: string | undefined;
  sendAtMs?: number | undefined;
  linkId?: string | undefined;
  isForRecord?: boolean | undefined;
  snomedCode?: string | undefined;
};

/** Queues a message, however it came; null where the practice has no such patient. */
export function sendMessage(
  world: World,
  practice: Practice,
  { adminId, sendAtMs, linkId, isForRecord, snomedCode, ...wanted }: NewMessage,
): MessageRecord | null {
  if (!findPatientOfPractice(world, practice, wanted.patientId)) return null;
  const message: MessageRecord = {
    ...wanted,
    id: world.nextId("message"),
    groupId: practice.groupId,
    adminId: adminId ?? null,
    createdAtMs: world.clock.nowMs(),
    sendAtMs: sendAtMs ?? null,
    linkId: linkId ?? null,
    isForRecord: isForRecord ?? false,
    snomedCode: snomedCode ?? null,
  };
  world.messages.set(message.id, message);
  return message;
}

export function findMessageOfPractice(
  world: World,
  practice: Practice,
  id: string,
): MessageRecord | undefined {
  const message = world.messages.get(id);
  return message?.groupId === practice.groupId ? message : undefined;
}

/** When the message leaves: at the time it was put off to, if that is still to come when it is made. */
export const leavesAtMs = ({ createdAtMs, sendAtMs }: MessageRecord): number =>
  Math.max(createdAtMs, sendAtMs ?? 0);

export function messageStatus(message: MessageRecord, nowMs: number): MessageStatus {
  const leavesAt = leavesAtMs(message);
  if (nowMs < leavesAt) return "scheduled";
  return nowMs < leavesAt + deliverySeconds * 1000 ? "queued" : "delivered";
}
