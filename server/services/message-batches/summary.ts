import "server-only";
import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import type { TenantContext } from "../../tenancy/context";
import type { BatchContent } from "./content";
import type { MessageBatchRow } from "./load";

/** What the check has found, in numbers: the review reads no recipients for them. */
export type BatchSummary = {
  included: number;
  excluded: number;
  notChecked: number;
  firstRow: number | null;
  lastRow: number | null;
  sampleRow1: number | null;
  sampleRow2: number | null;
  sampleRow3: number | null;
  longestRow: number | null;
  longestCharacters: number | null;
  longestSmsParts: number | null;
  lowestPence: number | null;
  highestPence: number | null;
  /** Included recipients with a message in the last week. */
  recentMessages: number;
  /** Included recipients whose phone or email is another one's too. */
  sharedContacts: number;
  /** Recipients who were left out because they have no link of their own that works. */
  unlinked: number;
  /** Recognises the text after it was erased. */
  textMark: number;
};

/** 48 bits of a keyed hash, as a number. */
export const markText = (key: SealingKey, { text }: Pick<BatchContent, "text">): number =>
  Number.parseInt(keyedFingerprint(key, "message batch text", text.trim()).slice(0, 12), 16);

const unlinkedCodes = ["no_link", "several_links", "link"] as const;

export async function summarise(
  tx: Transaction,
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "id">,
  content: BatchContent,
  key: SealingKey,
): Promise<BatchSummary> {
  const { state, rowNumber, reasonCode, lowestPence, highestPence } = messageRecipients;
  const ofBatch = and(inScope(messageRecipients, ctx), eq(messageRecipients.batchId, batch.id));
  const isIncluded = and(
    inScope(messageRecipients, ctx),
    eq(messageRecipients.batchId, batch.id),
    eq(state, "included"),
  );
  const included = sql`${state} = 'included'`;
  const [totals] = await tx
    .select({
      included: sql<number>`(count(*) filter (where ${included}))::integer`,
      excluded: sql<number>`(count(*) filter (where ${state} = 'excluded'))::integer`,
      notChecked: sql<number>`(count(*) filter (where ${state} = 'not_checked'))::integer`,
      firstRow: sql<number | null>`min(${rowNumber}) filter (where ${included})`,
      lastRow: sql<number | null>`max(${rowNumber}) filter (where ${included})`,
      priced: sql<number>`count(${lowestPence}) filter (where ${included})::integer`,
      lowestPence: sql<number | null>`sum(${lowestPence}) filter (where ${included})`,
      highestPence: sql<number | null>`sum(${highestPence}) filter (where ${included})`,
      recentMessages: sql<number>`(count(*) filter (where ${included} and ${messageRecipients.hasRecentMessage}))::integer`,
      unlinked: sql<number>`(count(*) filter (where ${reasonCode} in ${[...unlinkedCodes]}))::integer`,
    })
    .from(messageRecipients)
    .where(ofBatch);
  if (!totals) throw new Error("A batch has no totals.");
  const [longest] = await tx
    .select({
      rowNumber,
      characters: messageRecipients.textLength,
      smsParts: messageRecipients.smsParts,
    })
    .from(messageRecipients)
    .where(isIncluded)
    .orderBy(desc(messageRecipients.textLength), asc(rowNumber))
    .limit(1);
  const samples = await tx
    .select({ rowNumber })
    .from(messageRecipients)
    .where(isIncluded)
    .orderBy(sql`random()`)
    .limit(3);
  const [first, second, third] = samples
    .map((sample) => sample.rowNumber)
    .toSorted((a, b) => a - b);
  const sharing = tx
    .select({ patients: sql<number>`count(*)`.as("patients") })
    .from(messageRecipients)
    .where(and(isIncluded, sql`${messageRecipients.contactHash} is not null`))
    .groupBy(messageRecipients.contactHash)
    .having(sql`count(*) > 1`)
    .as("sharing");
  const [shared] = await tx
    .select({ count: sql<number>`coalesce(sum(${sharing.patients}), 0)::integer` })
    .from(sharing);
  const { priced, ...numbers } = totals;
  const hasPrices = priced === totals.included;
  return {
    ...numbers,
    lowestPence: hasPrices ? totals.lowestPence : null,
    highestPence: hasPrices ? totals.highestPence : null,
    sampleRow1: first ?? null,
    sampleRow2: second ?? null,
    sampleRow3: third ?? null,
    longestRow: longest?.rowNumber ?? null,
    longestCharacters: longest?.characters ?? null,
    longestSmsParts: longest?.smsParts ?? null,
    sharedContacts: shared?.count ?? 0,
    textMark: markText(key, content),
  };
}

/**
 * A keyed hash of everything that a person reviews and approves: the text, where it goes, and each recipient's
 * message. Of the same recipients it is the same.
 */
export async function takeSnapshot(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  content: BatchContent,
  key: SealingKey,
): Promise<string> {
  const { rowNumber, patientId, linkId, previewFingerprint } = messageRecipients;
  const [rows] = await tx
    .select({
      digest: sql<string>`encode(sha256(convert_to(coalesce(string_agg(
        ${rowNumber} || ':' || ${patientId} || ':' || coalesce(${linkId}::text, '') || ':' || ${previewFingerprint},
        ',' order by ${rowNumber}), ''), 'UTF8')), 'hex')`,
    })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        eq(messageRecipients.state, "included"),
      ),
    );
  return keyedFingerprint(key, "message batch snapshot", {
    environment: ctx.environment,
    batchId: batch.id,
    practiceId: batch.practiceId,
    channel: batch.channel,
    fallbackChannel: batch.fallbackChannel,
    link: batch.link,
    linkId: batch.linkId,
    recordWrite: batch.recordWrite,
    reminders: [batch.reminderAfterDays, batch.reminderMaxTimes, batch.reminderTime],
    text: content.text,
    variables: Object.entries(content.variables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    reminderText: content.reminderText,
    rows: rows?.digest ?? "",
  });
}
