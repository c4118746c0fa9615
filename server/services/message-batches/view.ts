import "server-only";
import { and, asc, desc, eq, gt, inArray, min, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { approvals } from "@/db/schema/approvals";
import { links } from "@/db/schema/links";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { BatchCounts, MessageBatchView } from "../../schemas/message-batches";
import type { MessageSettings } from "../../schemas/messages";
import { nextAllowedTime } from "../../schemas/quiet-hours";
import { planReminderRounds } from "../../schemas/reminder-rounds";
import type { TenantContext } from "../../tenancy/context";
import { hasPermission } from "../../tenancy/permissions";
import { actorName } from "../actors";
import { loadMessageSettings } from "../messages/settings";
import { inMessageState, isFallback } from "../messages/view";
import type { MessageBatchRow, RecipientRow } from "./load";

/** Nothing more is sent of a batch in these states. */
export const endedStates: readonly MessageBatchRow["state"][] = [
  "finished",
  "stopped",
  "cancelled",
];

type RecipientCounts = Record<RecipientRow["state"], number>;

type MessageCounts = Record<
  | "scheduled"
  | "sending"
  | "sent"
  | "delivered"
  | "opened"
  | "failed"
  | "unknown"
  | "held"
  | "cancelled",
  number
> & { leftLastMinute: number };

const noRecipients = (): RecipientCounts => ({
  waiting: 0,
  included: 0,
  excluded: 0,
  not_checked: 0,
});

async function countRecipients(
  tx: Transaction,
  ctx: TenantContext,
  batchIds: readonly string[],
): Promise<Map<string, RecipientCounts>> {
  const rows = await tx
    .select({
      batchId: messageRecipients.batchId,
      state: messageRecipients.state,
      count: sql<number>`count(*)::integer`,
    })
    .from(messageRecipients)
    .where(and(inScope(messageRecipients, ctx), inArray(messageRecipients.batchId, [...batchIds])))
    .groupBy(messageRecipients.batchId, messageRecipients.state);
  const counts = new Map<string, RecipientCounts>();
  for (const { batchId, state, count } of rows) {
    const ofBatch = counts.get(batchId) ?? noRecipients();
    ofBatch[state] = count;
    counts.set(batchId, ofBatch);
  }
  return counts;
}

/** The first messages of the recipients; reminders are counted elsewhere. */
async function countMessages(
  tx: Transaction,
  ctx: TenantContext,
  batchIds: readonly string[],
  now: Date,
): Promise<Map<string, MessageCounts>> {
  const countWhere = (condition: SQL | undefined) =>
    sql<number>`(count(*) filter (where ${condition}))::integer`;
  const lastMinute = new Date(now.getTime() - 60_000).toISOString();
  const rows = await tx
    .select({
      batchId: sql<string>`${messages.batchId}`,
      scheduled: countWhere(eq(messages.state, "scheduled")),
      sending: countWhere(inMessageState("sending", now)),
      sent: countWhere(eq(messages.state, "sent")),
      delivered: countWhere(eq(messages.state, "delivered")),
      opened: countWhere(eq(messages.state, "opened")),
      failed: countWhere(eq(messages.state, "failed")),
      unknown: countWhere(inMessageState("unknown", now)),
      held: countWhere(eq(messages.state, "held")),
      cancelled: countWhere(eq(messages.state, "cancelled")),
      leftLastMinute: countWhere(sql`${messages.claimedAt} > ${lastMinute}::timestamptz`),
    })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        inArray(messages.batchId, [...batchIds]),
        eq(messages.reminderNumber, 0),
      ),
    )
    .groupBy(messages.batchId);
  return new Map(rows.map(({ batchId, ...counts }) => [batchId, counts]));
}

const noMessages: MessageCounts = {
  scheduled: 0,
  sending: 0,
  sent: 0,
  delivered: 0,
  opened: 0,
  failed: 0,
  unknown: 0,
  held: 0,
  cancelled: 0,
  leftLastMinute: 0,
};

function toCounts(
  batch: Pick<MessageBatchRow, "state">,
  recipients: RecipientCounts,
  sent: MessageCounts,
): BatchCounts {
  const hasEnded = endedStates.includes(batch.state);
  const total = Object.values(recipients).reduce((sum, count) => sum + count, 0);
  const withId = sent.sent + sent.delivered + sent.opened;
  const notSentMessages = sent.failed + sent.held + sent.cancelled;
  const messageCount = withId + notSentMessages + sent.unknown + sent.scheduled + sent.sending;
  const withoutMessage = Math.max(0, recipients.included - messageCount);
  // Those whose message was never written when the batch ended got none, as if it had been cancelled.
  const neverWritten = hasEnded ? withoutMessage : 0;
  const neverChecked = hasEnded ? recipients.waiting : 0;
  return {
    total,
    waiting: recipients.waiting,
    included: recipients.included,
    excluded: recipients.excluded,
    notChecked: recipients.not_checked,
    toSend: withoutMessage - neverWritten + sent.scheduled + sent.sending,
    sent: withId,
    delivered: sent.delivered + sent.opened,
    opened: sent.opened,
    failed: sent.failed,
    unknown: sent.unknown,
    held: sent.held,
    cancelled: sent.cancelled + neverWritten,
    notSent:
      recipients.excluded + recipients.not_checked + notSentMessages + neverWritten + neverChecked,
  };
}

