import "server-only";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { PgBoss, type WorkOptions } from "pg-boss";
import { db } from "@/db/client";
import { env } from "../env";
import { describeError, log } from "../log";
import { enqueue } from "../queue/enqueue";
import { runEventSending } from "../services/event-sending/run";
import { runChangeSender } from "../services/live/send";
import { handlers } from "./handlers";
import { runMessageLoop } from "./message-loop";
import { runWebhookLoop } from "./webhook-loop";
import {
  concurrencyOf,
  firstPriority,
  type JobData,
  type QueueName,
  queueNames,
  queueSchema,
} from "../queue/queues";

/** The worker process: runs the jobs of every queue and updates its heartbeat. */

const heartbeatMs = 5000;
const workerId = randomUUID();

const boss = new PgBoss({
  connectionString: env().DATABASE_URL,
  schema: queueSchema,
  migrate: false,
  createSchema: false,
  max: 6,
  // LISTEN does not work through a transaction-mode pooler; polling finds the jobs.
  useListenNotify: env().DATABASE_PREPARED_STATEMENTS === "on",
});
boss.on("error", (error) => log("error", "queue failed", describeError(error)));
boss.on("warning", () => log("warn", "queue warned"));

const stopController = new AbortController();

/** Besides the wake-ups of new jobs: for retries that are due, and wake-ups lost with a connection. */
const pollingIntervals = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 };

/** More jobs may wait: fetches at once, and not when the next job or poll wakes the queue. */
function fetchNextJob(name: QueueName): void {
  for (const worker of boss.getWipData()) if (worker.name === name) boss.notifyWorker(worker.id);
}

async function startQueue<Name extends QueueName>(name: Name, options: WorkOptions): Promise<void> {
  const handle: (data: JobData[Name], jobId: string, signal: AbortSignal) => Promise<unknown> =
    handlers[name];
  await boss.work<JobData[Name]>(
    name,
    { ...pollingIntervals, batchSize: 1, ...options },
    async ([job]) => {
      if (!job) return;
      const startedAt = performance.now();
      const logFields = () => ({
        job: name,
        jobId: job.id,
        durationMs: Math.round(performance.now() - startedAt),
      });
      try {
        await handle(job.data, job.id, stopController.signal);
        log("info", "job done", logFields());
      } catch (error) {
        log("error", "job failed", { ...logFields(), ...describeError(error) });
        // Store the name only: an error message may quote data.
        throw new Error(error instanceof Error ? error.name : "Error");
      } finally {
        fetchNextJob(name);
      }
    },
  );
}

async function sendHeartbeat(): Promise<void> {
  try {
    await db.shared.execute(sql`
      insert into workers (id) values (${workerId})
      on conflict (id) do update set seen_at = now()
    `);
    await db.shared.execute(sql`delete from workers where seen_at < now() - interval '1 hour'`);
  } catch (error) {
    log("warn", "heartbeat failed", describeError(error));
  }
}

await boss.start();
for (const name of queueNames) {
  const { total, perTenant } = concurrencyOf(name);
  await startQueue(name, {
    localConcurrency: total,
    ...(perTenant && { localGroupConcurrency: perTenant }),
  });
}
// For emails that a known person requested, however many anonymous ones wait or are being sent.
await startQueue("account-mail", { minPriority: firstPriority });
await sendHeartbeat();
// Also after a start, which may bring a new master key.
await enqueue("housekeeping", {}, { dedupeKey: "start" });
// So that a new installation has a version to compare later ones with.
await enqueue("check-scripts", {}, { dedupeKey: "start" });
// A worker that died may have left bulk uploads behind; they are free once its lease has expired.
for (const delaySeconds of [0, 7]) await enqueue("bulk-upload-sweep", {}, { delaySeconds });
const eventSending = runEventSending(stopController.signal);
const changeSender = runChangeSender(stopController.signal);
const heartbeatTimer = setInterval(() => void sendHeartbeat(), heartbeatMs);
const webhookLoop = runWebhookLoop(stopController.signal);
const messageLoop = runMessageLoop(stopController.signal);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);

let isStopping = false;
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearInterval(heartbeatTimer);
  stopController.abort();
  await Promise.race([Promise.all([webhookLoop, messageLoop]), setTimeout(10_000)]);
  await boss.stop({ graceful: true, timeout: 10_000 });
  await changeSender;
  await eventSending;
  await db.shared
    .execute(sql`delete from workers where id = ${workerId}`)
    .catch((error: unknown) => log("warn", "heartbeat failed", describeError(error)));
  await db.close();
  process.exit(0);
}
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
