import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { describeError, log } from "../../log";

/** The one channel of notifications. Each carries the number of the newest batch, and nothing else. */
export const changeChannel = "portal_changes";

/** How long a change waits for others, at most four batches a second. */
const sendIntervalMs = 250;
/** How often to look for the first change after a quiet time. */
const idleIntervalMs = 100;
const heartbeatMs = 5_000;
/** A backlog of 10,000 changes is sent within a second, with four notifications. */
const maxChangesOfBatch = 2_500;

/**
 * Moves waiting changes to the next batch. The notification is a transaction of its own: one that notifies
 * takes a global lock when it commits, which the work behind the changes must not wait for.
 *
 * @returns the batch; null without changes, or while another process sends
 */
export async function sendChanges(): Promise<number | null> {
  const [row] = await db.shared.execute<{ batch: string | null }>(
    sql`select send_changes(${maxChangesOfBatch}) as batch`,
  );
  if (!row?.batch) return null;
  await db.shared.execute(sql`select pg_notify(${changeChannel}, ${row.batch})`);
  return Number(row.batch);
}

/** Shows listeners that their connection works, and which batch is the newest. */
async function sendHeartbeat(): Promise<void> {
  await db.shared.execute(
    sql`select pg_notify(${changeChannel}, newest::text) from find_change_batch_range()`,
  );
}

/** Sends changes and heartbeats until it is stopped. Any number of workers may run it. */
export async function runChangeSender(signal: AbortSignal): Promise<void> {
  let heartbeatAt = -heartbeatMs;
  while (!signal.aborted) {
    let hasSent = false;
    try {
      hasSent = (await sendChanges()) !== null;
      if (performance.now() - heartbeatAt >= heartbeatMs) {
        heartbeatAt = performance.now();
        await sendHeartbeat();
      }
    } catch (error) {
      log("warn", "changes not sent", describeError(error));
      await sleep(1_000, undefined, { signal }).catch(() => undefined);
    }
    const waitMs = hasSent ? sendIntervalMs : idleIntervalMs;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
