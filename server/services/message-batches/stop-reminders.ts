import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type {
  MessageBatchIdInput,
  MessageBatchView,
  StopRemindersForRecipientInput,
} from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { endRemindersOfBatch, endRemindersOfRecipient } from "./end-reminders";
import { lockBatch, type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { getBatchView } from "./view";

/** @throws ConflictError */
function requireReminders({ reminderAfterDays }: MessageBatchRow): void {
  if (reminderAfterDays === null) throw new ConflictError("This batch has no reminders.");
}

/** Ends all reminders of a batch: those to come, and those that wait. @throws NotFoundError, ConflictError */
export async function stopReminders(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    requireReminders(batch);
    if (batch.remindersEndedReason === null) {
      await endRemindersOfBatch(tx, ctx, batch, "A person stopped the reminders.", new Date());
      await recordBatchAudit(tx, ctx, "message_batch.reminders_stopped", batch);
    }
    return getBatchView(tx, ctx, batchId);
  });
}

/**
 * Ends the reminders for one recipient, such as one who rang.
 * @throws NotFoundError also unless the batch has a recipient with this patient ID
 * @throws ConflictError
 */
export async function stopRemindersForRecipient(
  ctx: TenantContext,
  { batchId, patientId }: StopRemindersForRecipientInput,
): Promise<MessageBatchView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    const [recipient] = await tx
      .select()
      .from(messageRecipients)
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          eq(messageRecipients.patientId, patientId),
          eq(messageRecipients.state, "included"),
        ),
      );
    if (!recipient) throw new NotFoundError();
    requireReminders(batch);
    if (recipient.remindersEndedReason === null) {
      const reason = "A person stopped the reminders for this patient.";
      await endRemindersOfRecipient(tx, ctx, recipient, reason, new Date());
      await recordBatchAudit(tx, ctx, "message_batch.reminders_stopped", batch, {
        row: recipient.rowNumber,
      });
    }
    return getBatchView(tx, ctx, batchId);
  });
}
