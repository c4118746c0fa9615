import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { createTenant, median, readCpuMs, startBenchEnvironment } from "./harness";

/**
 * How long a change takes to reach 1,000 open pages: from before its transaction until each stream has its event.
 * Beside it a bare `node:http` server with as many streams, which a plain `NOTIFY` in the change's transaction
 * wakes, and which checks no session.
 *
 * Method: 1,000 streams each, read in this process, which also sends the batches as the worker does; 40 changes one
 * after the other, 300 ms apart, alternating between the two; percentiles over all streams and changes.
 *
 * Run `npm run bench:live` on a built checkout.
 */

const streamCount = 1_000;
const changeCount = 40;
const pauseMs = 300;
const channel = "bench_changes";

process.env.LIVE_STREAMS_PER_PERSON = String(streamCount + 10);
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

/** Opens a stream and calls `onEvent` for what it delivers after its first event. */
async function openStream(url: string, cookie: string, onText: (text: string) => void) {
  const outgoing = request(url, { agent, headers: { cookie } });
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`Status ${response.statusCode}.`);
  response.setEncoding("utf8");
  response.on("data", onText);
}

async function openStreams(url: string, cookie: string, onText: (text: string) => void) {
  let left = streamCount;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await openStream(url, cookie, onText);
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
}

/** Writes the channel's payload to every response. */
async function startBareServer(sql: postgres.Sql) {
  const responses = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    responses.add(response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: ready\n\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await sql.listen(channel, (payload) => {
    for (const response of responses) response.write(`data: ${payload}\n\n`);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => server.closeAllConnections(),
  };
}

/** Counts the streams that delivered a change, and how long each took. */
function createStopwatch() {
  let wanted = "";
  let startedAt = 0;
  let arrived = 0;
  let all = Promise.withResolvers<void>();
  const latencies: number[] = [];
  return {
    latencies,
    onText: (text: string): void => {
      if (wanted === "" || !text.includes(wanted)) return;
      latencies.push(performance.now() - startedAt);
      arrived += 1;
      if (arrived === streamCount) all.resolve();
    },
    async measure(text: string, change: () => Promise<unknown>) {
      wanted = text;
      arrived = 0;
      all = Promise.withResolvers();
      startedAt = performance.now();
      await change();
      await all.promise;
      wanted = "";
    },
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const environment = await startBenchEnvironment();
const sql = postgres(environment.superuserUrl, { max: 2, onnotice: () => undefined });
const stopSender = new AbortController();
try {
  const tenant = await createTenant(1);
  const { db } = await import("../db/client");
  const { recordChange } = await import("../server/services/live/record-change");
  const { runChangeSender } = await import("../server/services/live/send");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const path = { tenant: tenant.slug, environment: "sandbox" };
  const { tenant: ctx, livePosition } = await resolveTenantContext(tenant.token, path, "bench");
  const sender = runChangeSender(stopSender.signal);

  const live = createStopwatch();
  const bare = createStopwatch();
  const bareServer = await startBareServer(sql);
  const cookie = `portal-session=${tenant.token}`;
  const input = encodeURIComponent(JSON.stringify({ lastEventId: String(livePosition) }));
  const openedAt = performance.now();
  await openStreams(
    `${environment.portalUrl}/api/trpc/${tenant.slug}/sandbox/live.changes?input=${input}`,
    cookie,
    live.onText,
  );
  const openMs = performance.now() - openedAt;
  await openStreams(bareServer.url, cookie, bare.onText);

  const ids = Array.from({ length: changeCount + 2 }, (_, index) =>
    createHash("sha256").update(String(index)).digest("hex").slice(0, 32),
  );
  const readPortalCpuMs = () => readCpuMs(environment.pids.portal ?? process.pid);
  let cpuBefore = 0;
  for (const [index, id] of ids.entries()) {
    if (index === 2) {
      live.latencies.length = 0;
      bare.latencies.length = 0;
      cpuBefore = readPortalCpuMs();
    }
    await live.measure(id, () => db.tenant(ctx, (tx) => recordChange(tx, ctx, "links", id)));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await bare.measure(id, () => sql`select pg_notify(${channel}, ${id})`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const cpuMs = (readPortalCpuMs() - cpuBefore) / changeCount;
  const describe = ({ latencies }: typeof live) =>
    `p50 ${median(latencies).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms`;
  process.stdout.write(
    `${streamCount} streams opened in ${(openMs / 1000).toFixed(1)} s\n` +
      `change to stream: ${describe(live)} (target p99 at most 500 ms), of which up to 100 ms until the batch; CPU of the portal ${cpuMs.toFixed(0)} ms a change\n` +
      `bare: ${describe(bare)}\n`,
  );
  stopSender.abort();
  await sender;
  bareServer.stop();
  await db.close();
} finally {
  await sql.end({ timeout: 1 });
  await environment.stop();
}
process.exit(0);
