import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { resolveLostMessages } from "@/server/services/messages/read-back";
import { type Fault, injectFault, listHeroCalls } from "../support/hero";
import type { BatchWork } from "../support/send-batches";
import { createTenant } from "../support/tenants";
import {
  connectForMessages,
  jobContext,
  type MessagePractice,
  saveSettings,
  superuser,
} from "../services/messages/support";
import {
  countReceived,
  createPatients,
  createReadyBatch,
  startNow,
  view,
} from "../services/message-batches/sending-support";

/** Fewer than a large batch has, to save time. */
const recipientCount = 100;
const practiceGroupId = "30183";

let workers: ChildProcess[] = [];
afterAll(() => workers.forEach((worker) => worker.kill("SIGKILL")));

function startWorkers({ ctx, practiceId }: MessagePractice): void {
  const work: BatchWork = { ctx, practiceId };
  workers = Array.from({ length: 2 }, () =>
    spawn(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", "tests/support/send-batches.ts"],
      {
        env: { ...process.env, BATCH_WORK: JSON.stringify(work) },
        stdio: ["ignore", "ignore", "inherit"],
      },
    ),
  );
}

async function killWorkers(): Promise<void> {
  const exits = workers
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    .map((worker) => once(worker, "exit"));
  for (const worker of workers) worker.kill("SIGKILL");
  await Promise.all(exits);
}

/** The leases and places of dead workers end by themselves, in a minute. */
async function endLeases({ practiceId }: MessagePractice): Promise<void> {
  await superuser`update messages set leased_until = null where practice_id = ${practiceId}`;
  await superuser`update message_batches set leased_until = null where practice_id = ${practiceId}`;
  await superuser`delete from hero_limits`;
}

/** Waits until a worker has been given this fault. */
async function meetFault({ apiKey }: MessagePractice, fault: Omit<Fault, "key">): Promise<void> {
  const countCalls = async () => (await listHeroCalls(apiKey, fault.operation)).length;
  const before = await countCalls();
  await injectFault({ ...fault, key: apiKey });
  await expect.poll(countCalls, { timeout: 120_000, interval: 20 }).toBeGreaterThan(before);
}

/** Keeps a table's rows from being written, and kills the workers once one of them waits for it. */
async function killWhileBlocked(table: string): Promise<void> {
  await superuser.begin(async (sql) => {
    await sql.unsafe(`lock table ${table} in exclusive mode`);
    await expect
      .poll(
        async () => {
          const [row] = await superuser`
            select count(*)::int as count from pg_locks
            where relation = ${table}::regclass and not granted`;
          return row?.count;
        },
        { timeout: 120_000, interval: 20 },
      )
      .toBeGreaterThan(0);
    await killWorkers();
  });
}

it("workers killed at five points, and a database that ends their connections, send nothing twice", {
  timeout: 600_000,
}, async () => {
  const practice = await connectForMessages(await createTenant(), practiceGroupId);
  await saveSettings(await practice.tenant.asOwner(), { firstSlice: 0 });
  const patientIds = await createPatients(practiceGroupId, recipientCount);
  const batchId = await createReadyBatch(practice, patientIds);
  await startNow(practice, batchId);

  const points: (() => Promise<void>)[] = [
    // While the next messages are written.
    () => killWhileBlocked("message_recipients"),
    // While a patient is read, before the claim.
    async () => {
      await meetFault(practice, { operation: "getPatientById", hang: true });
      await killWorkers();
    },
    // After the claim, before Hero has done its work.
    async () => {
      await meetFault(practice, { operation: "sendMessage", hang: true });
      await killWorkers();
    },
    // After Hero has done its work, with its reply on the way.
    async () => {
      await meetFault(practice, { operation: "sendMessage", hang: true, afterWork: true });
      await killWorkers();
    },
    // After the reply, before it is stored.
    () => killWhileBlocked("events"),
    // The database ends every connection while replies are on the way: nothing is lost by that.
    async () => {
      await meetFault(practice, { operation: "sendMessage", delayMs: 300, afterWork: true });
      await superuser`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'portal'`;
      await killWorkers();
    },
  ];
  for (const point of points) {
    startWorkers(practice);
    await point();
    await endLeases(practice);
  }

  // What dead processes left behind is unknown after two minutes.
  await superuser`update messages set claimed_at = claimed_at - interval '3 minutes'
    where practice_id = ${practice.practiceId} and state = 'sending'`;
  await resolveLostMessages(jobContext(practice), practice.practiceId);
  startWorkers(practice);
  await expect
    .poll(async () => (await view(practice, batchId)).state, { timeout: 300_000, interval: 200 })
    .toBe("finished");
  await killWorkers();

  const { counts } = await view(practice, batchId);
  console.info(`Killed at ${points.length} points: ${JSON.stringify(counts)}.`);
  expect(counts).toMatchObject({ total: recipientCount, toSend: 0 });
  expect(counts.sent + counts.notSent + counts.unknown).toBe(recipientCount);
  expect(counts.unknown).toBeGreaterThan(0);
  const { received, most, sends } = await countReceived(practice, patientIds);
  expect(most, "messages that one patient received").toBe(1);
  expect(received).toBeGreaterThanOrEqual(counts.sent);
  expect(received).toBeLessThanOrEqual(counts.sent + counts.unknown);
  expect(sends).toBeLessThanOrEqual(recipientCount);
  const [claimed] = await superuser`
    select count(distinct row_number)::int as rows, count(*)::int as messages
    from messages where batch_id = ${batchId}`;
  expect(claimed).toEqual({ rows: recipientCount, messages: recipientCount });
});
