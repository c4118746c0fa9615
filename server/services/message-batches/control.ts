import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import type {
  MessageBatchIdInput,
  MessageBatchState,
  MessageBatchView,
} from "../../schemas/message-batches";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { endedAt } from "../messages/record";
import { loadMessageSettings } from "../messages/settings";
import { batchEndedAt, countProgress } from "./finish";
import { lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { getBatchView } from "./view";

/** Why the portal paused a batch. */
export type PauseReason = { code: string; sentence: string };

/** @param reason null when a person did */
export async function pauseInTransaction(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  reason: PauseReason | null,
): Promise<void> {
  await tx
    .update(messageBatches)
    .set({ state: "paused", pauseReason: reason?.sentence ?? null, leasedUntil: null })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await recordBatchAudit(tx, ctx, "message_batch.paused", batch, {
    ...(reason && { reason: reason.code }),
  });
}

/** Nothing more is claimed. What was claimed before goes on. @throws NotFoundError, ConflictError */
export async function pauseBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state !== "paused") {
      requireState(batch, ["sending"], "Only a batch that is being sent can be paused.");
      await pauseInTransaction(tx, ctx, batch, null);
    }
    return getBatchView(tx, ctx, batchId);
  });
}

/** Goes on after a pause. Each message is checked again before it leaves. @throws NotFoundError, ConflictError */
export async function continueBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state !== "sending") {
      requireState(batch, ["paused"], "Only a paused batch can be continued.");
      const { lastRow } = await countProgress(tx, ctx, batchId);
      await tx
        .update(messageBatches)
        .set({
          state: "sending",
          pauseReason: null,
          leasedUntil: null,
          continuedAfterRow: lastRow,
        })
        .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)));
      await tx
        .update(messages)
        .set({ sendAt: new Date(), leasedUntil: null })
        .where(isWaitingMessage(ctx, batchId));
      await recordBatchAudit(tx, ctx, "message_batch.continued", batch);
    }
    return getBatchView(tx, ctx, batchId);
  });
}

/**
 * Ends a batch for good. Its messages that wait are cancelled here: what a worker has claimed by then has left, and
 * the view counts it. Before the first message has its turn, this is `cancelBatch`.
 *
 * @throws NotFoundError, ConflictError
 */
export async function stopBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state === "scheduled") await cancelInTransaction(tx, ctx, batch);
    else if (batch.state !== "stopped") {
      requireState(
        batch,
        ["sending", "paused"],
        batch.state === "finished"
          ? "This batch has finished, so there is nothing to stop."
          : "This batch is not being sent. Cancel it instead.",
      );
      await stopInTransaction(tx, ctx, batch);
    }
    return getBatchView(tx, ctx, batchId);
  });
}

async function stopInTransaction(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<void> {
  const now = new Date();
  const settings = await loadMessageSettings(tx, ctx);
  const cancelled = await tx
    .update(messages)
    .set({
      ...endedAt(now, settings),
      state: "cancelled",
      cancelledAt: now,
      cancelledBy: actorId(ctx),
    })
    .where(isWaitingMessage(ctx, batch.id))
    .returning({ id: messages.id });
  const { left, held } = await countProgress(tx, ctx, batch.id);
  await tx
    .update(messageBatches)
    .set({
      ...batchEndedAt(now, settings),
      state: "stopped",
      endedBy: actorId(ctx),
      // The rest of the day's limit is free again.
      countedMessages: left + held,
      nextReminderAt: null,
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await recordBatchAudit(tx, ctx, "message_batch.stopped", batch, {
    left,
    cancelled: cancelled.length,
  });
}

const beforeSending: readonly MessageBatchState[] = [
  "collecting",
  "checking",
  "ready",
  "awaiting_approval",
  "scheduled",
];

/** Cancels a batch of which nothing was sent, as if it had never been requested. @throws NotFoundError, ConflictError */
export async function cancelBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state !== "cancelled") {
      requireState(
        batch,
        beforeSending,
        "Messages of this batch have left, or may have. Stop it instead.",
      );
      await cancelInTransaction(tx, ctx, batch);
    }
    return getBatchView(tx, ctx, batchId);
  });
}

async function cancelInTransaction(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<void> {
  const now = new Date();
  await tx
    .update(messageBatches)
    .set({
      ...batchEndedAt(now, await loadMessageSettings(tx, ctx)),
      state: "cancelled",
      endedBy: actorId(ctx),
      countedOn: null,
      countedMessages: null,
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await tx
    .update(messageRecipients)
    .set({ sealed: null, leasedUntil: null })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        eq(messageRecipients.state, "waiting"),
      ),
    );
  await endApproval(tx, ctx, batch, now);
  await recordBatchAudit(tx, ctx, "message_batch.cancelled", batch);
}

/** Nobody can decide a request any more whose batch has changed or is cancelled. */
async function endApproval(
  tx: Transaction,
  ctx: TenantContext,
  { approvalId }: Pick<MessageBatchRow, "approvalId">,
  now: Date,
): Promise<void> {
  if (approvalId === null) return;
  await tx
    .update(approvals)
    .set({ expiresAt: now })
    .where(and(inScope(approvals, ctx), eq(approvals.id, approvalId), isNull(approvals.decision)));
}

const isWaitingMessage = (ctx: TenantContext, batchId: string) =>
  and(inScope(messages, ctx), eq(messages.batchId, batchId), eq(messages.state, "scheduled"));

/** @throws ConflictError unless `allowed` includes the state */
function requireState(
  { state }: Pick<MessageBatchRow, "state">,
  allowed: readonly MessageBatchState[],
  message: string,
): void {
  if (!allowed.includes(state)) throw new ConflictError(message);
}
