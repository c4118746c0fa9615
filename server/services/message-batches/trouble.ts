import "server-only";
import { and, desc, eq, gt, notInArray } from "drizzle-orm";
import { db } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { HeroErrorCode } from "../../hero/errors";
import type { TenantContext } from "../../tenancy/context";
import type { MessageRow } from "../messages/load";
import { pauseInTransaction } from "./control";
import { loadBatch, lockBatch } from "./load";

/** Pauses a batch whose messages would be held, or fail, one after the other. */

const refusalsOfKey: readonly string[] = ["unauthorised", "forbidden"] satisfies HeroErrorCode[];

/** Before the claim, what is not about one patient. Trouble that may pass was waited for before. */
const troubleOfAll: readonly string[] = [
  ...refusalsOfKey,
  "key_refused",
  "disconnected",
  "conflict",
  "author_not_allowed",
  ...([
    "rate_limited",
    "upstream_failed",
    "timed_out",
    "connection_lost",
    "unreachable",
  ] satisfies HeroErrorCode[]),
];

/** After so many messages in a row that were not sent for certain. */
const maxFailuresInRow = 20;

type Reason = { message: string; code: string };
type OfBatch = Pick<MessageRow, "batchId" | "reminderNumber">;

const isFirst = (row: OfBatch): row is OfBatch & { batchId: string } =>
  row.batchId !== null && row.reminderNumber === 0;

async function pause(
  ctx: TenantContext,
  batchId: string,
  code: string,
  sentence: string,
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state === "sending") await pauseInTransaction(tx, ctx, batch, { code, sentence });
  });
}

/**
 * Pauses the batch of a first message for what would keep back its other messages as well.
 *
 * @returns false when the reason is this message's only
 */
export async function pauseForTrouble(
  ctx: TenantContext,
  row: OfBatch,
  { code, message }: Reason,
): Promise<boolean> {
  if (!isFirst(row) || !troubleOfAll.includes(code)) return false;
  await pause(
    ctx,
    row.batchId,
    code,
    `${message} Nothing more is sent until someone continues it.`,
  );
  return true;
}

/**
 * After a message of a batch was held, has failed or may not have been sent: pauses the batch when this says that the
 * next ones would fare no better.
 */
export async function pauseAfterFailure(
  ctx: TenantContext,
  row: OfBatch,
  reason: Reason,
): Promise<void> {
  if (!isFirst(row)) return;
  const { batchId } = row;
  if (refusalsOfKey.includes(reason.code)) {
    await pauseForTrouble(ctx, row, reason);
    return;
  }
  const last = await db.tenant(ctx, async (tx) => {
    const { continuedAfterRow } = await loadBatch(tx, ctx, batchId);
    return tx
      .select({ state: messages.state, heroMessageId: messages.heroMessageId })
      .from(messages)
      .where(
        and(
          inScope(messages, ctx),
          eq(messages.batchId, batchId),
          eq(messages.reminderNumber, 0),
          notInArray(messages.state, ["scheduled", "sending", "cancelled"]),
          gt(messages.rowNumber, continuedAfterRow ?? 0),
        ),
      )
      .orderBy(desc(messages.rowNumber))
      .limit(maxFailuresInRow);
  });
  const failures = last.filter(({ heroMessageId }) => heroMessageId === null);
  if (failures.length < maxFailuresInRow) return;
  await pause(
    ctx,
    batchId,
    "failures",
    `${maxFailuresInRow} messages in a row were held, failed or may not have been sent. Check the results before you continue.`,
  );
}
