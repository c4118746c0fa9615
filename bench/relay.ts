import { randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { findFreePort } from "../scripts/ports";
import { startProgram } from "../scripts/processes";
import { createTenant, readCpuMs, startBenchEnvironment } from "./harness";

/**
 * How many events a second one worker sends beside a receiver that never answers, as a ratio to a bare loop of
 * fetches that posts the same bytes with as many at once; and how long an event takes at 200 a second.
 *
 * Method: the sender and the receivers are processes of their own; this one only records events. After a few events
 * to warm up, PostgreSQL's statistics are updated, as autovacuum would within a minute. Then
 *
 * 1. 3,000 events wait when the sender starts; measured from the first arrival to the last.
 * 2. 200 events a second are recorded for 20 s; for each, the time from its commit to its arrival.
 *
 * Each part ends after two minutes, with what has arrived by then. Run `npm run bench:relay`;
 * `BENCH_EVENTS=300 BENCH_SECONDS=5` is quicker.
 */

const backlog = Number(process.env.BENCH_EVENTS ?? 3_000);
const seconds = Number(process.env.BENCH_SECONDS ?? 20);
const ratePerSecond = 200;
/** As many as the sender has at one destination. */
const bareConcurrency = 8;
const limitMs = 120_000;

process.env.ALLOWED_PRIVATE_HOSTS = "127.0.0.1";

const print = (text: string) => process.stdout.write(`${text}\n`);
const clock = () => performance.timeOrigin + performance.now();
const percentile = (values: readonly number[], part: number) =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)] ??
  Number.NaN;
/** A second, from the first of these times to the last. */
const rateOf = (times: readonly number[]) =>
  (times.length - 1) / ((Math.max(...times) - Math.min(...times)) / 1000);

const environment = await startBenchEnvironment({ hasPortal: false });

async function startBenchProgram(name: string, env: Record<string, string> = {}) {
  const program = startProgram({
    name,
    args: ["--conditions=react-server", "--import", "tsx", `bench/${name}.ts`],
    env: { ...process.env, ...env },
    logFile: join(environment.folder, `logs/${name}.log`),
    isLogForwarded: false,
    isRestarted: false,
    onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
  });
  await program.ready;
  return program;
}

try {
  print(`Load of the machine before: ${loadavg()[0]?.toFixed(1)}`);
  const port = await findFreePort();
  const receiverUrl = `http://127.0.0.1:${port}`;
  const receiver = await startBenchProgram("relay-receiver", { BENCH_PORT: String(port) });

  async function readArrivals(): Promise<Map<string, number>> {
    const answer = await request(`${receiverUrl}/arrivals`);
    return new Map((await answer.body.json()) as [string, number][]);
  }
  async function forgetArrivals(): Promise<void> {
    const answer = await request(`${receiverUrl}/arrivals`, { method: "DELETE" });
    await answer.body.dump();
  }
  /** @returns how many requests the silent receiver has open then */
  async function waitForArrivals(count: number): Promise<number> {
    const endsAt = performance.now() + limitMs;
    for (;;) {
      const answer = await request(`${receiverUrl}/counts`);
      const { arrived, open } = (await answer.body.json()) as { arrived: number; open: number };
      if (arrived >= count) return open;
      if (performance.now() > endsAt) {
        print(`Only ${arrived} of ${count} events arrived in ${limitMs / 1000} s.`);
        process.exitCode = 1;
        return open;
      }
      await sleep(50);
    }
  }

  const { slug, token } = await createTenant(0);
  const { db } = await import("../db/client");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const { createDestination } = await import("../server/services/destinations/save");
  const { recordEvent } = await import("../server/services/events/record");
  const scope = { tenant: slug, environment: "sandbox" };
  const { tenant } = await resolveTenantContext(token, scope, "bench");

  const record = (linkId: string) =>
    db.tenant(tenant, (tx) =>
      recordEvent(tx, tenant, {
        type: "link.opened",
        key: linkId,
        subjectId: linkId,
        data: { practiceId: linkId, linkId, kind: "booking", reference: null },
      }),
    );
  async function recordMany(count: number): Promise<void> {
    for (let done = 0; done < count; done += 50) {
      const length = Math.min(50, count - done);
      await Promise.all(Array.from({ length }, () => record(randomUUID())));
    }
  }

  for (const path of ["quick", "silent"]) {
    const url = `${receiverUrl}/${path}`;
    await createDestination(tenant, { name: path, url, eventTypes: [], practiceIds: [] });
  }

  await recordMany(200);
  const warmUp = await startBenchProgram("relay-sender");
  await waitForArrivals(200);
  await warmUp.stop();
  await recordMany(backlog);
  await environment.analyze();
  await forgetArrivals();

  const sender = await startBenchProgram("relay-sender");
  const readSenderCpuMs = () => readCpuMs(sender.pid() ?? process.pid);
  const cpuBeforeMs = readSenderCpuMs();
  const openCount = await waitForArrivals(backlog);
  const backlogCpuMs = readSenderCpuMs() - cpuBeforeMs;
  const sentPerSecond = rateOf([...(await readArrivals()).values()]);
  print(
    `${backlog} waiting events, beside ${openCount} open requests at a receiver that never answers: ${sentPerSecond.toFixed(0)} a second (target at least ${ratePerSecond}), CPU of the sender ${(backlogCpuMs / backlog).toFixed(2)} ms an event`,
  );

  await forgetArrivals();
  const recordedAt = new Map<string, number>();
  const startedAt = performance.now() + 100;
  await Promise.all(
    Array.from({ length: ratePerSecond * seconds }, async (_, index) => {
      await sleep(startedAt + (index * 1000) / ratePerSecond - performance.now());
      const linkId = randomUUID();
      await record(linkId);
      recordedAt.set(linkId, clock());
    }),
  );
  const recordedPerSecond = rateOf([...recordedAt.values()]);
  await waitForArrivals(recordedAt.size);
  const arrivals = await readArrivals();
  const latencies = [...arrivals].map(
    ([linkId, at]) => at - (recordedAt.get(linkId) ?? Number.NaN),
  );
  print(
    `${recordedPerSecond.toFixed(0)} recorded a second: ${rateOf([...arrivals.values()]).toFixed(0)} a second arrived, p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms after their commit`,
  );
  await sender.stop();

  const agent = new Agent({ connections: bareConcurrency });
  const createBody = () =>
    JSON.stringify({
      type: "link.opened",
      timestamp: new Date().toISOString(),
      data: { practiceId: randomUUID(), linkId: randomUUID(), kind: "booking", reference: null },
    });
  const bareStartedAt = performance.now();
  let left = backlog;
  await Promise.all(
    Array.from({ length: bareConcurrency }, async () => {
      while (left-- > 0) {
        const answer = await request(`${receiverUrl}/quick`, {
          dispatcher: agent,
          method: "POST",
          headers: { "content-type": "application/json" },
          body: createBody(),
        });
        await answer.body.dump();
      }
    }),
  );
  const barePerSecond = backlog / ((performance.now() - bareStartedAt) / 1000);
  print(
    `bare loop of ${bareConcurrency} fetches, without a database: ${barePerSecond.toFixed(0)} a second; ratio ${(sentPerSecond / barePerSecond).toFixed(3)}`,
  );
  if (!(sentPerSecond >= ratePerSecond)) process.exitCode = 1;
  await agent.close();
  await receiver.stop();
  await db.close();
} finally {
  await environment.stop();
}
process.exit();
