import "server-only";
import { and, eq, gt, gte, isNull, lt, ne, or, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import { addDays, formatLocalDate, ukDateOf } from "../../schemas/dates";
import type { MessageSettings } from "../../schemas/messages";
import { parseUkTime } from "../../schemas/quiet-hours";
import type { TenantContext } from "../../tenancy/context";
import { lockLimit } from "../limits";

/** Midnight is in no hour that the clocks skip. */
function ukMidnight(localDate: string): Date {
  const midnight = parseUkTime(localDate, "00:00");
  if ("reason" in midnight) throw new Error(midnight.reason);
  return midnight.value;
}

type Count = { total: number; ofPractice: number };

/**
 * The messages of one UK date: those of batches that count towards it, reminders, and single messages. What was
 * cancelled does not count.
 */
async function countDay(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  localDate: string,
): Promise<Count> {
  const [inBatches] = await tx
    .select({
      total: sql<number>`coalesce(sum(${messageBatches.countedMessages}), 0)::int`,
      ofPractice: sql<number>`coalesce(sum(${messageBatches.countedMessages})
        filter (where ${eq(messageBatches.practiceId, practiceId)}), 0)::int`,
    })
    .from(messageBatches)
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.countedOn, localDate)));
  const [single] = await tx
    .select({
      total: sql<number>`count(*)::int`,
      ofPractice: sql<number>`(count(*) filter (where ${eq(messages.practiceId, practiceId)}))::int`,
    })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        or(isNull(messages.batchId), gt(messages.reminderNumber, 0)),
        gte(messages.sendAt, ukMidnight(localDate)),
        lt(messages.sendAt, ukMidnight(addDays(localDate, 1))),
        ne(messages.state, "cancelled"),
      ),
    );
  return {
    total: (inBatches?.total ?? 0) + (single?.total ?? 0),
    ofPractice: (inBatches?.ofPractice ?? 0) + (single?.ofPractice ?? 0),
  };
}

/**
 * How many messages still fit into the limits of a UK date. Others that count towards the same limits wait until
 * this transaction ends.
 */
export async function countFreeMessages(
  tx: Transaction,
  ctx: TenantContext,
  settings: MessageSettings,
  { practiceId, localDate }: { practiceId: string; localDate: string },
): Promise<number> {
  await lockLimit(tx, ["messages-a-day", ctx.tenantId, ctx.environment]);
  const { total, ofPractice } = await countDay(tx, ctx, practiceId, localDate);
  return Math.max(
    0,
    Math.min(settings.dailyLimit - total, settings.practiceDailyLimit - ofPractice),
  );
}

/**
 * Messages are sent on a day whole or not at all: all of a batch fit into the day's limits, or none is sent.
 *
 * @returns the UK date whose limits they count towards
 * @throws ConflictError
 */
export async function requireWithinDailyLimit(
  tx: Transaction,
  ctx: TenantContext,
  settings: MessageSettings,
  { practiceId, sendAt, count }: { practiceId: string; sendAt: Date; count: number },
): Promise<string> {
  const localDate = ukDateOf(sendAt);
  const free = await countFreeMessages(tx, ctx, settings, { practiceId, localDate });
  if (count <= free) return localDate;
  const sentences =
    count === 1
      ? `The limit of messages on ${formatLocalDate(localDate)} is reached.`
      : `${count} messages do not fit into the limits of ${formatLocalDate(localDate)}, on which ${free} more can be sent.`;
  throw new ConflictError(
    `${sentences} Select another day, or ask someone who manages messages to raise the limit. Nothing was sent.`,
  );
}