/** The names of people and API keys by their IDs. */
async function loadActorNames(
  tx: Transaction,
  ctx: TenantContext,
  ids: readonly (string | null | undefined)[],
): Promise<(id: string | null) => string | null> {
  const known = [...new Set(ids.filter((id) => typeof id === "string"))];
  if (known.length === 0) return () => null;
  const people = await tx
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, known));
  const keys = await tx
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    .where(and(inScope(apiKeys, ctx), inArray(apiKeys.id, known)));
  const userNames = new Map(people.map(({ id, name }) => [id, name]));
  const keyNames = new Map(keys.map(({ id, name }) => [id, name]));
  return (id) =>
    id === null ? null : actorName(userNames.get(id) ?? null, keyNames.get(id) ?? null);
}

type ApprovalRow = typeof approvals.$inferSelect;

function toApproval(
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "state" | "createdBy">,
  approval: ApprovalRow | null,
  nameOf: (id: string | null) => string | null,
  now: Date,
): MessageBatchView["approval"] {
  if (!approval) return null;
  const isExpired = approval.decision === null && approval.expiresAt <= now;
  const isOpen = approval.decision === null && !isExpired && batch.state === "awaiting_approval";
  return {
    requestedBy: nameOf(approval.requestedBy) ?? "Unknown",
    requestedAt: approval.requestedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decision: approval.decision,
    decidedBy: nameOf(approval.decidedBy),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    reason: approval.reason,
    isExpired,
    canDecide:
      isOpen &&
      ctx.actor.kind === "person" &&
      ctx.actor.userId !== approval.requestedBy &&
      ctx.actor.userId !== batch.createdBy &&
      hasPermission(ctx, "messages.send"),
  };
}

type ReminderTimeline = NonNullable<MessageBatchView["reminders"]>["timeline"];

/** What became of the reminders of each round, by batch. */
async function loadTimelines(
  tx: Transaction,
  ctx: TenantContext,
  batchIds: readonly string[],
): Promise<Map<string, ReminderTimeline>> {
  if (batchIds.length === 0) return new Map();
  const countWhere = (condition: SQL) =>
    sql<number>`(count(*) filter (where ${condition}))::integer`;
  const isWaiting = eq(messages.state, "scheduled");
  const isNotSent = inArray(messages.state, ["held", "failed", "cancelled"]);
  const rows = await tx
    .select({
      batchId: sql<string>`${messages.batchId}`,
      round: sql<number>`${messages.reminderNumber}`,
      startedAt: min(messages.claimedAt),
      sent: countWhere(sql`not (${isWaiting}) and not (${isNotSent})`),
      waiting: countWhere(isWaiting),
      notSent: countWhere(isNotSent),
    })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        inArray(messages.batchId, [...batchIds]),
        gt(messages.reminderNumber, 0),
      ),
    )
    .groupBy(messages.batchId, messages.reminderNumber)
    .orderBy(asc(messages.batchId), asc(messages.reminderNumber));
  const timelines = new Map<string, ReminderTimeline>();
  for (const { batchId, startedAt, ...round } of rows) {
    const timeline = timelines.get(batchId) ?? [];
    timeline.push({ ...round, startedAt: startedAt?.toISOString() ?? null });
    timelines.set(batchId, timeline);
  }
  return timelines;
}

/** Why no reminders follow, if none do. */
function findRemindersEnd({ state, remindersEndedReason }: MessageBatchRow): string | null {
  if (remindersEndedReason !== null) return remindersEndedReason;
  if (state === "stopped") return "The batch was stopped.";
  return state === "cancelled" ? "The batch was cancelled." : null;
}

function toReminders(
  batch: MessageBatchRow,
  timeline: ReminderTimeline,
  settings: MessageSettings,
  now: Date,
): MessageBatchView["reminders"] {
  const { reminderAfterDays, reminderMaxTimes, reminderTime, nextReminderAt } = batch;
  if (reminderAfterDays === null || reminderMaxTimes === null || reminderTime === null) return null;
  const plan = { afterDays: reminderAfterDays, maxTimes: reminderMaxTimes, time: reminderTime };
  const endedReason = findRemindersEnd(batch);
  const isFinished = batch.state === "finished";
  const waitsUntil = isFinished && nextReminderAt !== null ? batch.leasedUntil : null;
  const nextAt =
    waitsUntil !== null && nextReminderAt !== null && waitsUntil > nextReminderAt
      ? waitsUntil
      : nextReminderAt;
  const hasFallback = isFallback(batch.fallbackChannel);
  const firstAllowed = (at: Date) =>
    batch.channel === "note" ? at : nextAllowedTime(at, settings, { hasFallback });
  const roundsLeft = reminderMaxTimes - batch.reminderNumber - 1;
  const planned =
    nextAt === null
      ? planReminderRounds(plan, batch.sendAt ?? now, firstAllowed)
      : [nextAt, ...planReminderRounds({ ...plan, maxTimes: roundsLeft }, nextAt, firstAllowed)];
  return {
    ...plan,
    rounds: batch.reminderNumber,
    nextAt: nextAt?.toISOString() ?? null,
    waitReason: isFinished && nextReminderAt !== null ? batch.pauseReason : null,
    planned: endedReason === null ? planned.map((at) => at.toISOString()) : [],
    timeline,
    endedReason,
  };
}

