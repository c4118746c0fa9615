import "server-only";
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { type Database, db, type Transaction } from "@/db/client";
import { describeError, log } from "../log";
import { type JobData, type QueueName, queueSchema } from "./queues";

const globals = globalThis as typeof globalThis & { portalQueueSender?: Promise<PgBoss> };

/** Sends only: it uses the database's own pool and runs no job and no schedule. */
function getSender(): Promise<PgBoss> {
  globals.portalQueueSender ??= (async () => {
    const boss = new PgBoss({
      db: fromDrizzle(db.shared, sql),
      schema: queueSchema,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
    });
    boss.on("error", (error) => log("error", "queue failed", describeError(error)));
    await boss.start();
    return boss;
  })().catch((error: unknown) => {
    // Let the next call retry: the database may be back by then.
    globals.portalQueueSender = undefined;
    throw error;
  });
  return globals.portalQueueSender;
}

/**
 * Adds a job to its queue.
 *
 * @param options.within the transaction that has to commit for the job to exist
 * @param options.dedupeKey a second job with this key within the same minute is dropped
 */
export async function enqueue<Name extends QueueName>(
  name: Name,
  data: JobData[Name],
  options: { within?: Transaction | Database; dedupeKey?: string; delaySeconds?: number } = {},
): Promise<void> {
  const boss = await getSender();
  await boss.send(name, data, {
    ...(options.within ? { db: fromDrizzle(options.within, sql) } : {}),
    ...(options.delaySeconds ? { startAfter: options.delaySeconds } : {}),
    ...(options.dedupeKey ? { singletonKey: options.dedupeKey, singletonSeconds: 60 } : {}),
  });
}
