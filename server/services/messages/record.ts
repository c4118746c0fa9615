import "server-only";
import type { Transaction } from "@/db/client";
import type { AuditAction } from "../../schemas/activity";
import type { EventType } from "../../schemas/event-catalogue";
import type { MessageSettings } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { recordEvent } from "../events/record";
import { loadPracticeName, type MessageRow } from "./load";

type RecordedRow = Pick<MessageRow, "id" | "operationId" | "practiceId" | "channel">;

/** The audit row of a change of a message, which has nothing of its text or its patient's details. */
export async function recordMessageAudit(
  tx: Transaction,
  ctx: TenantContext,
  action: AuditAction,
  row: RecordedRow,
  details: Record<string, string | number | null> = {},
): Promise<void> {
  const label = await loadPracticeName(tx, ctx, row.practiceId);
  await recordAudit(
    tx,
    ctx,
    action,
    { type: "message", id: row.id, label },
    {
      operationId: row.operationId,
      channel: row.channel,
      ...details,
    },
  );
}

/** Tells partners of a message's state, once for each. */
export async function recordMessageEvent(
  tx: Transaction,
  ctx: TenantContext,
  type: Extract<EventType, `message.${string}`>,
  { id, practiceId, channel }: RecordedRow,
): Promise<void> {
  await recordEvent(tx, ctx, {
    type,
    key: id,
    subjectId: id,
    data: { practiceId, messageId: id, channel },
  });
}

const dayMs = 24 * 3_600_000;

/** The columns of a message from which nothing more is expected. Its text is erased some days later. */
export const endedAt = (now: Date, { textDays }: MessageSettings) => ({
  endedAt: now,
  eraseAt: new Date(now.getTime() + textDays * dayMs),
  nextReadAt: null,
  leasedUntil: null,
});

/** A held message that nobody looks at keeps its text for 30 days only. */
export const maxHeldMs = 30 * dayMs;
