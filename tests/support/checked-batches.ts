import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { requestApproval } from "@/server/services/approvals/request";
import { recordCircumstances } from "@/server/services/message-batches/circumstances";
import type { BatchSummary } from "@/server/services/message-batches/summary";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import { insertBatchRow } from "./message-batch-rows";

/** What a check finds of so many recipients who all get the message, with nothing to confirm. */
export const summaryOf = (included: number): BatchSummary => ({
  included,
  excluded: 0,
  notChecked: 0,
  firstRow: 2,
  lastRow: included + 1,
  sampleRow1: null,
  sampleRow2: null,
  sampleRow3: null,
  longestRow: null,
  longestCharacters: null,
  longestSmsParts: null,
  lowestPence: null,
  highestPence: null,
  recentMessages: 0,
  sharedContacts: 0,
  unlinked: 0,
  textMark: 0,
});

type BatchColumns = Parameters<typeof insertBatchRow>[3];

/** A batch that was checked, with one recipient, without a call to Hero. */
async function insertCheckedBatch(
  ctx: TenantContext,
  practiceId: string,
  patientId: string,
  columns: BatchColumns,
): Promise<string> {
  return db.tenant(ctx, async (tx) => {
    const batch = await insertBatchRow(tx, ctx, practiceId, {
      snapshot: "0".repeat(64),
      checkedAt: new Date(),
      summary: summaryOf(1),
      ...columns,
    });
    await tx
      .update(messageBatches)
      .set({ circumstances: await recordCircumstances(tx, ctx, batch) })
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
    await tx.insert(messageRecipients).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      batchId: batch.id,
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
    return batch.id;
  });
}

/** Batches in the states that procedures need. The admin requests two, so that the owner can decide. */
export async function insertBatchesToDecide(
  owner: TenantContext,
  admin: TenantContext,
  { practiceId, patientId }: { practiceId: string; patientId: string },
) {
  const request = async (requester: TenantContext) => {
    const approvalId = await db.tenant(requester, (tx) =>
      requestApproval(tx, requester, { kind: "message_batch", practiceId }),
    );
    const columns = { state: "awaiting_approval", approvalId } as const;
    return insertCheckedBatch(requester, practiceId, patientId, columns);
  };
  return {
    approvableBatchId: await request(admin),
    refusableBatchId: await request(admin),
    requestedBatchId: await request(owner),
    // With a warning, so that it must be confirmed.
    sendableBatchId: await insertCheckedBatch(owner, practiceId, patientId, {
      state: "ready",
      summary: { ...summaryOf(1), sharedContacts: 2 },
    }),
    runningBatchId: await insertCheckedBatch(owner, practiceId, patientId, {
      state: "sending",
      sendAt: new Date(),
      startedBy: actorId(owner),
      startedAt: new Date(),
    }),
  };
}
