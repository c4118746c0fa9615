import "server-only";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import type { CreateCorrectionInput, MessageBatchView } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { isFallback } from "../messages/view";
import {
  type BatchInput,
  findExistingBatch,
  insertBatch,
  requireBatchPermissions,
  requireSendable,
} from "./create";
import { endRemindersOfBatch } from "./end-reminders";
import { insertKnownRecipients } from "./from-links";
import { lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { beginCheck } from "./request-check";
import { endedStates, getBatchView } from "./view";

/**
 * Creates a batch to exactly those whom a message of another batch reached, or may have reached, and has it
 * checked. It goes the same way as that one, and is reviewed and approved like any batch. A repeated operation
 * ID returns the same batch.
 *
 * @throws NotFoundError, also when the practice is not connected any more
 * @throws ConflictError until the other batch has ended, and when it reached nobody
 * @throws InvalidInputError on `text`
 * @throws OperationIdReusedError when the operation ID was used for something else
 */
export async function createCorrection(
  ctx: TenantContext,
  request: CreateCorrectionInput,
): Promise<MessageBatchView> {
  return db.tenant(ctx, async (tx) => {
    requireBatchPermissions(ctx, { recordWrite: "none" });
    const existing = await findExistingBatch(tx, ctx, request);
    if (existing) return getBatchView(tx, ctx, existing.id);
    const corrected = await lockBatch(tx, ctx, request.batchId);
    const input = toInput(corrected, request);
    requireBatchPermissions(ctx, input);
    if (!endedStates.includes(corrected.state)) {
      throw new ConflictError("Stop this batch first. Then send a correction.");
    }
    await requireSendable(tx, ctx, input);
    const reached = await selectReached(tx, ctx, corrected.id);
    if (reached.length === 0) {
      throw new ConflictError("This batch reached nobody. There is nothing to correct.");
    }
    const batch = await insertBatch(tx, ctx, input, {
      request,
      rowCount: reached.length,
      correctsBatchId: corrected.id,
    });
    await insertKnownRecipients(tx, ctx, batch.id, reached);
    if (corrected.nextReminderAt !== null) {
      // What was wrong is not sent again.
      await endRemindersOfBatch(tx, ctx, corrected, "A correction was prepared.", new Date());
    }
    await recordBatchAudit(tx, ctx, "message_batch.corrected", corrected, {
      correctionId: batch.id,
      recipients: reached.length,
    });
    await beginCheck(tx, ctx, batch);
    return getBatchView(tx, ctx, batch.id);
  });
}

const toInput = (
  { practiceId, channel, fallbackChannel, recordWrite }: MessageBatchRow,
  { operationId, name, text }: CreateCorrectionInput,
): BatchInput => ({
  operationId,
  name,
  practiceId,
  channel,
  fallbackChannel: isFallback(fallbackChannel) ? fallbackChannel : null,
  text,
  variables: {},
  link: "none",
  linkId: null,
  recordWrite,
  reminders: null,
});

/** With the row numbers of the other batch: whoever has a message, or a reminder, that may have left. */
async function selectReached(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<{ rowNumber: number; patientId: string; linkId: null }[]> {
  const rowNumber = sql<number>`${messages.rowNumber}`;
  const rows = await tx
    .selectDistinct({ rowNumber, patientId: messages.patientId })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batchId),
        inArray(messages.state, ["sending", "sent", "delivered", "opened", "unknown"]),
      ),
    )
    .orderBy(asc(rowNumber));
  return rows.map((row) => ({ ...row, linkId: null }));
}
