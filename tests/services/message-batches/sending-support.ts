import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { keyedFingerprint } from "@/server/crypto/keyed-fingerprint";
import { callHeroForPractice } from "@/server/services/hero-calls/call";
import { recordCircumstances } from "@/server/services/message-batches/circumstances";
import {
  draftOfRecipient,
  loadKeyOfBatch,
  openBatchContent,
} from "@/server/services/message-batches/content";
import { getMessageBatch } from "@/server/services/message-batches/read";
import { advanceBatches } from "@/server/services/message-batches/slices";
import { startBatch } from "@/server/services/message-batches/start";
import { lockBatch } from "@/server/services/message-batches/load";
import { fingerprintOf, assessDraft } from "@/server/services/messages/preview";
import { checkPatient } from "@/server/services/patients/check";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import { actorId } from "@/server/tenancy/context";
import { summaryOf } from "../../support/checked-batches";
import { insertBatchRow } from "../../support/message-batch-rows";
import {
  countSends,
  createPatient,
  jobContext,
  listReceived,
  type MessagePractice,
  releaseAll,
  superuser,
} from "../messages/support";

const snapshot = "0".repeat(64);

/** Patients of the practice, a few at a time. */
export async function createPatients(practiceGroupId: string, count: number): Promise<string[]> {
  const patientIds: string[] = [];
  while (patientIds.length < count) {
    const size = Math.min(16, count - patientIds.length);
    patientIds.push(
      ...(await Promise.all(Array.from({ length: size }, () => createPatient(practiceGroupId)))),
    );
  }
  return patientIds;
}

/** A batch that was checked, to patients of the sandbox: row 2 is the first one's. */
export async function createReadyBatch(
  practice: MessagePractice,
  patientIds: readonly string[],
  columns: Partial<typeof messageBatches.$inferInsert> = {},
) {
  const { ctx, practiceId } = practice;
  const withKey = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const batch = await db.tenant(ctx, (tx) =>
    insertBatchRow(tx, ctx, practiceId, {
      state: "ready",
      rowCount: patientIds.length,
      snapshot,
      checkedAt: new Date(),
      ...columns,
    }),
  );
  const content = await db.tenant(ctx, (tx) => openBatchContent(tx, ctx, batch));
  if (!content) throw new Error("The batch has no text.");
  const check = async (patientId: string, index: number) => {
    const outcome = await callHeroForPractice(ctx, withKey, (hero) =>
      checkPatient(hero, patientId, "message"),
    );
    if (!outcome.ok || outcome.result.outcome === "could_not_be_checked") {
      throw new Error("Hero did not answer.");
    }
    const { result } = outcome;
    return db.tenant(ctx, async (tx) => {
      const key = await loadKeyOfBatch(tx, ctx, batch);
      const draft = draftOfRecipient(batch, content, { patientId, linkId: null });
      const { assessment } = await assessDraft(tx, ctx, draft, withKey, result);
      if (assessment.refusal !== null) throw new Error(assessment.refusal);
      await tx.insert(messageRecipients).values({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        batchId: batch.id,
        rowNumber: index + 2,
        operationId: randomUUID(),
        state: "included",
        patientId,
        previewFingerprint: fingerprintOf(key, assessment),
        contactHash: keyedFingerprint(key, "test", assessment.contact),
        textLength: assessment.text.length,
        smsParts: assessment.smsParts,
        lowestPence: assessment.cost?.lowestPence,
        highestPence: assessment.cost?.highestPence,
      });
    });
  };
  for (let from = 0; from < patientIds.length; from += 16) {
    const slice = patientIds.slice(from, from + 16);
    await Promise.all(slice.map((patientId, index) => check(patientId, from + index)));
  }
  await db.tenant(ctx, async (tx) => {
    const circumstances = await recordCircumstances(tx, ctx, batch);
    await tx
      .update(messageBatches)
      .set({ circumstances })
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  });
  return batch.id;
}

/** Starts a batch as if it had been reviewed, and ends the delay in which it can be undone. */
export async function startNow(practice: MessagePractice, batchId: string): Promise<void> {
  const { ctx } = practice;
  const now = new Date();
  await db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    await startBatch(tx, ctx, batch, { sendAt: now, author: actorId(ctx), now });
  });
}

/** Without the waits of a worker between two looks. */
export async function advance(practice: MessagePractice, now?: Date): Promise<void> {
  await superuser`update message_batches set leased_until = null
    where practice_id = ${practice.practiceId} and leased_until < now() + interval '1 minute'`;
  await advanceBatches(jobContext(practice), practice.practiceId, now);
}

/** Works on a practice's batches until nothing is left to do, as a worker does. */
export async function work(practice: MessagePractice, now?: () => Date): Promise<void> {
  do await advance(practice, now?.());
  while ((await releaseAll(practice, now)) > 0);
}

export const view = ({ ctx }: MessagePractice, batchId: string) =>
  getMessageBatch(ctx, { batchId });

/** What the batch's patients have received, by patient, and how often the key sent. */
export async function countReceived(practice: MessagePractice, patientIds: readonly string[]) {
  const received = await Promise.all(
    patientIds.map(async (patientId) => (await listReceived(patientId)).length),
  );
  return {
    received: received.reduce((sum, count) => sum + count, 0),
    most: Math.max(0, ...received),
    sends: await countSends(practice),
  };
}

/** Lifts or sets the first slice of a batch. */
export const setFirstSlice = (batchId: string, firstSlice: number | null) =>
  superuser`update message_batches set first_slice = ${firstSlice} where id = ${batchId}`;

/** As if the check had found so many recipients, and nothing to confirm. */
export const setSummary = (batchId: string, included: number) =>
  superuser`update message_batches set summary = ${JSON.stringify(summaryOf(included))}::text::jsonb
    where id = ${batchId}`;
