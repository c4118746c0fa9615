import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { ConflictError, InvalidInputError } from "../../errors";
import { formatTimestamp } from "../../schemas/dates";
import type { MessageSettings } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requireWithinDailyLimit } from "../messages/daily-limit";
import { firstSendTime } from "../messages/preview";
import { loadMessageSettings } from "../messages/settings";
import { isFallback } from "../messages/view";
import { type MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";

/** How far ahead a batch can be scheduled, as one message. */
const maxScheduleDays = 90;

async function countIncluded(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
): Promise<number> {
  const [row] = await tx
    .select({ included: sql<number>`count(*)::int` })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        eq(messageRecipients.state, "included"),
      ),
    );
  return row?.included ?? 0;
}

/** When a batch can no longer be undone, if it is started now. */
export const batchUndoEnd = ({ batchUndoSeconds }: MessageSettings, now: Date): Date =>
  new Date(now.getTime() + batchUndoSeconds * 1_000);

/** The first time from `at` on at which messages of a batch may leave. */
export function firstBatchTime(
  { channel, fallbackChannel }: Pick<MessageBatchRow, "channel" | "fallbackChannel">,
  settings: MessageSettings,
  at: Date,
): Date {
  const fallback = isFallback(fallbackChannel) ? fallbackChannel : null;
  return firstSendTime({ channel, fallbackChannel: fallback }, settings, at);
}

/**
 * When the first message leaves: never before the batch could be undone, and outside quiet hours.
 *
 * @param asked null: as soon as it can
 * @throws InvalidInputError on `sendAt`
 */
export function requireSendTime(
  batch: Pick<MessageBatchRow, "channel" | "fallbackChannel">,
  settings: MessageSettings,
  asked: Date | null,
  now: Date,
): Date {
  if (asked && asked.getTime() < now.getTime() - 60_000) {
    throw new InvalidInputError("sendAt", "This time has passed. Select a later one.");
  }
  const undoneUntil = batchUndoEnd(settings, now);
  if (asked && asked.getTime() > now.getTime() + maxScheduleDays * 24 * 3_600_000) {
    throw new InvalidInputError("sendAt", `Select a time in the next ${maxScheduleDays} days.`);
  }
  const sendAt = asked && asked > undoneUntil ? asked : undoneUntil;
  const allowed = firstBatchTime(batch, settings, sendAt);
  if (allowed <= sendAt) return sendAt;
  throw new InvalidInputError(
    "sendAt",
    `This time is in quiet hours, or too close to them for the fallback. The next possible time is ${formatTimestamp(allowed.toISOString())}.`,
  );
}

/**
 * Schedules a batch that is locked and may be sent. All of it fits into the limits of its day, or nothing is sent.
 *
 * @param sendAt not before it could be undone, and outside quiet hours
 * @param author who requested it: its messages are sent only while this person, or API key, is allowed to
 * @throws ConflictError when it does not fit into the day
 */
export async function startBatch(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  { sendAt, author, now }: { sendAt: Date; author: string; now: Date },
): Promise<void> {
  const settings = await loadMessageSettings(tx, ctx);
  const included = await countIncluded(tx, ctx, batch.id);
  if (included === 0) {
    throw new ConflictError("This batch has nobody to send to. Nothing was sent.");
  }
  const { practiceId } = batch;
  const countedOn = await requireWithinDailyLimit(tx, ctx, settings, {
    practiceId,
    sendAt,
    count: included,
  });
  const { firstSlice } = settings;
  await tx
    .update(messageBatches)
    .set({
      state: "scheduled",
      sendAt,
      countedOn,
      countedMessages: included,
      firstSlice: firstSlice > 0 && included > firstSlice ? firstSlice : null,
      startedBy: author,
      startedAt: now,
      leasedUntil: null,
      // The text is needed until it has ended.
      eraseAt: null,
    })
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batch.id)));
  await recordBatchAudit(tx, ctx, "message_batch.started", batch, {
    recipients: included,
    sendAt: sendAt.toISOString(),
  });
}
