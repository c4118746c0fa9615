import "server-only";
import { randomUUID } from "node:crypto";
import { and, asc, count, eq, gt, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { fetchSlotCount, type SlotFilters } from "../../hero/slots";
import { addDays, formatLocalDate, ukDateOf } from "../../schemas/dates";
import type { LinkView } from "../../schemas/links/view";
import type { MessageSettings } from "../../schemas/messages";
import { nextReminderTime, reminderTimeOn } from "../../schemas/reminder-rounds";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { selectLinkViews } from "../links/view";
import { countFreeMessages } from "../messages/daily-limit";
import { loadMessageSettings } from "../messages/settings";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { openBatchContent } from "./content";
import { endRemindersOfBatch, endRemindersOfRecipient, findReminderEnd } from "./end-reminders";
import { lockBatch, type MessageBatchRow, type RecipientRow } from "./load";
import { queueMessages } from "./queue";
import { recordBatchAudit } from "./record";
import { firstBatchTime } from "./start";

/**
 * Reminds the recipients of a finished batch who have not booked, in rounds some days apart. A round's messages are
 * written a few at a time and released like all others; `reminderNumber` of the batch counts the rounds that are
 * done. Who is reminded was decided when the batch was checked: nobody is added.
 */

/** How many reminders of a batch wait at most. */
const maxWaiting = 100;
/** Longer than reading free slots usually takes. */
const leaseMs = 60_000;
const idleMs = 1_000;
/** Before another try, when Hero cannot be read or the key has no turn. */
const unreadableDelayMs = 5 * 60_000;
/** A round that is later than this was not sent at the time that was reviewed. */
const maxLateDays = 3;
const dayMs = 24 * 3_600_000;

type ReminderBatch = MessageBatchRow & {
  nextReminderAt: Date;
  reminderAfterDays: number;
  reminderMaxTimes: number;
  reminderTime: string;
};
/** A recipient who is to be reminded, and their own link. */
type Due = { recipient: RecipientRow & { patientId: string }; link: LinkView };
type Step = { batch: ReminderBatch; due: Due[]; practice: PracticeWithKey };

/** Writes the next reminders of the practice's batches whose rounds are due, and ends the rounds that are done. */
export async function advanceReminders(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<void> {
  const dueBatches = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: messageBatches.id })
      .from(messageBatches)
      .where(
        and(
          inScope(messageBatches, ctx),
          eq(messageBatches.practiceId, practiceId),
          lte(messageBatches.nextReminderAt, now),
          or(isNull(messageBatches.leasedUntil), lte(messageBatches.leasedUntil, now)),
        ),
      )
      .orderBy(asc(messageBatches.id)),
  );
  for (const { id } of dueBatches) {
    const step = await db.tenant(ctx, (tx) => startStep(tx, ctx, id, now));
    if (!step) continue;
    const withoutSlots = await findLinksWithoutSlots(ctx, step, now);
    await db.tenant(ctx, (tx) => finishStep(tx, ctx, step, withoutSlots, now));
  }
}

/** The plan of a batch whose round is due; null when it was stopped, or another worker has it. */
function toReminderBatch(batch: MessageBatchRow, now: Date): ReminderBatch | null {
  const { nextReminderAt, reminderAfterDays, reminderMaxTimes, reminderTime } = batch;
  const hasPlan =
    nextReminderAt !== null &&
    reminderAfterDays !== null &&
    reminderMaxTimes !== null &&
    reminderTime !== null;
  const isDue = hasPlan && nextReminderAt <= now && batch.state === "finished";
  return isDue
    ? { ...batch, nextReminderAt, reminderAfterDays, reminderMaxTimes, reminderTime }
    : null;
}

/**
 * Leases the batch and selects whom to remind next; for others whose turn it would be, reminders end.
 *
 * @returns null when nothing can be sent now
 */
