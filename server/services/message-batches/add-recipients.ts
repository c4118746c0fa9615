import "server-only";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { ConflictError, InvalidInputError } from "../../errors";
import type { AddMessageRecipientsInput, MessageBatchView } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { loadKeyOfBatch } from "./content";
import { sealRecipient } from "./identity";
import { lockBatch } from "./load";
import { getBatchView } from "./view";

/**
 * Adds recipients and seals what their rows say of them. Row numbers that were received before are unchanged,
 * so a chunk may be sent again.
 *
 * @throws NotFoundError
 * @throws ConflictError once the batch is checked
 * @throws InvalidInputError when there are more rows than announced
 */
export async function addMessageRecipients(
  ctx: TenantContext,
  { batchId, rows }: AddMessageRecipientsInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state !== "collecting") {
      throw new ConflictError("This batch has all its recipients. You cannot add any.");
    }
    const key = await loadKeyOfBatch(tx, ctx, batch);
    const { tenantId, environment } = ctx;
    await tx
      .insert(messageRecipients)
      .values(
        rows.map(({ rowNumber, ...patient }) => ({
          tenantId,
          environment,
          batchId,
          rowNumber,
          operationId: uuidv7(),
          sealed: sealRecipient(ctx, key, { batchId, rowNumber }, patient),
        })),
      )
      .onConflictDoNothing();
    const view = await getBatchView(tx, ctx, batchId);
    // Rows have the numbers of the file, which may have gaps.
    if (view.counts.total > view.rowCount) {
      throw new InvalidInputError("rows", "There are more rows than announced.");
    }
    return view;
  });
}
