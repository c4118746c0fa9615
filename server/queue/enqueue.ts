import "server-only";
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { type Database, db, type Transaction } from "@/db/client";
import { describeError, log } from "../log";
import { firstPriority, groupOf, type JobData, type QueueName, queueSchema } from "./queues";

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

/** What one job ahead of another of its group counts for, in seconds. */
const turnSeconds = 5;
const priorityEpochMs = Date.UTC(2025, 0, 1);

/**
 * A group's first waiting job is due now, its second one turn later, and so on; the earliest due goes first.
 * So a group with many jobs does not delay the first job of another, and no job waits for ever.
 */
function fairPriority(jobsAhead: number): number {
  const nowSeconds = Math.floor((Date.now() - priorityEpochMs) / 1000);
  return -(nowSeconds + jobsAhead * turnSeconds);
}

async function countWaiting(
  database: Transaction | Database,
  name: QueueName,
  column: "group_id" | "singleton_key",
  value: string,
): Promise<number> {
  const [row] = await database.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from ${sql.identifier(queueSchema)}.job
    where name = ${name} and ${sql.identifier(column)} = ${value} and state in ('created', 'retry')`);
  return row?.waiting ?? 0;
}

/**
 * Adds a job to its queue. Jobs of one group take turns with those of others.
 *
 * @param options.within the transaction that has to commit for the job to exist
 * @param options.dedupeKey a second job with this key within the same minute is dropped
 * @param options.group the group, if it is not the one of the data
 * @param options.key what `enqueueUnlessWaiting` compares
 * @param options.jobsAhead how many jobs of the group are ahead; counted if it is not given
 */
export async function enqueue<Name extends QueueName>(
  name: Name,
  data: JobData[Name],
  options: {
    within?: Transaction | Database;
    dedupeKey?: string;
    delaySeconds?: number;
    group?: string;
    jobsAhead?: number;
    key?: string;
  } = {},
): Promise<void> {
  const boss = await getSender();
  const database = options.within ?? db.shared;
  const group = options.group ?? groupOf(data);
  const priority = group
    ? fairPriority(options.jobsAhead ?? (await countWaiting(database, name, "group_id", group)))
    : firstPriority;
  await boss.send(name, data, {
    priority,
    ...(group ? { group: { id: group } } : {}),
    ...(options.within ? { db: fromDrizzle(options.within, sql) } : {}),
    ...(options.delaySeconds ? { startAfter: options.delaySeconds } : {}),
    ...(options.key ? { singletonKey: options.key } : {}),
    ...(options.dedupeKey ? { singletonKey: options.dedupeKey, singletonSeconds: 60 } : {}),
  });
}

/** Adds a job unless one with the same key still waits in the queue. */
export async function enqueueUnlessWaiting<Name extends QueueName>(
  name: Name,
  data: JobData[Name],
  key: string,
): Promise<void> {
  if ((await countWaiting(db.shared, name, "singleton_key", key)) === 0) {
    await enqueue(name, data, { key });
  }
}