async function startStep(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  now: Date,
): Promise<Step | null> {
  const locked = await lockBatch(tx, ctx, batchId);
  const batch = toReminderBatch(locked, now);
  const isFree = locked.leasedUntil === null || locked.leasedUntil <= now;
  if (!batch || !isFree) return null;
  if (now.getTime() - batch.nextReminderAt.getTime() > maxLateDays * dayMs) {
    await endRound(
      tx,
      ctx,
      batch,
      `The reminders could not be sent within ${maxLateDays} days of their time.`,
      now,
    );
    return null;
  }
  const settings = await loadMessageSettings(tx, ctx);
  const mayLeaveAt = firstBatchTime(batch, settings, now);
  if (mayLeaveAt > now) return wait(tx, ctx, batch, mayLeaveAt);
  const waiting = await countWaiting(tx, ctx, batch);
  const room = maxWaiting - waiting;
  if (room <= 0) return wait(tx, ctx, batch, new Date(now.getTime() + idleMs));
  const { due, isLast } = await selectDue(tx, ctx, batch, room, now);
  if (due.length === 0) {
    if (isLast && waiting === 0) await completeRound(tx, ctx, batch, now);
    else await wait(tx, ctx, batch, new Date(now.getTime() + (isLast ? idleMs : 0)));
    return null;
  }
  let practice: PracticeWithKey;
  try {
    practice = await loadPracticeWithKey(tx, ctx, batch.practiceId);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return wait(tx, ctx, batch, retryAt(now), "The practice is disconnected.");
  }
  if (practice.credential.state === "needs_new_key") {
    const reason = "Hero does not accept the practice's API key.";
    return wait(tx, ctx, batch, retryAt(now), reason);
  }
  const leasedUntil = new Date(now.getTime() + leaseMs);
  await wait(tx, ctx, batch, leasedUntil, batch.pauseReason);
  return { batch: { ...batch, leasedUntil }, due, practice };
}

const retryAt = (now: Date) => new Date(now.getTime() + unreadableDelayMs);

/** @param reason shown as why the reminders wait; null when they wait as planned */
async function wait(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  until: Date,
  reason: string | null = null,
): Promise<null> {
  await tx
    .update(messageBatches)
    .set({ leasedUntil: until, pauseReason: reason })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  return null;
}

/** Reminders of the batch that have not left, or whose reply is awaited. */
async function countWaiting(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
): Promise<number> {
  const [row] = await tx
    .select({ waiting: count() })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batch.id),
        gt(messages.reminderNumber, 0),
        inArray(messages.state, ["scheduled", "sending"]),
      ),
    );
  return row?.waiting ?? 0;
}

/** Had their first message for certain, and are to have this round's reminder. */
const isInRound = (ctx: TenantContext, batch: MessageBatchRow, round: number) =>
  and(
    inScope(messageRecipients, ctx),
    eq(messageRecipients.batchId, batch.id),
    eq(messageRecipients.state, "included"),
    isNull(messageRecipients.remindersEndedReason),
    lt(messageRecipients.remindersQueued, round),
  );

const isTheirMessage = and(
  sameScope(messages, messageRecipients),
  eq(messages.batchId, messageRecipients.batchId),
  eq(messages.rowNumber, messageRecipients.rowNumber),
  eq(messages.reminderNumber, 0),
  inArray(messages.state, ["sent", "delivered", "opened"]),
);

async function countInRound(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  round: number,
): Promise<number> {
  const [row] = await tx
    .select({ recipients: count() })
    .from(messageRecipients)
    .innerJoin(messages, isTheirMessage)
    .where(isInRound(ctx, batch, round));
  return row?.recipients ?? 0;
}

