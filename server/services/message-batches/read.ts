import "server-only";
import { and, eq, lt } from "drizzle-orm";
import { db } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import type {
  FoundMessageBatch,
  ListMessageBatchesInput,
  MessageBatchIdInput,
  MessageBatchOperationInput,
  MessageBatchPage,
  MessageBatchView,
} from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getBatchView, selectBatchViews } from "./view";

/** @throws NotFoundError */
export async function getMessageBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.read");
  return db.read(ctx, (tx) => getBatchView(tx, ctx, batchId));
}

/** Batches of this tenant and environment, newest first. */
export async function listMessageBatches(
  ctx: TenantContext,
  { practiceId, state, cursor, limit = 50 }: ListMessageBatchesInput,
): Promise<MessageBatchPage> {
  requirePermission(ctx, "messages.read");
  const items = await db.read(ctx, (tx) =>
    selectBatchViews(tx, ctx, {
      where: and(
        practiceId ? eq(messageBatches.practiceId, practiceId) : undefined,
        state ? eq(messageBatches.state, state) : undefined,
        cursor ? lt(messageBatches.id, cursor) : undefined,
      ),
      // One more than shown, to know whether there is a next page.
      limit: limit + 1,
    }),
  );
  const last = items[limit - 1];
  return {
    items: items.slice(0, limit),
    nextCursor: items.length > limit && last ? last.id : null,
  };
}

/** The batch that a form created, or null when the request did not arrive. */
export async function findBatchByOperation(
  ctx: TenantContext,
  { operationId }: MessageBatchOperationInput,
): Promise<FoundMessageBatch> {
  requirePermission(ctx, "messages.read");
  const [row] = await db.read(ctx, (tx) =>
    tx
      .select({ batchId: messageBatches.id })
      .from(messageBatches)
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.operationId, operationId))),
  );
  return row ?? null;
}
