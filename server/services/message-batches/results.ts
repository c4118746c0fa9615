import "server-only";
import { and, asc, eq, gt, inArray, lt, type SQL, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope, sameScope } from "@/db/scope";
import type {
  BatchResult,
  BatchResultPage,
  ListBatchResultsInput,
  RecipientOutcome,
} from "../../schemas/message-batches";
import { messageState } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { inMessageState, lostReply, maxReplyMs, shownState } from "../messages/view";
import { loadBatch, type MessageBatchRow } from "./load";
import { endedStates } from "./view";

const endedFirst = "The batch ended before this message left.";

const recipientStates = ["waiting", "included", "excluded", "not_checked"] as const;
const isRecipientState = (outcome: RecipientOutcome) =>
  recipientStates.find((state) => state === outcome);

/**
 * What became of each row of a batch, in the order of their numbers. Equally fast on any page.
 * @throws NotFoundError
 */
export async function listBatchResults(
  ctx: TenantContext,
  { batchId, outcome, cursor = 0, limit = 50 }: ListBatchResultsInput,
): Promise<BatchResultPage> {
  requirePermission(ctx, "messages.read");
  return db.read(ctx, async (tx) => {
    const batch = await loadBatch(tx, ctx, batchId);
    // One more than shown, to know whether there is a next page.
    const items = await selectBatchResults(tx, ctx, batch, { outcome, cursor, limit: limit + 1 });
    const last = items[limit - 1];
    return {
      items: items.slice(0, limit),
      nextCursor: items.length > limit && last ? last.rowNumber : null,
    };
  });
}

/** @param page.cursor the last row number before the page */
async function selectBatchResults(
  tx: Transaction,
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "id" | "state">,
  page: { outcome?: RecipientOutcome | undefined; cursor: number; limit: number },
): Promise<BatchResult[]> {
  const { outcome, cursor, limit } = page;
  const now = new Date();
  const hasEnded = endedStates.includes(batch.state);
  const isFirstMessage = and(
    sameScope(messages, messageRecipients),
    eq(messages.batchId, messageRecipients.batchId),
    eq(messages.rowNumber, messageRecipients.rowNumber),
    eq(messages.reminderNumber, 0),
    // Said of both tables, so that a page far down reads neither from its beginning.
    gt(messages.rowNumber, cursor),
  );
  const ofMessages = outcome !== undefined && isMessageOutcome(outcome, hasEnded);
  const rowsOfTwoKinds =
    outcome === "unknown" || (outcome === "cancelled" && hasEnded)
      ? await listRowsOfTwoKinds(tx, ctx, batch.id, { ...page, outcome }, now)
      : null;
  const rowNumber = ofMessages ? messages.rowNumber : messageRecipients.rowNumber;
  const query = tx
    .select({
      rowNumber: messageRecipients.rowNumber,
      state: messageRecipients.state,
      reason: messageRecipients.reason,
      patientId: messageRecipients.patientId,
      linkId: messageRecipients.linkId,
      reminders: messageRecipients.remindersQueued,
      remindersEndedReason: messageRecipients.remindersEndedReason,
      messageId: messages.id,
      stateOfMessage: messages.state,
      claimedAt: messages.claimedAt,
      failure: messages.failure,
      heroMessageId: messages.heroMessageId,
      sentAt: messages.sentAt,
      deliveredAt: messages.deliveredAt,
    })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batch.id),
        ofMessages ? and(inScope(messages, ctx), eq(messages.batchId, batch.id)) : undefined,
        rowsOfTwoKinds
          ? inArray(messageRecipients.rowNumber, rowsOfTwoKinds)
          : outcome && hasOutcome(outcome, hasEnded, now),
        gt(messageRecipients.rowNumber, cursor),
      ),
    )
    .orderBy(asc(rowNumber))
    .limit(limit)
    .$dynamic();
  // Messages of one state are found by their own index.
  const rows = await (ofMessages
    ? query.innerJoin(messages, isFirstMessage)
    : query.leftJoin(messages, isFirstMessage));
  return rows.map(({ state, stateOfMessage, claimedAt, failure, reason, sentAt, ...row }) => {
    const isCancelled = hasEnded && state === "included" && stateOfMessage === null;
    const shown: RecipientOutcome =
      stateOfMessage === null
        ? isCancelled
          ? "cancelled"
          : state
        : shownState({ state: stateOfMessage, claimedAt }, now);
    return {
      ...row,
      outcome: shown,
      reason: isCancelled
        ? endedFirst
        : (failure ?? (shown === "unknown" ? lostReply : stateOfMessage === null ? reason : null)),
      sentAt: sentAt?.toISOString() ?? null,
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
    };
  });
}

/** Rows of an ended batch without a message count as cancelled, so those are read from both tables. */
const isMessageOutcome = (outcome: RecipientOutcome, hasEnded: boolean): boolean =>
  isRecipientState(outcome) === undefined && !(outcome === "cancelled" && hasEnded);

const isWithoutMessage = and(
  eq(messageRecipients.state, "included"),
  eq(messageRecipients.isQueued, false),
);

function hasOutcome(outcome: RecipientOutcome, hasEnded: boolean, now: Date): SQL | undefined {
  const state = isRecipientState(outcome);
  // Of a batch that has ended they are cancelled.
  if (state === "included") return hasEnded ? sql`false` : isWithoutMessage;
  if (state) return eq(messageRecipients.state, state);
  const messageOutcome = messageState.options.find((each) => each === outcome);
  return messageOutcome && inMessageState(messageOutcome, now);
}

const hasLostReply = (now: Date) =>
  and(
    eq(messages.state, "sending"),
    lt(messages.claimedAt, new Date(now.getTime() - maxReplyMs())),
  );

/**
 * Row numbers of the next results of two kinds, each of which has its own index: of an ended batch those whose message
 * was cancelled or never written, and of any batch those whose message is unknown or has lost its reply. In one
 * condition, PostgreSQL would read the batch from its beginning.
 */
async function listRowsOfTwoKinds(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  page: { outcome: "cancelled" | "unknown"; cursor: number; limit: number },
  now: Date,
): Promise<number[]> {
  const { outcome, cursor, limit } = page;
  const listWithMessage = (isOfKind: SQL | undefined) =>
    tx
      .select({ rowNumber: sql<number>`${messages.rowNumber}` })
      .from(messages)
      .where(
        and(
          inScope(messages, ctx),
          eq(messages.batchId, batchId),
          eq(messages.reminderNumber, 0),
          isOfKind,
          gt(messages.rowNumber, cursor),
        ),
      )
      .orderBy(asc(messages.rowNumber))
      .limit(limit);
  const rows = await listWithMessage(eq(messages.state, outcome));
  const others =
    outcome === "unknown"
      ? await listWithMessage(hasLostReply(now))
      : await tx
          .select({ rowNumber: messageRecipients.rowNumber })
          .from(messageRecipients)
          .where(
            and(
              inScope(messageRecipients, ctx),
              eq(messageRecipients.batchId, batchId),
              isWithoutMessage,
              gt(messageRecipients.rowNumber, cursor),
            ),
          )
          .orderBy(asc(messageRecipients.rowNumber))
          .limit(limit);
  return [...rows, ...others]
    .map(({ rowNumber }) => rowNumber)
    .toSorted((a, b) => a - b)
    .slice(0, limit);
}
