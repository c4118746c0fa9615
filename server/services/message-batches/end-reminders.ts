import "server-only";
import { and, eq, gt, isNull, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ukDateOf } from "../../schemas/dates";
import type { LinkView } from "../../schemas/links/view";
import { actorId, type TenantContext } from "../../tenancy/context";
import { getLinkView } from "../links/view";
import { isWorkingLink } from "../messages/assess";
import { endedAt } from "../messages/record";
import { loadMessageSettings } from "../messages/settings";
import { findBooking } from "./assess-recipient";
import { batchEndedAt } from "./finish";
import type { MessageBatchRow } from "./load";

/** Why reminders end, for a batch or for one of its recipients, and what is then cancelled. */

/** Why a recipient with this link is not reminded any more; null while it should be. */
export async function findReminderEnd(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: { practiceId: string; patientId: string },
  link: LinkView | null,
  now: Date,
): Promise<string | null> {
  const booking = await findBooking(tx, ctx, { practiceId }, patientId, link, now);
  if (booking) return booking.reason;
  if (!link) return "This patient has no personal link.";
  if (link.state === "expired" || link.expiresOn < ukDateOf(now)) return "The link has expired.";
  if (link.isHeld) return "The link is on hold.";
  return isWorkingLink(link) ? null : "The link no longer works.";
}

type ReminderRow = Pick<
  typeof messages.$inferSelect,
  "batchId" | "rowNumber" | "practiceId" | "patientId" | "linkId"
>;

/**
 * As `findReminderEnd`, for a reminder that is about to be sent. Its batch is locked, so nobody can stop it
 * meanwhile.
 */
export async function findEndOfReminder(
  tx: Transaction,
  ctx: TenantContext,
  row: ReminderRow,
  now: Date,
): Promise<string | null> {
  const link = row.linkId === null ? null : await getLinkView(tx, ctx, row.linkId);
  return findReminderEnd(tx, ctx, row, link, now);
}

/** No more reminders for one recipient: what waits is cancelled. The first reason stays. */
export async function endRemindersOfRecipient(
  tx: Transaction,
  ctx: TenantContext,
  { batchId, rowNumber }: { batchId: string; rowNumber: number },
  reason: string,
  now: Date,
): Promise<void> {
  await tx
    .update(messageRecipients)
    .set({ remindersEndedReason: reason })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        eq(messageRecipients.rowNumber, rowNumber),
        isNull(messageRecipients.remindersEndedReason),
      ),
    );
  await cancelReminders(tx, ctx, batchId, eq(messages.rowNumber, rowNumber), reason, now);
}

/** No more reminders of a batch that is locked: what waits is cancelled, and its text is erased in some days. */
export async function endRemindersOfBatch(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  reason: string,
  now: Date,
): Promise<void> {
  const { eraseAt } = batchEndedAt(now, await loadMessageSettings(tx, ctx));
  await tx
    .update(messageBatches)
    .set({
      remindersEndedReason: reason,
      nextReminderAt: null,
      ...(batch.state === "finished" && { pauseReason: null, leasedUntil: null, eraseAt }),
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await cancelReminders(tx, ctx, batch.id, undefined, reason, now);
}

/** A worker that has claimed one is past this: the statement changes what waits only. */
async function cancelReminders(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  which: SQL | undefined,
  reason: string,
  now: Date,
): Promise<void> {
  await tx
    .update(messages)
    .set({
      ...endedAt(now, await loadMessageSettings(tx, ctx)),
      state: "cancelled",
      failure: reason,
      cancelledAt: now,
      cancelledBy: actorId(ctx),
    })
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batchId),
        gt(messages.reminderNumber, 0),
        eq(messages.state, "scheduled"),
        which,
      ),
    );
}
