import "server-only";
import { and, desc, eq, inArray, isNotNull, ne, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { env } from "../../env";
import { ConflictError } from "../../errors";
import type { BatchReview, BatchWarning, MessageBatchIdInput } from "../../schemas/message-batches";
import type { MessageSettings } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { firstSendTime } from "../messages/preview";
import { loadMessageSettings } from "../messages/settings";
import { isFallback } from "../messages/view";
import { loadDataKeys } from "../practices/stored-key";
import { findOutdatedReason } from "./circumstances";
import { openBatchContent } from "./content";
import { renderSample } from "./create";
import { loadBatch, type MessageBatchRow } from "./load";
import { type BatchSummary, markText } from "./summary";

/**
 * What a person reviews before a batch is sent, and a second person before it is approved. Nothing is read from
 * Hero: it is what the check has found, compared with what the database says now.
 *
 * @throws NotFoundError
 * @throws ConflictError while the batch is not checked
 */
export async function reviewMessageBatch(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<BatchReview> {
  requirePermission(ctx, "messages.read");
  return db.tenant(ctx, async (tx) =>
    reviewBatch(tx, ctx, await loadBatch(tx, ctx, batchId), new Date()),
  );
}

/** @throws ConflictError while the batch is not checked */
export async function reviewBatch(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  now: Date,
): Promise<BatchReview> {
  const { snapshot } = batch;
  const summary = batch.summary as BatchSummary | null;
  if (!summary || snapshot === null) {
    throw new ConflictError("The recipients of this batch are not checked yet.");
  }
  const settings = await loadMessageSettings(tx, ctx);
  const { included, excluded, notChecked, firstRow, lastRow, lowestPence, highestPence } = summary;
  const { longestRow, longestCharacters, longestSmsParts } = summary;
  return {
    snapshot,
    included,
    excluded,
    notChecked,
    exclusions: await countExclusions(tx, ctx, batch.id),
    firstRow,
    lastRow,
    sampleRows: [summary.sampleRow1, summary.sampleRow2, summary.sampleRow3].flatMap(
      (rowNumber) => rowNumber ?? [],
    ),
    longest:
      longestRow === null || longestCharacters === null
        ? null
        : { rowNumber: longestRow, characters: longestCharacters, smsParts: longestSmsParts },
    cost:
      lowestPence === null || highestPence === null || included === 0
        ? null
        : { lowestPence, highestPence },
    durationSeconds: Math.ceil((included * callsPerMessage(batch)) / env().HERO_RATE_PER_SECOND),
    warnings: await listBatchWarnings(tx, ctx, batch, now),
    needsApproval: included > settings.approvalThreshold,
    approvalThreshold: settings.approvalThreshold,
    needsPracticeName: ctx.environment === "production",
    outdatedReason: await findOutdatedReason(tx, ctx, batch),
    earliestSendAt: earliestSendTime(batch, settings, now).toISOString(),
  };
}

/** The patient is read again before the one call, and so is the link. */
const callsPerMessage = ({ link }: Pick<MessageBatchRow, "link">) => (link === "none" ? 2 : 3);

function earliestSendTime(
  { channel, fallbackChannel }: MessageBatchRow,
  settings: MessageSettings,
  now: Date,
): Date {
  const fallback = isFallback(fallbackChannel) ? fallbackChannel : null;
  const undoneUntil = new Date(now.getTime() + settings.batchUndoSeconds * 1_000);
  return firstSendTime({ channel, fallbackChannel: fallback }, settings, undoneUntil);
}

const maxExclusions = 50;

/** In place of sentences that name a row. */
const groupReasons: Record<string, string | undefined> = {
  same_patient: "Another row is the same patient.",
};

/** Why rows are left out, most frequent first. */
async function countExclusions(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<BatchReview["exclusions"]> {
  const { reasonCode, reason, state } = messageRecipients;
  const code = sql<string>`coalesce(${reasonCode}, 'unknown')`;
  const sentence = sql<string>`case when ${reasonCode} = 'same_patient' then '' else coalesce(${reason}, '') end`;
  const rows = await tx
    .select({ code, reason: sentence, count: sql<number>`count(*)::integer` })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        inArray(state, ["excluded", "not_checked"]),
      ),
    )
    // By their position: the columns' expressions have parameters of their own.
    .groupBy(sql`1`, sql`2`)
    .orderBy(sql`3 desc`, sql`1`, sql`2`)
    .limit(maxExclusions);
  return rows.map((row) => ({ ...row, reason: groupReasons[row.code] ?? row.reason }));
}

/** Batches that a new one is compared with. */
const comparedBatches = 10;
const timesLarger = 10;
const comparedDays = 7;
const dayMs = 24 * 3_600_000;

/**
 * What a person must confirm before this batch is sent.
 * @throws ConflictError while the batch is not checked
 */
async function listBatchWarnings(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  now: Date,
): Promise<BatchReview["warnings"]> {
  const summary = batch.summary as BatchSummary | null;
  if (!summary) throw new ConflictError("The recipients of this batch are not checked yet.");
  const { included, excluded, notChecked, recentMessages, sharedContacts, unlinked } = summary;
  const earlier = await listStarted(tx, ctx, batch);
  const usual = medianOf(earlier.slice(0, comparedBatches).map(({ included: count }) => count));
  const left = excluded + notChecked;
  const total = included + left;
  const warnings: [BatchWarning, boolean, string][] = [
    [
      "much_larger_than_usual",
      usual !== null && included >= usual * timesLarger,
      `This batch is much larger than usual: it has ${count(included, "recipient")}, and the last ones of this practice had about ${format(usual ?? 0)}.`,
    ],
    [
      "same_text_as_recent_batch",
      await hasSameText(tx, ctx, batch, earlier, now),
      "A batch with the same text was sent in the last 7 days.",
    ],
    [
      "recent_messages",
      recentMessages > 0 && batch.correctsBatchId === null,
      `${count(recentMessages, "recipient")} had a message in the last 7 days.`,
    ],
    [
      "shared_contacts",
      sharedContacts > 0,
      `${count(sharedContacts, "recipient")} share a phone number or an email address with another. Others may read their messages.`,
    ],
    [
      "many_excluded",
      total > 0 && left * 5 > total,
      `More than a fifth of the rows are left out: ${format(left)} of ${format(total)}. Check that it is the right list.`,
    ],
    [
      "url_in_text",
      await hasUrl(tx, ctx, batch),
      "The text has a web or email address in it. Check that it is correct.",
    ],
    [
      "automatic_record_write",
      batch.recordWrite === "automatic",
      "Each message is written to the patient's record without anyone at the practice approving it.",
    ],
    [
      "unlinked_recipients",
      batch.link === "own" && unlinked > 0,
      `${count(unlinked, "row")} are left out because the patient has no personal link that works.`,
    ],
  ];
  return warnings.flatMap(([code, applies, message]) => (applies ? [{ code, message }] : []));
}

const format = (value: number) => value.toLocaleString("en-GB");
const count = (value: number, noun: string) =>
  `${format(value)} ${value === 1 ? noun : `${noun}s`}`;

type StartedBatch = Pick<MessageBatchRow, "id" | "dataKeyId" | "startedAt"> & {
  included: number;
  textMark: number | null;
};

/** The practice's last batches that were started, newest first. */
async function listStarted(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<StartedBatch[]> {
  const rows = await tx
    .select({
      id: messageBatches.id,
      dataKeyId: messageBatches.dataKeyId,
      startedAt: messageBatches.startedAt,
      summary: messageBatches.summary,
    })
    .from(messageBatches)
    .where(
      and(
        inScope(messageBatches, ctx),
        eq(messageBatches.practiceId, batch.practiceId),
        ne(messageBatches.id, batch.id),
        ne(messageBatches.state, "cancelled"),
        isNotNull(messageBatches.startedAt),
      ),
    )
    .orderBy(desc(messageBatches.startedAt))
    .limit(100);
  return rows.map(({ summary, ...row }) => ({
    ...row,
    included: summary?.included ?? 0,
    textMark: summary?.textMark ?? null,
  }));
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** Recognised by keyed hashes, also after a text was erased. */
async function hasSameText(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  earlier: readonly StartedBatch[],
  now: Date,
): Promise<boolean> {
  const content = await openBatchContent(tx, ctx, batch);
  if (!content) return false;
  const after = now.getTime() - comparedDays * dayMs;
  const recent = earlier.filter(({ startedAt }) => (startedAt?.getTime() ?? 0) > after);
  if (recent.length === 0) return false;
  const keys = await loadDataKeys(tx, ctx);
  return recent.some(({ dataKeyId, textMark }) => {
    const key = keys.find(({ id }) => id === dataKeyId);
    return key !== undefined && textMark === markText(key, content);
  });
}

async function hasUrl(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<boolean> {
  const content = await openBatchContent(tx, ctx, batch);
  if (!content) return false;
  const [practice] = await tx
    .select({ publicName: practices.name })
    .from(practices)
    .where(and(inScope(practices, ctx), eq(practices.id, batch.practiceId)));
  return [content.text, content.reminderText].some((text) => {
    const rendered = renderSample({
      text,
      variables: content.variables,
      channel: batch.channel,
      practiceName: practice?.publicName ?? "",
      hasLink: batch.link !== "none",
    });
    return "text" in rendered && rendered.warnings.includes("url_in_text");
  });
}
