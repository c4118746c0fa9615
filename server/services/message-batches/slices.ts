import "server-only";
import { and, asc, eq, inArray, isNull, lte, not, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";
import { loadMessageSettings } from "../messages/settings";
import { openBatchContent } from "./content";
import { pauseInTransaction } from "./control";
import { countProgress, finishBatch } from "./finish";
import { lockBatch, type MessageBatchRow, type RecipientRow } from "./load";
import { queueMessages } from "./queue";
import { firstBatchTime } from "./start";

/**
 * Hands a batch's messages over in slices: a few are written at a time, so that a stop leaves few to cancel, and
 * everything else of a message happens where single messages are released.
 */

/** How many messages of a batch wait at most, and how few before more are written. */
const maxWaiting = 100;
const minWaiting = 50;
/** When nothing of a batch is due: before the next look. */
const idleMs = 1_000;

/**
 * Starts the practice's batches whose time has come, writes the next messages of those that are being sent, pauses
 * them after their first slice and finishes them.
 */
export async function advanceBatches(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<void> {
  const due = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: messageBatches.id })
      .from(messageBatches)
      .where(
        and(inScope(messageBatches, ctx), eq(messageBatches.practiceId, practiceId), isDue(now)),
      )
      .orderBy(asc(messageBatches.id)),
  );
  for (const { id } of due) {
    await db.tenant(ctx, async (tx) => advance(tx, ctx, await lockBatch(tx, ctx, id), now));
  }
}

const isDue = (now: Date) =>
  and(
    // Literals, so that the index of work is used.
    inArray(messageBatches.state, ["scheduled", "sending"]),
    or(eq(messageBatches.state, "sending"), lte(messageBatches.sendAt, now)),
    or(isNull(messageBatches.leasedUntil), lte(messageBatches.leasedUntil, now)),
  );

async function advance(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  now: Date,
): Promise<void> {
  const isStarting = batch.state === "scheduled" && batch.sendAt !== null && batch.sendAt <= now;
  // Stopped, paused or advanced by another worker since it was found.
  if (!isStarting && batch.state !== "sending") return;
  const settings = await loadMessageSettings(tx, ctx);
  const mayLeaveAt = firstBatchTime(batch, settings, now);
  if (mayLeaveAt > now) return waitUntil(tx, ctx, batch, mayLeaveAt);
  if (isStarting) {
    await tx
      .update(messageBatches)
      .set({ state: "sending", leasedUntil: null })
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
    await recordChange(tx, ctx, "messages", batch.id);
  }
  const progress = await countProgress(tx, ctx, batch.id, now);
  const { waiting, sending, queued } = progress;
  const isIdle = waiting === 0 && sending === 0;
  const isFirstSliceOut = batch.firstSlice !== null && queued >= batch.firstSlice;
  if (isFirstSliceOut) {
    if (isIdle) return pauseAfterFirstSlice(tx, ctx, batch);
    return rest(tx, ctx, batch, progress, now);
  }
  if (waiting >= minWaiting) return rest(tx, ctx, batch, progress, now);
  const room = Math.min(maxWaiting - waiting, (batch.firstSlice ?? Infinity) - queued);
  const next = await listNextRecipients(tx, ctx, batch, room);
  if (next.length > 0) return queueSlice(tx, ctx, batch, next, now);
  if (isIdle) return finishBatch(tx, ctx, batch, settings, now);
  return rest(tx, ctx, batch, progress, now);
}

/** Nothing of it leaves in quiet hours. It goes on by itself. */
async function waitUntil(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  at: Date,
): Promise<void> {
  await tx
    .update(messageBatches)
    .set({ leasedUntil: at })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await tx
    .update(messages)
    .set({ sendAt: at, leasedUntil: null })
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batch.id),
        eq(messages.reminderNumber, 0),
        eq(messages.state, "scheduled"),
      ),
    );
}

/** Looks again a little later, unless messages of it are due: then the worker that releases them does. */
async function rest(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  { due }: { due: number },
  now: Date,
): Promise<void> {
  if (due > 0) return;
  const leasedUntil = new Date(now.getTime() + idleMs);
  await tx
    .update(messageBatches)
    .set({ leasedUntil })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
}

async function pauseAfterFirstSlice(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<void> {
  await tx
    .update(messageBatches)
    .set({ firstSlice: null })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  const messagesText = batch.firstSlice === 1 ? "message has" : `${batch.firstSlice} messages have`;
  await pauseInTransaction(tx, ctx, batch, {
    code: "first_slice",
    sentence: `The first ${messagesText} left. Check the results, then continue.`,
  });
}

const listNextRecipients = (
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  limit: number,
): Promise<RecipientRow[]> =>
  tx
    .select()
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        eq(messageRecipients.state, "included"),
        not(messageRecipients.isQueued),
      ),
    )
    .orderBy(asc(messageRecipients.rowNumber))
    .limit(limit);

async function queueSlice(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  recipients: readonly RecipientRow[],
  now: Date,
): Promise<void> {
  const content = await openBatchContent(tx, ctx, batch);
  if (!content) throw new Error("The text of a batch that is being sent is not erased.");
  const { text, variables } = content;
  await queueMessages(tx, ctx, batch, recipients, {
    reminderNumber: 0,
    draft: { text, variables },
    operationIdOf: ({ operationId }) => operationId,
    now,
  });
}