/** @returns `isLast` when the round has no recipients besides those in `due` */
async function selectDue(
  tx: Transaction,
  ctx: TenantContext,
  batch: ReminderBatch,
  limit: number,
  now: Date,
): Promise<{ due: Due[]; isLast: boolean }> {
  const rows = await tx
    .select({ recipient: messageRecipients })
    .from(messageRecipients)
    .innerJoin(messages, isTheirMessage)
    .where(isInRound(ctx, batch, batch.reminderNumber + 1))
    .orderBy(asc(messageRecipients.rowNumber))
    .limit(limit);
  const linkIds = rows.flatMap(({ recipient }) => recipient.linkId ?? []);
  const views =
    linkIds.length === 0
      ? []
      : await selectLinkViews(tx, ctx, { where: inArray(links.id, linkIds), limit });
  const viewsById = new Map(views.map((view) => [view.id, view]));
  const due: Due[] = [];
  for (const { recipient } of rows) {
    const { patientId, linkId } = recipient;
    if (patientId === null) throw new Error("An included recipient has a patient.");
    const link = linkId === null ? null : (viewsById.get(linkId) ?? null);
    const { practiceId } = batch;
    const reason = await findReminderEnd(tx, ctx, { practiceId, patientId }, link, now);
    if (reason !== null) await endRemindersOfRecipient(tx, ctx, recipient, reason, now);
    else if (link) due.push({ recipient: { ...recipient, patientId }, link });
  }
  return { due, isLast: rows.length < limit };
}

/** The slots that a booking link offers; null for a link that books nothing. */
function toSlotFilters({ link }: Due, today: string): SlotFilters | null {
  if (link.kind !== "booking" || !link.appointmentType) return null;
  return {
    appointment_type_id: link.appointmentType.id,
    location_id: link.location?.id,
    practitioner_id: link.practitioner?.id,
    start_date: link.slotsFrom !== null && link.slotsFrom > today ? link.slotsFrom : today,
    end_date: link.slotsTo ?? undefined,
  };
}

/**
 * The links with which nobody could book now: Hero has no free slot for them. Links for the same slots are asked about
 * once.
 *
 * @returns null when Hero could not be read
 */
async function findLinksWithoutSlots(
  ctx: TenantContext,
  { due, practice }: Step,
  now: Date,
): Promise<ReadonlySet<string> | null> {
  const today = ukDateOf(now);
  const groups = new Map<string, { filters: SlotFilters; linkIds: string[] }>();
  const without = new Set<string>();
  for (const each of due) {
    const filters = toSlotFilters(each, today);
    if (!filters) continue;
    if (filters.end_date !== undefined && filters.end_date < today) {
      without.add(each.link.id);
      continue;
    }
    const key = JSON.stringify(filters);
    const group = groups.get(key) ?? { filters, linkIds: [] };
    group.linkIds.push(each.link.id);
    groups.set(key, group);
  }
  if (groups.size === 0) return without;
  const outcome = await callHeroForPractice(
    ctx,
    practice,
    async (hero) => {
      for (const { filters, linkIds } of groups.values()) {
        const free = await fetchSlotCount(hero, filters);
        if (free === 0) for (const linkId of linkIds) without.add(linkId);
      }
    },
    limiterFor(ctx, practice, "low"),
  );
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  return outcome.ok ? without : null;
}

