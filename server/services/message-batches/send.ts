import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { ConflictError, InvalidInputError } from "../../errors";
import type { MessageBatchView, SendMessageBatchInput } from "../../schemas/message-batches";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requestApproval } from "../approvals/request";
import { loadMessageSettings } from "../messages/settings";
import { reopenIfExpired } from "./approve";
import { requireBatchPermissions } from "./create";
import { loadBatch, lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { reviewBatch } from "./review";
import { requireReviewed } from "./reviewed";
import { requireSendTime, startBatch } from "./start";
import { getBatchView } from "./view";

/**
 * Sends a batch that a person has reviewed: it leaves after the delay in which it can be undone, or at its time. With
 * more recipients than the organisation's threshold, this requests a second person's approval. A repeat changes nothing.
 *
 * @throws NotFoundError
 * @throws InvalidInputError on `confirmed`, `practiceName`, `sendAt`
 * @throws ConflictError when it is not what was reviewed, does not fit into the day, or nobody else may approve it
 */
export async function sendMessageBatch(
  ctx: TenantContext,
  input: SendMessageBatchInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  const { batchId } = input;
  return db.tenant(ctx, async (tx) => {
    const locked = await lockBatch(tx, ctx, batchId);
    const batch = (await reopenIfExpired(tx, ctx, locked))
      ? await loadBatch(tx, ctx, batchId)
      : locked;
    requireBatchPermissions(ctx, batch);
    if (requestedStates.includes(batch.state)) return getBatchView(tx, ctx, batchId);
    if (batch.state !== "ready") throw new ConflictError(notReadyMessage(batch));
    const now = new Date();
    const { practice } = await getBatchView(tx, ctx, batchId);
    requireReviewed(ctx, batch, practice.publicName, input);
    const review = await reviewBatch(tx, ctx, batch, now);
    if (review.outdatedReason !== null) {
      throw new ConflictError(`${review.outdatedReason} Check the batch again. Nothing was sent.`);
    }
    const warning = review.warnings.find(({ code }) => !input.confirmed.includes(code));
    if (warning) throw new InvalidInputError("confirmed", warning.message);
    const asked = input.sendAt === null ? null : new Date(input.sendAt);
    const sendAt = requireSendTime(batch, await loadMessageSettings(tx, ctx), asked, now);
    if (review.needsApproval) await requestBatchApproval(tx, ctx, batch, asked);
    else await startBatch(tx, ctx, batch, { sendAt, author: actorId(ctx), now });
    return getBatchView(tx, ctx, batchId);
  });
}

const requestedStates: readonly MessageBatchRow["state"][] = [
  "awaiting_approval",
  "scheduled",
  "sending",
  "paused",
  "finished",
];

const notReadyMessage = ({ state }: MessageBatchRow): string =>
  state === "stopped" || state === "cancelled"
    ? "This batch has ended. Nothing was sent."
    : "This batch is not checked yet. Nothing was sent.";

/** @throws ConflictError when nobody else may approve it */
async function requestBatchApproval(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  sendAt: Date | null,
): Promise<void> {
  const { practiceId } = batch;
  const approvalId = await requestApproval(tx, ctx, { kind: "message_batch", practiceId });
  await tx
    .update(messageBatches)
    .set({ state: "awaiting_approval", approvalId, sendAt })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await recordBatchAudit(tx, ctx, "message_batch.approval_requested", batch);
}
