import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageBatches, type messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";

export type MessageBatchRow = typeof messageBatches.$inferSelect;
export type RecipientRow = typeof messageRecipients.$inferSelect;

/** @throws NotFoundError */
export async function loadBatch(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<MessageBatchRow> {
  const [row] = await tx
    .select()
    .from(messageBatches)
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)));
  if (!row) throw new NotFoundError();
  return row;
}

/** The row of a batch, locked against a change of state. @throws NotFoundError */
export async function lockBatch(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<MessageBatchRow> {
  const [row] = await tx
    .select()
    .from(messageBatches)
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)))
    .for("update");
  if (!row) throw new NotFoundError();
  return row;
}
