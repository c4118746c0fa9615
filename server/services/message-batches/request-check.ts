import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import type { MessageBatchIdInput, MessageBatchView } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordChange } from "../live/record-change";
import { maxHeldMs } from "../messages/record";
import { recordCircumstances } from "./circumstances";
import { lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { getBatchView } from "./view";

/**
 * Has a worker check the recipients of a batch: for the first time when all have been received, again after
 * something has changed, or further when the check has paused. A check again reads those who were included or
 * could not be checked; an approval that was requested is void.
 *
 * @throws NotFoundError, also when the practice is not connected any more
 * @throws ConflictError while recipients are missing, and once it was sent or has ended
 */
export async function checkMessageBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (!batch.sealedContent) {
      throw new ConflictError("The text of this batch was deleted. Create the batch again.");
    }
    if (batch.state === "collecting") {
      const { counts, rowCount } = await getBatchView(tx, ctx, batchId);
      if (counts.total < rowCount) {
        throw new ConflictError(
          `Only ${counts.total} of ${rowCount} recipients were received. Send the rest first.`,
        );
      }
    } else if (batch.state === "checking") {
      if (batch.pauseReason === null) return getBatchView(tx, ctx, batchId);
    } else if (batch.state === "ready" || batch.state === "awaiting_approval") {
      await voidApproval(tx, ctx, batch);
      await uncheckRecipients(tx, ctx, batchId);
    } else {
      throw new ConflictError("This batch can no longer be checked.");
    }
    await beginCheck(tx, ctx, batch);
    return getBatchView(tx, ctx, batchId);
  });
}

/** Leaves the batch to the worker. @throws NotFoundError unless the practice is connected */
export async function beginCheck(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<void> {
  await tx
    .update(messageBatches)
    .set({
      state: "checking",
      circumstances: await recordCircumstances(tx, ctx, batch),
      pauseReason: null,
      summary: null,
      snapshot: null,
      checkedAt: null,
      eraseAt: new Date(Date.now() + maxHeldMs),
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  // Those that were tried before have all their tries again, at once.
  await tx
    .update(messageRecipients)
    .set({ leasedUntil: null, reason: null, reasonCode: null })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        eq(messageRecipients.state, "waiting"),
      ),
    );
  await recordChange(tx, ctx, "messages", batch.id);
}

/** An approval of what is checked again would be of something else. */
export async function voidApproval(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<void> {
  if (batch.state !== "awaiting_approval" || batch.approvalId === null) return;
  await tx
    .update(approvals)
    .set({ expiresAt: new Date() })
    .where(and(inScope(approvals, ctx), eq(approvals.id, batch.approvalId)));
  await tx
    .update(messageBatches)
    .set({ state: "ready", approvalId: null })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await recordBatchAudit(tx, ctx, "message_batch.voided", batch);
}

async function uncheckRecipients(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<void> {
  await tx
    .update(messageRecipients)
    .set({
      state: "waiting",
      previewFingerprint: null,
      contactHash: null,
      textLength: null,
      smsParts: null,
      lowestPence: null,
      highestPence: null,
      hasRecentMessage: false,
    })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        inArray(messageRecipients.state, ["included", "not_checked"]),
      ),
    );
}
