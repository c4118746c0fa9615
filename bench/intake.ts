import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { Agent, request } from "undici";
import { findFreePort } from "../scripts/ports";
import { startProgram } from "../scripts/processes";
import { createTenant, type LoadResult, median, runWrk, startBenchEnvironment } from "./harness";

/**
 * Receiving deliveries, on the server in front of Next, beside the bare equivalent in
 * `bench/intake-baseline-server.ts`: same machine, same durable database, in one run.
 *
 * 1. `wrk`, one thread, 64 connections, 5 s for each turn, deliveries to 10 endpoints, none of them twice; three
 *    warm-up turns each, then three rounds in which portal and baseline alternate; the ratio of the medians.
 * 2. 500 deliveries a second for 20 s on a schedule: the time from when each was due to its answer.
 * 3. The same turns again beside 5 million stored deliveries (`--stored=` for another number).
 *
 * Run `npm run bench:intake` on a built checkout; needs `wrk`. `-- --profile` writes a CPU profile of the portal.
 */

const endpointCount = 10;
const deliveriesATurn = 120_000;
const storedArgument = process.argv.find((argument) => argument.startsWith("--stored="));
const storedCount = Number(storedArgument?.split("=")[1] ?? 5_000_000);

const isProfiled = process.argv.includes("--profile");
const environment = await startBenchEnvironment({ isProfiled });
const print = (text: string) => process.stdout.write(`${text}\n`);

/** CPU time in ms of PostgreSQL's processes. */
function readDatabaseCpuMs(): number {
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const owner = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      const parent = readFileSync(`/proc/${owner[1]}/cmdline`, "utf8");
      if (!parent.includes(environment.folder)) continue;
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("postgres:")) continue;
      ticks += Number(owner[11]) + Number(owner[12]);
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks * 10;
}