/** Batches of this tenant and environment, newest first. */
export async function selectBatchViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, limit }: { where?: SQL | undefined; limit: number },
  now = new Date(),
): Promise<MessageBatchView[]> {
  const rows = await tx
    .select({
      batch: messageBatches,
      practice: {
        id: practices.id,
        name: practices.name,
        nickname: practices.nickname,
        practiceGroupId: practices.practiceGroupId,
      },
      linkName: links.name,
      approval: approvals,
    })
    .from(messageBatches)
    .innerJoin(
      practices,
      and(sameScope(practices, messageBatches), eq(practices.id, messageBatches.practiceId)),
    )
    .leftJoin(links, and(sameScope(links, messageBatches), eq(links.id, messageBatches.linkId)))
    .leftJoin(
      approvals,
      and(sameScope(approvals, messageBatches), eq(approvals.id, messageBatches.approvalId)),
    )
    .where(and(inScope(messageBatches, ctx), where))
    .orderBy(
      desc(messageBatches.tenantId),
      desc(messageBatches.environment),
      desc(messageBatches.id),
    )
    .limit(limit);
  const ids = rows.map(({ batch }) => batch.id);
  if (ids.length === 0) return [];
  const recipients = await countRecipients(tx, ctx, ids);
  const sent = await countMessages(tx, ctx, ids, now);
  const reminded = rows.filter(({ batch }) => batch.reminderAfterDays !== null);
  const timelines = await loadTimelines(
    tx,
    ctx,
    reminded.map(({ batch }) => batch.id),
  );
  const settings = await loadMessageSettings(tx, ctx);
  const nameOf = await loadActorNames(
    tx,
    ctx,
    rows.flatMap(({ batch, approval }) => [
      batch.createdBy,
      batch.startedBy,
      batch.endedBy,
      approval?.requestedBy,
      approval?.decidedBy,
    ]),
  );
  return rows.map(({ batch, practice, linkName, approval }) => {
    const ofMessages = sent.get(batch.id) ?? noMessages;
    const counts = toCounts(batch, recipients.get(batch.id) ?? noRecipients(), ofMessages);
    const rate = batch.state === "sending" ? ofMessages.leftLastMinute : 0;
    return {
      id: batch.id,
      operationId: batch.operationId,
      name: batch.name,
      state: batch.state,
      pauseReason: batch.state === "finished" ? null : batch.pauseReason,
      practice: {
        id: practice.id,
        name: practice.nickname ?? practice.name,
        publicName: practice.name,
        practiceGroupId: practice.practiceGroupId,
      },
      channel: batch.channel,
      fallbackChannel: isFallback(batch.fallbackChannel) ? batch.fallbackChannel : null,
      link: batch.link,
      sharedLink: batch.linkId ? { id: batch.linkId, name: linkName } : null,
      recordWrite: batch.recordWrite,
      rowCount: batch.rowCount,
      counts,
      sendAt: batch.sendAt?.toISOString() ?? null,
      canUndo: batch.state === "scheduled",
      sentPerMinute: rate > 0 ? rate : null,
      secondsLeft: rate > 0 ? Math.ceil((counts.toSend / rate) * 60) : null,
      approval: toApproval(ctx, batch, approval, nameOf, now),
      reminders: toReminders(batch, timelines.get(batch.id) ?? [], settings, now),
      correctsBatchId: batch.correctsBatchId,
      createdBy: nameOf(batch.createdBy) ?? "Unknown",
      createdAt: batch.createdAt.toISOString(),
      checkedAt: batch.checkedAt?.toISOString() ?? null,
      startedBy: nameOf(batch.startedBy),
      startedAt: batch.startedAt?.toISOString() ?? null,
      endedBy: nameOf(batch.endedBy),
      endedAt: batch.endedAt?.toISOString() ?? null,
      hasText: batch.contentErasedAt === null,
    };
  });
}

/** @throws NotFoundError */
export async function getBatchView(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<MessageBatchView> {
  const [view] = await selectBatchViews(tx, ctx, {
    where: eq(messageBatches.id, batchId),
    limit: 1,
  });
  if (!view) throw new NotFoundError();
  return view;
}
