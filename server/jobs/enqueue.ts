import "server-only";
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { type Database, db, type Transaction } from "@/db/client";
import { describeError, log } from "../log";
import { type JobData, type QueueName, queueSchema } from "./queues";

const globals = globalThis as typeof globalThis & { portalQueueSender?: Promise<PgBoss> };

/** A sender only: it speaks over the database's own pool, runs no job and keeps no schedule. */
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
    // The next call tries again: the database may be back by then.
    globals.portalQueueSender = undefined;
    throw error;
  });
  return globals.portalQueueSender;
}

/**
 * Puts a job on its queue. Given a transaction, the job exists exactly if that commits.
 *
 * @param options.once the queue takes no second waiting job with the same key within the minute
 * @param options.afterSeconds how long it is to lie before it runs
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
