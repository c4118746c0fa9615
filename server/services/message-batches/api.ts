import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { inTenant } from "@/db/scope";
import type {
  CreateMessageBatchBody,
  ListMessageBatchesQuery,
} from "../../schemas/api-v1-message-batches";
import type {
  MessageBatchPage,
  MessageBatchState,
  MessageBatchView,
} from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPracticeId } from "../practices/find";
import { cancelBatch, stopBatch } from "./control";
import { createMessageBatch } from "./create";
import { loadBatch } from "./load";
import { listMessageBatches } from "./read";

/** Batches for partners' servers: the practice by Hero's ID, the work by the portal's services. */

/**
 * Creates a batch, at most once for an operation ID.
 *
 * @returns also whether this repeats an earlier request
 * @throws as `createMessageBatch`
 */
export async function createBatchByApi(
  ctx: TenantContext,
  operationId: string,
  { practiceGroupId, ...batch }: CreateMessageBatchBody,
): Promise<{ batch: MessageBatchView; isRepeat: boolean }> {
  requirePermission(ctx, "messages.send");
  const { practiceId, isRepeat } = await db.tenant(ctx, async (tx) => {
    const [existing] = await tx
      .select({ id: messageBatches.id })
      .from(messageBatches)
      .where(and(inTenant(messageBatches, ctx), eq(messageBatches.operationId, operationId)));
    return {
      practiceId: await getPracticeId(tx, ctx, practiceGroupId),
      isRepeat: existing !== undefined,
    };
  });
  const created = await createMessageBatch(ctx, {
    operationId,
    practiceId,
    ...batch,
    link: batch.linkId === null ? "none" : "shared",
    reminders: null,
  });
  return { batch: created, isRepeat };
}

/** @throws NotFoundError for a practice that this tenant does not have in this environment */
export async function listBatchesByApi(
  ctx: TenantContext,
  { practiceGroupId, ...filters }: ListMessageBatchesQuery,
): Promise<MessageBatchPage> {
  requirePermission(ctx, "messages.read");
  if (!practiceGroupId) return listMessageBatches(ctx, filters);
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  return listMessageBatches(ctx, { ...filters, practiceId });
}

const afterStart: readonly MessageBatchState[] = ["sending", "paused", "finished", "stopped"];

/**
 * Ends a batch for good, whether or not messages of it have left.
 *
 * @throws NotFoundError
 * @throws ConflictError when it has finished
 */
export async function stopBatchByApi(
  ctx: TenantContext,
  batchId: string,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  const { state } = await db.tenant(ctx, (tx) => loadBatch(tx, ctx, batchId));
  return afterStart.includes(state) ? stopBatch(ctx, { batchId }) : cancelBatch(ctx, { batchId });
}
