import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { type MessageWarning, recordCodes } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { loadKeyOfMessage, sealContent, type StoredContent } from "../messages/content";
import { type MessageBatchRow, type RecipientRow } from "./load";

/** What a person confirms for the whole batch. All else that needs a confirmation leaves a recipient out. */
const confirmedForBatch: MessageWarning[] = ["url_in_text", "automatic_record_write"];

/**
 * Writes the messages of recipients of a batch that is locked. Each waits to be released like any other message; a
 * recipient's message, and each of its reminders, is written once, whoever tries.
 *
 * @param reminderNumber 0: the message itself
 * @param operationIdOf of the new message
 */
export async function queueMessages(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  recipients: readonly RecipientRow[],
  {
    reminderNumber,
    draft,
    operationIdOf,
    now,
  }: {
    reminderNumber: number;
    draft: StoredContent["draft"];
    operationIdOf: (recipient: RecipientRow) => string;
    now: Date;
  },
): Promise<void> {
  const key = await loadKeyOfMessage(tx, ctx, batch);
  const record = batch.recordWrite === "none" ? null : recordCodes[batch.channel];
  const { startedBy } = batch;
  if (startedBy === null) throw new Error("A batch that was not started has no messages.");
  const rows = recipients.map((recipient) => {
    const { patientId, rowNumber } = recipient;
    if (patientId === null) throw new Error("An included recipient has a patient.");
    const id = uuidv7();
    return {
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: operationIdOf(recipient),
      requestHash: batch.requestHash,
      practiceId: batch.practiceId,
      patientId,
      channel: batch.channel,
      fallbackChannel: batch.fallbackChannel,
      linkId: batch.linkId ?? recipient.linkId,
      batchId: batch.id,
      rowNumber,
      reminderNumber,
      recordWrite: batch.recordWrite,
      snomedCode: record?.code,
      snomedTerm: record?.term,
      // Rendered when it is released: the name in the text is the record's.
      sealedContent: sealContent(ctx, key, id, { text: draft.text, draft }),
      dataKeyId: batch.dataKeyId,
      previewFingerprint: recipient.previewFingerprint ?? "",
      confirmed: confirmedForBatch,
      smsParts: recipient.smsParts,
      lowestPence: recipient.lowestPence,
      highestPence: recipient.highestPence,
      sendAt: now,
      createdBy: startedBy,
      createdAt: now,
    };
  });
  if (rows.length === 0) return;
  await tx.insert(messages).values(rows).onConflictDoNothing();
  await tx
    .update(messageRecipients)
    .set(reminderNumber === 0 ? { isQueued: true } : { remindersQueued: reminderNumber })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        inArray(
          messageRecipients.rowNumber,
          recipients.map(({ rowNumber }) => rowNumber),
        ),
      ),
    );
}
