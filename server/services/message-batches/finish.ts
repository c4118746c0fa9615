import "server-only";
import { and, eq, isNull, lte, ne, notInArray, or, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { MessageSettings } from "../../schemas/messages";
import { nextReminderTime } from "../../schemas/reminder-rounds";
import type { TenantContext } from "../../tenancy/context";
import { type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";

const dayMs = 24 * 3_600_000;

/** The columns of a batch of which nothing more is sent. Its text is erased some days later. */
export const batchEndedAt = (now: Date, { textDays }: Pick<MessageSettings, "textDays">) => ({
  endedAt: now,
  eraseAt: new Date(now.getTime() + textDays * dayMs),
  leasedUntil: null,
  pauseReason: null,
});

/** The first messages of a batch, without reminders. */
const isFirstMessage = (ctx: TenantContext, batchId: string) =>
  and(inScope(messages, ctx), eq(messages.batchId, batchId), eq(messages.reminderNumber, 0));

/**
 * How far a batch's messages are. `due` are those that wait and that a worker can take now. `left` were claimed: Hero has them, refused them, or may have them. `lastRow` is the
 * last one that no longer waits.
 */
type BatchProgress = {
  queued: number;
  waiting: number;
  due: number;
  sending: number;
  held: number;
  left: number;
  lastRow: number | null;
};

export async function countProgress(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  now = new Date(),
): Promise<BatchProgress> {
  const { state, sendAt, leasedUntil } = messages;
  const isDue = and(
    eq(state, "scheduled"),
    lte(sendAt, now),
    or(isNull(leasedUntil), lte(leasedUntil, now)),
  );
  const [counts] = await tx
    .select({
      queued: sql<number>`count(*)::int`,
      waiting: sql<number>`(count(*) filter (where ${eq(state, "scheduled")}))::int`,
      due: sql<number>`(count(*) filter (where ${isDue}))::int`,
      sending: sql<number>`(count(*) filter (where ${eq(state, "sending")}))::int`,
      held: sql<number>`(count(*) filter (where ${eq(state, "held")}))::int`,
      left: sql<number>`(count(*) filter (where ${notInArray(state, ["scheduled", "held", "cancelled"])}))::int`,
      lastRow: sql<
        number | null
      >`max(${messages.rowNumber}) filter (where ${ne(state, "scheduled")})`,
    })
    .from(messages)
    .where(isFirstMessage(ctx, batchId));
  if (!counts) throw new Error("An aggregate has one row.");
  return counts;
}

/** Finishes a batch that is locked and of which no message waits or is being sent. */
export async function finishBatch(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  settings: MessageSettings,
  now: Date,
): Promise<void> {
  const { eraseAt, ...ended } = batchEndedAt(now, settings);
  const { reminderAfterDays: afterDays, reminderTime: time, remindersEndedReason } = batch;
  const isReminded = afterDays !== null && time !== null && remindersEndedReason === null;
  await tx
    .update(messageBatches)
    .set({
      ...ended,
      state: "finished",
      // Reminders still need the text.
      eraseAt: isReminded ? null : eraseAt,
      nextReminderAt: isReminded ? nextReminderTime({ afterDays, time }, now) : null,
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  const { left, held } = await countProgress(tx, ctx, batch.id);
  await recordBatchAudit(tx, ctx, "message_batch.finished", batch, { left, held });
}