/** Writes the reminders of a step, unless the batch was stopped or its lease lost since it was started. */
async function finishStep(
  tx: Transaction,
  ctx: TenantContext,
  step: Step,
  withoutSlots: ReadonlySet<string> | null,
  now: Date,
): Promise<void> {
  const locked = await lockBatch(tx, ctx, step.batch.id);
  const batch = toReminderBatch(locked, now);
  const isMine = locked.leasedUntil?.getTime() === step.batch.leasedUntil?.getTime();
  if (!batch || !isMine) return;
  if (!withoutSlots) {
    await wait(tx, ctx, batch, retryAt(now), "Free appointments could not be read from Hero.");
    return;
  }
  const round = batch.reminderNumber + 1;
  const noSlots = `No appointments were free on ${formatLocalDate(ukDateOf(now))}.`;
  for (const { recipient, link } of step.due) {
    if (withoutSlots.has(link.id)) {
      await endRemindersOfRecipient(tx, ctx, recipient, noSlots, now);
    }
  }
  const rows = await tx
    .select({ recipient: messageRecipients })
    .from(messageRecipients)
    .where(
      and(
        isInRound(ctx, batch, round),
        inArray(
          messageRecipients.rowNumber,
          step.due.map(({ recipient }) => recipient.rowNumber),
        ),
      ),
    )
    .orderBy(asc(messageRecipients.rowNumber));
  const settings = await loadMessageSettings(tx, ctx);
  const limit = await findLimitReason(tx, ctx, batch, settings, now);
  if (limit !== null) {
    const tomorrow = reminderTimeOn(addDays(ukDateOf(now), 1), batch.reminderTime);
    await wait(tx, ctx, batch, tomorrow, limit);
    return;
  }
  const content = await openBatchContent(tx, ctx, batch);
  if (!content) throw new Error("The text of a batch that is being reminded is not erased.");
  const { text, reminderText, variables } = content;
  await queueMessages(
    tx,
    ctx,
    batch,
    rows.map(({ recipient }) => recipient),
    {
      reminderNumber: round,
      draft: { text: reminderText || text, variables },
      operationIdOf: () => randomUUID(),
      now,
    },
  );
  await wait(tx, ctx, batch, now);
}

/** Why the rest of the round waits for the next day: it is sent whole, or the next day. */
async function findLimitReason(
  tx: Transaction,
  ctx: TenantContext,
  batch: ReminderBatch,
  settings: MessageSettings,
  now: Date,
): Promise<string | null> {
  const localDate = ukDateOf(now);
  const { practiceId } = batch;
  const free = await countFreeMessages(tx, ctx, settings, { practiceId, localDate });
  const remaining = await countInRound(tx, ctx, batch, batch.reminderNumber + 1);
  return remaining <= free
    ? null
    : `The reminders did not fit into the limits of ${formatLocalDate(localDate)}. They wait until the next day.`;
}

/** All of a round have left, or are held. */
async function completeRound(
  tx: Transaction,
  ctx: TenantContext,
  batch: ReminderBatch,
  now: Date,
): Promise<void> {
  const reminderNumber = batch.reminderNumber + 1;
  const done = { ...batch, reminderNumber };
  const isLastRound = reminderNumber >= batch.reminderMaxTimes;
  const hasRecipients = (await countInRound(tx, ctx, batch, reminderNumber + 1)) > 0;
  await tx
    .update(messageBatches)
    .set({ reminderNumber, pauseReason: null, leasedUntil: null })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  const reminded = await countReminded(tx, ctx, batch.id, reminderNumber);
  await recordBatchAudit(tx, ctx, "message_batch.reminded", batch, {
    round: reminderNumber,
    reminders: reminded,
  });
  if (isLastRound) return endRound(tx, ctx, done, "All reminders were sent.", now);
  if (!hasRecipients) return endRound(tx, ctx, done, "Nobody is left to remind.", now);
  const { reminderAfterDays: afterDays, reminderTime: time } = batch;
  await tx
    .update(messageBatches)
    .set({ nextReminderAt: nextReminderTime({ afterDays, time }, now) })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
}

async function countReminded(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  round: number,
): Promise<number> {
  const [row] = await tx
    .select({ left: sql<number>`count(${messages.claimedAt})::int` })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batchId),
        eq(messages.reminderNumber, round),
      ),
    );
  return row?.left ?? 0;
}

async function endRound(
  tx: Transaction,
  ctx: TenantContext,
  batch: ReminderBatch,
  reason: string,
  now: Date,
): Promise<void> {
  await endRemindersOfBatch(tx, ctx, batch, reason, now);
  await recordBatchAudit(tx, ctx, "message_batch.reminders_ended", batch);
}
