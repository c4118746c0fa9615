import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { recordCircumstances } from "@/server/services/message-batches/circumstances";
import { sealBatchContent } from "@/server/services/message-batches/content";
import type { BatchSummary } from "@/server/services/message-batches/summary";
import { sealRecipient } from "@/server/services/message-batches/identity";
import { loadDataKey } from "@/server/services/practices/stored-key";
import { actorId, type TenantContext } from "@/server/tenancy/context";

type BatchColumns = Partial<typeof messageBatches.$inferInsert>;

/** A batch of text messages as it is before its recipients are checked, with columns of the test's own. */
export async function insertBatchRow(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  columns: BatchColumns = {},
): Promise<typeof messageBatches.$inferSelect> {
  const dataKey = await loadDataKey(tx, ctx);
  const id = uuidv7();
  const [row] = await tx
    .insert(messageBatches)
    .values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: randomUUID(),
      requestHash: "0",
      name: "Flu clinic",
      practiceId,
      channel: "sms",
      rowCount: 1,
      sealedContent: sealBatchContent(ctx, dataKey, id, {
        text: "Please ring us.",
        variables: {},
        reminderText: "",
      }),
      dataKeyId: dataKey.id,
      createdBy: actorId(ctx),
      ...columns,
    })
    .returning();
  if (!row) throw new Error("The batch was not written.");
  return row;
}

/**
 * Batches of a practice, without a call to Hero: one without recipients, one that can be checked, one that was
 * checked, and one that was sent, with a recipient each; and an invite, whose patient a batch can be for.
 */
export async function insertMessageBatchRows(
  ctx: TenantContext,
  practiceId: string,
  { patientId = "901" } = {},
) {
  const scope = { tenantId: ctx.tenantId, environment: ctx.environment };
  return db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    await tx.insert(links).values({
      ...scope,
      id: uuidv7(),
      operationId: randomUUID(),
      requestHash: "0",
      practiceId,
      outcome: "active",
      appointmentTypeId: "1",
      locationId: "1",
      patientId,
      expiresOn: addDays(ukDateOf(new Date()), 30),
      maxUses: 1,
      url: `https://patients.example.com/book/${randomUUID()}`,
      createdBy: actorId(ctx),
    });
    const open = await insertBatchRow(tx, ctx, practiceId);
    const complete = await insertBatchRow(tx, ctx, practiceId);
    await tx.insert(messageRecipients).values({
      ...scope,
      batchId: complete.id,
      rowNumber: 2,
      operationId: randomUUID(),
      sealed: sealRecipient(
        ctx,
        dataKey,
        { batchId: complete.id, rowNumber: 2 },
        { identity: { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth: "1980-01-01" } },
      ),
    });
    const unchecked = await insertBatchRow(tx, ctx, practiceId, {
      state: "ready",
      reminderAfterDays: 7,
      reminderMaxTimes: 1,
      reminderTime: "14:00",
    });
    const circumstances = await recordCircumstances(tx, ctx, unchecked);
    await tx
      .update(messageBatches)
      .set({
        circumstances,
        snapshot: "0".repeat(64),
        checkedAt: new Date(),
        summary: {
          included: 1,
          excluded: 0,
          notChecked: 0,
          firstRow: 2,
          lastRow: 2,
          sampleRow1: 2,
          sampleRow2: null,
          sampleRow3: null,
          longestRow: 2,
          longestCharacters: 15,
          longestSmsParts: 1,
          lowestPence: 4,
          highestPence: 4,
          recentMessages: 0,
          sharedContacts: 0,
          unlinked: 0,
          textMark: 0,
        } satisfies BatchSummary,
      })
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, unchecked.id)));
    await tx.insert(messageRecipients).values({
      ...scope,
      batchId: unchecked.id,
      rowNumber: 2,
      operationId: randomUUID(),
      state: "included",
      patientId,
      previewFingerprint: "0".repeat(64),
      contactHash: "0",
      textLength: 15,
      smsParts: 1,
      lowestPence: 4,
      highestPence: 4,
    });
    const sent = await insertBatchRow(tx, ctx, practiceId, {
      state: "finished",
      startedAt: new Date(),
      endedAt: new Date(),
    });
    await tx.insert(messageRecipients).values({
      ...scope,
      batchId: sent.id,
      rowNumber: 2,
      operationId: randomUUID(),
      state: "included",
      isQueued: true,
      patientId,
    });
    await tx.insert(messages).values({
      ...scope,
      id: uuidv7(),
      operationId: randomUUID(),
      requestHash: "0",
      practiceId,
      patientId,
      channel: "sms",
      batchId: sent.id,
      rowNumber: 2,
      reminderNumber: 0,
      contentErasedAt: new Date(),
      dataKeyId: dataKey.id,
      previewFingerprint: "0",
      sendAt: new Date(),
      state: "unknown",
      createdBy: actorId(ctx),
    });
    return {
      openBatchId: open.id,
      completeBatchId: complete.id,
      batchId: unchecked.id,
      batchOperationId: unchecked.operationId,
      sentBatchId: sent.id,
    };
  });
}
