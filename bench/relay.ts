import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, startBenchEnvironment } from "./harness";

/**
 * How many events a second one worker sends beside a receiver that never answers, as a ratio to a bare loop of
 * fetches that posts the same bytes with the same concurrency; and how long an event takes at 200 a second.
 *
 * Run `npm run bench:relay`.
 */

const backlog = 3_000;
const concurrency = 8;
const ratePerSecond = 200;
const seconds = 20;
const minPerSecond = 200;

process.env.ALLOWED_PRIVATE_HOSTS = "127.0.0.1";

async function startReceiver(isSlow: boolean) {
  let count = 0;
  const arrivals = new Map<string, number>();
  const server = createServer((request, response) => {
    count += 1;
    arrivals.set(String(request.headers["webhook-id"]), performance.now());
    request.resume();
    if (!isSlow) request.on("end", () => response.end());
  });
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    arrivals,
    count: () => count,
    reset: () => (count = 0),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function waitUntil(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const percentile = (values: number[], part: number) =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * part)] ?? 0;

const environment = await startBenchEnvironment({ hasPortal: false });
const quick = await startReceiver(false);
const slow = await startReceiver(true);
try {
  const { slug, token } = await createTenant(0);
  const { db } = await import("../db/client");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const { createDestination } = await import("../server/services/destinations/save");
  const { recordEvent } = await import("../server/services/events/record");
  const { runEventSending } = await import("../server/services/event-sending/run");
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
  for (const { url } of [quick, slow]) {
    await createDestination(tenant, { name: "Bench", url, eventTypes: [], practiceIds: [] });
  }
  for (let done = 0; done < backlog; done += 50) {
    await Promise.all(Array.from({ length: 50 }, () => record(randomUUID())));
  }

  const stopController = new AbortController();
  let startedAt = performance.now();
  const running = runEventSending(stopController.signal);
  await waitUntil(() => quick.count() >= backlog);
  const sentPerSecond = backlog / ((performance.now() - startedAt) / 1000);

  const latencies: number[] = [];
  const start = performance.now();
  const recorded = new Map<string, number>();
  quick.arrivals.clear();
  quick.reset();
  const pending: Promise<void>[] = [];
  for (let index = 0; index < ratePerSecond * seconds; index += 1) {
    const wait = start + (index * 1000) / ratePerSecond - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(
      record(randomUUID()).then(() => void recorded.set(String(index), performance.now())),
    );
  }
  await Promise.all(pending);
  await waitUntil(() => quick.count() >= ratePerSecond * seconds);
  const tookSeconds = (performance.now() - start) / 1000;
  // Both lists in the order of time: how far arrivals are behind.
  const recordedAt = [...recorded.values()].sort((one, other) => one - other);
  [...quick.arrivals.values()]
    .sort((one, other) => one - other)
    .forEach((arrivedAt, index) => latencies.push(arrivedAt - (recordedAt[index] ?? 0)));
  stopController.abort();
  await running;

  quick.reset();
  const body = JSON.stringify({
    type: "link.opened",
    timestamp: new Date().toISOString(),
    data: { practiceId: randomUUID(), linkId: randomUUID(), kind: "booking", reference: null },
  });
  startedAt = performance.now();
  let left = backlog;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) {
        const response = await fetch(quick.url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        await response.arrayBuffer();
      }
    }),
  );
  const barePerSecond = backlog / ((performance.now() - startedAt) / 1000);

  process.stdout.write(
    [
      `sent beside a receiver that never answers   ${sentPerSecond.toFixed(0)} a second`,
      `bare loop of ${concurrency} fetches                      ${barePerSecond.toFixed(0)} a second`,
      `ratio                                       ${(sentPerSecond / barePerSecond).toFixed(3)}`,
      `at ${ratePerSecond} a second: ${((ratePerSecond * seconds) / tookSeconds).toFixed(0)} a second arrived, p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms after they were recorded`,
      `requests open at the slow receiver          ${slow.count()}`,
    ].join("\n") + "\n",
  );
  if (sentPerSecond < minPerSecond) process.exitCode = 1;
  await db.close();
} finally {
  quick.stop();
  slow.stop();
  await environment.stop();
}