try {
  const tenant = await createTenant(0);
  const { db } = await import("../db/client");
  const { createJobContext } = await import("../server/tenancy/job");
  const { loadDataKey } = await import("../server/services/practices/stored-key");
  const { deliveryBody, insertEndpoint, signedHeaders } = await import(
    "../tests/support/webhook-intake"
  );
  const ctx = createJobContext({ tenantId: tenant.tenantId, environment: "sandbox" }, "bench");
  const dataKey = await db.tenant(ctx, (tx) => loadDataKey(tx, ctx));
  const endpoints = await Promise.all(
    Array.from({ length: endpointCount }, () =>
      insertEndpoint(ctx, { id: tenant.practiceId, practiceGroupId: "90001" }),
    ),
  );
  const baselinePort = await findFreePort();
  const baseline = startProgram({
    name: "intake-baseline",
    args: ["--import", "tsx", "bench/intake-baseline-server.ts"],
    env: {
      ...process.env,
      BASELINE_PORT: String(baselinePort),
      BENCH_ENDPOINTS: JSON.stringify({
        tenantId: ctx.tenantId,
        dataKeyId: dataKey.id,
        endpoints: Object.fromEntries(
          endpoints.map(({ urlToken, id, signingKey }) => [urlToken, { id, signingKey }]),
        ),
      }),
    },
    logFile: join(environment.folder, "logs/intake-baseline.log"),
    isLogForwarded: false,
    isRestarted: false,
    onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
  });
  await baseline.ready;

  const createDelivery = (index: number) => {
    const endpoint = endpoints[index % endpointCount] ?? endpoints[0];
    if (!endpoint) throw new Error("There is no endpoint.");
    const body = deliveryBody(endpoint, { id: randomBytes(8).toString("hex") });
    return { endpoint, body, headers: signedHeaders(endpoint.signingKey, body) };
  };

  const servers = {
    portal: { url: environment.portalUrl, pid: environment.pids.portal },
    baseline: { url: `http://127.0.0.1:${baselinePort}`, pid: baseline.pid() },
  };
  type Server = keyof typeof servers;
  type Turn = LoadResult & { databaseCpuMs: number };
  const deliveriesFile = join(environment.folder, "deliveries.txt");

  async function runTurn(server: Server): Promise<Turn> {
    const lines = Array.from({ length: deliveriesATurn }, (_, index) => {
      const { endpoint, body, headers } = createDelivery(index);
      const { "x-herohealth-timestamp": timestamp, "x-herohealth-signature": signature } = headers;
      return `${endpoint.urlToken} ${timestamp} ${signature} ${body}`;
    });
    writeFileSync(deliveriesFile, lines.join("\n"));
    const { url, pid } = servers[server];
    const before = readDatabaseCpuMs();
    const result = await runWrk(
      url,
      fileURLToPath(new URL("./intake.lua", import.meta.url)),
      { BENCH_DELIVERIES: deliveriesFile },
      { connections: 64, pid },
    );
    const databaseCpuMs = (readDatabaseCpuMs() - before) / (result.perSecond * 5);
    return { ...result, databaseCpuMs };
  }

  async function measure(names: readonly Server[]) {
    const turns: Record<Server, Turn[]> = { portal: [], baseline: [] };
    for (let round = -3; round < 3; round++) {
      for (const server of names) {
        const turn = await runTurn(server);
        if (round >= 0) turns[server].push(turn);
      }
    }
    const medians = (server: Server) => {
      const of = (metric: keyof Turn) => median(turns[server].map((turn) => turn[metric]));
      return {
        perSecond: of("perSecond"),
        p50Ms: of("p50Ms"),
        p99Ms: of("p99Ms"),
        cpuMs: of("cpuMs"),
        databaseCpuMs: of("databaseCpuMs"),
      };
    };
    for (const server of names) {
      const { perSecond, p50Ms, p99Ms, cpuMs, databaseCpuMs } = medians(server);
      print(
        `  ${server.padEnd(8)} ${perSecond.toFixed(0)} a second, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, CPU ${cpuMs.toFixed(3)} ms + PostgreSQL ${databaseCpuMs.toFixed(3)} ms`,
      );
    }
    return { portal: medians("portal"), baseline: medians("baseline") };
  }

  /** Deliveries at a fixed rate: what is due is sent, however many are still unanswered. */
  async function measureSchedule(rate: number, seconds: number): Promise<number[]> {
    const agent = new Agent({ connections: 64, keepAliveTimeout: 60_000 });
    const deliveries = Array.from({ length: rate * seconds }, (_, index) => createDelivery(index));
    const startedAt = performance.now() + 100;
    const times = await Promise.all(
      deliveries.map(async ({ endpoint, body, headers }, index) => {
        const dueAt = startedAt + (index * 1000) / rate;
        await sleep(dueAt - performance.now());
        const answer = await request(`${environment.portalUrl}/api/hooks/${endpoint.urlToken}`, {
          dispatcher: agent,
          method: "POST",
          headers,
          body,
        });
        await answer.body.dump();
        if (answer.statusCode !== 200) throw new Error(`The answer was ${answer.statusCode}.`);
        return performance.now() - dueAt;
      }),
    );
    await agent.close();
    return times.toSorted((a, b) => a - b);
  }

  const superuser = postgres(environment.superuserUrl, { max: 1, onnotice: () => {} });

  print(`Load of the machine before: ${loadavg()[0]?.toFixed(1)}`);
  const empty = await measure(["portal", "baseline"]);
  print(
    `intake: ratio ${(empty.portal.perSecond / empty.baseline.perSecond).toFixed(2)} (target at least 1.0)`,
  );

  const times = await measureSchedule(500, 20);
  const percentile = (fraction: number) => times[Math.floor(times.length * fraction)] ?? Number.NaN;
  print(
    `at 500 a second: p50 ${percentile(0.5).toFixed(1)} ms, p99 ${percentile(0.99).toFixed(1)} ms (target at most 50)`,
  );

  print(`Storing ${storedCount} deliveries`);
  const ids = endpoints.map(({ id }) => id);
  for (let from = 0; from < storedCount; from += 500_000) {
    await superuser.begin(async (tx) => {
      // The rows are right by themselves; checking five million foreign keys says nothing about intake.
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into webhook_deliveries (tenant_id, environment, id, endpoint_id, dedupe_hash, received_at, sent_at,
          event_type, object_type, object_id, headers, body_size, sealed_body, data_key_id, state, processed_at)
        select ${ctx.tenantId}, 'sandbox',
          ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (${ids}::uuid[])[n % ${endpointCount} + 1],
          decode(lpad(to_hex(1700000000000 + n), 12, '0'), 'hex') || sha256(n::text::bytea),
          now() - interval '30 days', now() - interval '30 days', 'appointment.confirmed', 'Appointment',
          n::text, '{"content-type": "application/json", "x-herohealth-timestamp": "1700000000"}', 120,
          sha256(n::text::bytea) || sha256((-n)::text::bytea) || sha256((n + 1)::text::bytea)
            || sha256((n + 2)::text::bytea) || sha256((n + 3)::text::bytea),
          ${dataKey.id}, 'done', now()
        from generate_series(${from}::int + 1, ${Math.min(from + 500_000, storedCount)}::int) n`;
    });
  }
  await superuser`vacuum analyze webhook_deliveries`;
  await superuser`checkpoint`;
  const [size] = await superuser`
    select pg_size_pretty(pg_total_relation_size('webhook_deliveries')) as size`;
  print(`Load of the machine: ${loadavg()[0]?.toFixed(1)}; the table has ${size?.size}`);
  const full = await measure(["portal", "baseline"]);
  const cost = (turn: { cpuMs: number; databaseCpuMs: number }) => turn.cpuMs + turn.databaseCpuMs;
  print(
    `from 0 to ${storedCount} deliveries: CPU of a delivery × ${(cost(full.portal) / cost(empty.portal)).toFixed(2)}, time × ${(empty.portal.perSecond / full.portal.perSecond).toFixed(2)} (target at most 1.2)`,
  );
  print(
    `beside ${storedCount} deliveries: ratio ${(full.portal.perSecond / full.baseline.perSecond).toFixed(2)}`,
  );
  await superuser.end();
  await db.close();
  await baseline.stop();
} finally {
  await environment.stop();
}
process.exit(0);
