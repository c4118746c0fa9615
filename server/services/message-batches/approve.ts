import "server-only";
import { and, eq, isNull, lte } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { approvals } from "@/db/schema/approvals";
import { messageBatches } from "@/db/schema/message-batches";
import { inScope, sameScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import type {
  ApproveMessageBatchInput,
  MessageBatchIdInput,
  MessageBatchView,
  RefuseMessageBatchInput,
} from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { type ApprovalDecision, decideApproval, requireOpenApproval } from "../approvals/decide";
import { personBehind } from "../approvals/people";
import { loadMessageSettings } from "../messages/settings";
import { findOutdatedReason } from "./circumstances";
import { requireBatchPermissions } from "./create";
import { lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { voidApproval } from "./request-check";
import { requireReviewed } from "./reviewed";
import { batchUndoEnd, firstBatchTime, startBatch } from "./start";
import { getBatchView } from "./view";

/**
 * The second person's decision to send a batch, after seeing what its author saw. It leaves after the delay in which it
 * can be undone, or at its time. When something has changed since the check, the request is void instead.
 *
 * @throws NotFoundError
 * @throws InvalidInputError on `practiceName`
 * @throws ConflictError for the person who requested it, once decided or expired, when something has changed, and when
 *   it does not fit into the day
 */
export async function approveMessageBatch(
  ctx: TenantContext,
  input: ApproveMessageBatchInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  const { batchId } = input;
  const { view, outdatedReason } = await db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    const approvalId = requireAwaiting(batch);
    requireBatchPermissions(ctx, batch);
    await requireOpenApproval(tx, ctx, approvalId, "approved");
    await requireOtherThanAuthor(tx, ctx, batch);
    const changed = await findOutdatedReason(tx, ctx, batch);
    if (changed !== null) {
      await voidApproval(tx, ctx, batch);
      return { view: null, outdatedReason: changed };
    }
    const { practice } = await getBatchView(tx, ctx, batchId);
    requireReviewed(ctx, batch, practice.publicName, input);
    await decideApproval(tx, ctx, approvalId, { decision: "approved" });
    await recordBatchAudit(tx, ctx, "message_batch.approved", batch);
    const now = new Date();
    const settings = await loadMessageSettings(tx, ctx);
    const undoneUntil = batchUndoEnd(settings, now);
    const wanted = batch.sendAt && batch.sendAt > undoneUntil ? batch.sendAt : undoneUntil;
    await startBatch(tx, ctx, batch, {
      // The decision may come late: then it is the next time that can be.
      sendAt: firstBatchTime(batch, settings, wanted),
      author: await loadAuthor(tx, ctx, batch, approvalId),
      now,
    });
    return { view: await getBatchView(tx, ctx, batchId), outdatedReason: null };
  });
  if (view) return view;
  throw new ConflictError(
    `${outdatedReason} The request is void: check the batch and request approval again. Nothing was sent.`,
  );
}

/** @throws ConflictError */
function requireAwaiting({ state, approvalId }: MessageBatchRow): string {
  if (state === "awaiting_approval" && approvalId !== null) return approvalId;
  throw new ConflictError("This batch does not wait for approval.");
}

/**
 * Who wrote the batch is no second person, whoever requested its approval.
 * @throws ConflictError
 */
async function requireOtherThanAuthor(
  tx: Transaction,
  ctx: TenantContext,
  { createdBy }: MessageBatchRow,
): Promise<void> {
  const [key] = await tx
    .select({ createdBy: apiKeys.createdBy })
    .from(apiKeys)
    .where(and(inScope(apiKeys, ctx), eq(apiKeys.id, createdBy)));
  if ((await personBehind(tx, ctx)) === (key?.createdBy ?? createdBy)) {
    throw new ConflictError("You created this batch, so another person must decide.");
  }
}

/**
 * Whose messages they are: of the person who requested the approval, or of the API key with which they created
 * the batch, so that nothing more is sent once the key is revoked.
 */
async function loadAuthor(
  tx: Transaction,
  ctx: TenantContext,
  { createdBy }: Pick<MessageBatchRow, "createdBy">,
  approvalId: string,
): Promise<string> {
  const [row] = await tx
    .select({ requestedBy: approvals.requestedBy, apiKeyId: apiKeys.id })
    .from(approvals)
    .leftJoin(
      apiKeys,
      and(
        sameScope(apiKeys, approvals),
        eq(apiKeys.id, createdBy),
        eq(apiKeys.createdBy, approvals.requestedBy),
      ),
    )
    .where(and(inScope(approvals, ctx), eq(approvals.id, approvalId)));
  if (!row) throw new Error("A batch that awaits approval has a request.");
  return row.apiKeyId ?? row.requestedBy;
}

/** Refuses another person's request. The batch can be checked and requested again. @throws NotFoundError, ConflictError */
export const refuseMessageBatch = (
  ctx: TenantContext,
  { batchId, reason }: RefuseMessageBatchInput,
): Promise<MessageBatchView> =>
  decideWithoutSending(ctx, batchId, { decision: "refused", reason }, "message_batch.refused");

/** Withdraws one's own request. @throws NotFoundError, ConflictError */
export const withdrawMessageBatch = (
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> =>
  decideWithoutSending(ctx, batchId, { decision: "withdrawn" }, "message_batch.withdrawn");

function decideWithoutSending(
  ctx: TenantContext,
  batchId: string,
  decision: Exclude<ApprovalDecision, { decision: "approved" }>,
  action: "message_batch.refused" | "message_batch.withdrawn",
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    await decideApproval(tx, ctx, requireAwaiting(batch), decision);
    await makeReady(tx, ctx, batch.id);
    // The reason is a person's own words, so it is not in the audit.
    await recordBatchAudit(tx, ctx, action, batch);
    return getBatchView(tx, ctx, batchId);
  });
}

/** The approval stays with it, so that its page says what was decided. */
const makeReady = (tx: Transaction, ctx: TenantContext, batchId: string) =>
  tx
    .update(messageBatches)
    .set({ state: "ready", sendAt: null })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)));

/**
 * A batch that is locked and whose request has expired can be requested again.
 *
 * @returns whether it was reopened
 */
export async function reopenIfExpired(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  now = new Date(),
): Promise<boolean> {
  if (batch.state !== "awaiting_approval" || batch.approvalId === null) return false;
  const [expired] = await tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        inScope(approvals, ctx),
        eq(approvals.id, batch.approvalId),
        isNull(approvals.decision),
        lte(approvals.expiresAt, now),
      ),
    );
  if (!expired) return false;
  await makeReady(tx, ctx, batch.id);
  await recordBatchAudit(tx, ctx, "message_batch.voided", batch, { reason: "expired" });
  return true;
}

/** Reopens the batches whose requests have expired. */
export async function reopenExpiredBatches(ctx: TenantContext, now = new Date()): Promise<void> {
  const found = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: messageBatches.id })
      .from(messageBatches)
      .innerJoin(
        approvals,
        and(sameScope(approvals, messageBatches), eq(approvals.id, messageBatches.approvalId)),
      )
      .where(
        and(
          inScope(messageBatches, ctx),
          eq(messageBatches.state, "awaiting_approval"),
          isNull(approvals.decision),
          lte(approvals.expiresAt, now),
        ),
      ),
  );
  for (const { id } of found) {
    await db.tenant(ctx, async (tx) => reopenIfExpired(tx, ctx, await lockBatch(tx, ctx, id), now));
  }
}
