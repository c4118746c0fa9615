import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "../db/migrate";
import { findFreePort } from "../scripts/ports";
import { startPostgres } from "../scripts/postgres";
import { startProgram } from "../scripts/processes";
import { prepareRoles } from "../scripts/roles";
import { installQueues } from "../server/queue/install";

/**
 * What both sides of a measurement share: one PostgreSQL (durable, as in production), one fake Hero that
 * responds at once, one tenant with a connected practice and links, and a signed-in person.
 */

const practiceGroupId = "90001";

const responses: Record<string, unknown> = {
  "/v1/me": { id: practiceGroupId, name: "Bench Surgery", sector: "nhs" },
  "/v1/me/capabilities": { capabilities: ["sms_messaging"] },
  "/v1/appointment_types": {
    data: [{ id: "1", name: "Flu clinic", duration: 10, slot_count: 400 }],
    count: 1,
  },
  "/v1/locations": { data: [{ id: "2", name: "Main site" }], count: 1 },
  "/v1/me/elements": {
    data: [
      {
        version: "latest",
        config: {},
        element: { name: "Message Builder", tag: "hh-message-builder" },
      },
    ],
    count: 1,
  },
};

/** Responds like Hero, but does nothing: the measurement is of the portal. */
async function startFakeHero() {
  let createdCount = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      createdCount += request.method === "POST" ? 1 : 0;
      const reply =
        request.method === "POST"
          ? {
              booking_link: `https://bookings.example/s/new-${createdCount}`,
              id: String(createdCount),
            }
          : (responses[path] ?? { data: [], count: 0 });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(reply));
    });
  });
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

export type BenchEnvironment = Awaited<ReturnType<typeof startBenchEnvironment>>;

/**
 * @param isProfiled writes a CPU profile of the portal to the current folder when it stops
 * @param hasPortal false for what runs in the worker: no build is needed
 */
export async function startBenchEnvironment({ isProfiled = false, hasPortal = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "portal-bench-"));
  mkdirSync(join(folder, "logs"));
  const password = "only for measurements on loopback";
  const database = await startPostgres({ folder, superuserPassword: password, isDurable: true });
  const { ownerUrl, servingUrl } = await prepareRoles({
    databaseUrl: database.superuserUrl(),
    fallbackPassword: password,
  });
  if (!ownerUrl) throw new Error("The roles could not be created.");
  await migrateDatabase(ownerUrl);
  await installQueues(ownerUrl);
  const fakeHero = await startFakeHero();
  const portalPort = await findFreePort();
  const baselinePort = await findFreePort();
  Object.assign(process.env, {
    NODE_ENV: "production",
    PORT: String(portalPort),
    PUBLIC_URL: `http://localhost:${portalPort}`,
    DATABASE_URL: servingUrl,
    DATABASE_POOL_SIZE: "10",
    AUTH_SECRET: randomBytes(32).toString("hex"),
    MASTER_KEYS: `bench:${randomBytes(32).toString("base64")}`,
    HERO_SANDBOX_URL: fakeHero.url,
    HERO_SANDBOX_LINK_HOSTS: "bookings.example",
    // The limiter runs, with limits that no measurement reaches.
    HERO_RATE_PER_SECOND: "100000",
    HERO_CONCURRENCY: "1000",
    API_RATE_PER_MINUTE: "1000000",
    SMTP_URL: "smtp://127.0.0.1:1",
    LOG_LEVEL: "error",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  const portalAndBaseline = [
    {
      name: "portal",
      args: [...(isProfiled ? ["--cpu-prof"] : []), "--import", "tsx", "scripts/serve.ts"],
      env: {},
    },
    {
      name: "baseline",
      args: ["--conditions=react-server", "--import", "tsx", "bench/baseline-server.ts"],
      env: { BASELINE_PORT: String(baselinePort) },
    },
  ];
  const programs = (hasPortal ? portalAndBaseline : []).map(({ env, ...program }) =>
    startProgram({
      ...program,
      env: { ...process.env, ...env },
      logFile: join(folder, `logs/${program.name}.log`),
      isLogForwarded: false,
      isRestarted: false,
      onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
    }),
  );
  await Promise.all(programs.map((program) => program.ready));
  const [portalPid, baselinePid] = programs.map((program) => program.pid());
  return {
    folder,
    pids: { portal: portalPid, baseline: baselinePid },
    portalUrl: `http://127.0.0.1:${portalPort}`,
    baselineUrl: `http://127.0.0.1:${baselinePort}`,
    /** For measurements that insert rows themselves. */
    superuserUrl: database.superuserUrl(),
    /** Updates the planner's statistics, as autovacuum would within a minute. */
    async analyze() {
      const sql = postgres(database.superuserUrl(), { max: 1 });
      await sql`analyze`;
      await sql.end();
    },
    async stop() {
      for (const program of programs) await program.stop();
      fakeHero.stop();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One tenant with a practice and `linkCount` links, through the services. */
export async function createTenant(linkCount: number, slug = "bench") {
  const { v7: uuidv7 } = await import("uuid");
  const { sql } = await import("drizzle-orm");
  const { db } = await import("../db/client");
  const { users } = await import("../db/schema/accounts");
  const { createSession } = await import("../server/services/accounts/sessions");
  const { createOrganisation } = await import("../server/services/organisations");
  const { connectPractice } = await import("../server/services/practices/connect");
  const { getBookingOptions } = await import("../server/services/practices/read");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const userId = uuidv7();
  const person = { userId, name: "Bench Person", email: `${slug}@example.com` };
  await db.shared
    .insert(users)
    .values({ id: userId, email: person.email, name: person.name, emailVerifiedAt: new Date() });
  const { token } = await createSession(userId, { userAgent: null });
  await createOrganisation(
    { ...person, sessionId: "bench", requestId: "bench", clientAddress: "bench" },
    { name: "Bench", slug },
  );
  const { tenant } = await resolveTenantContext(
    token,
    { tenant: slug, environment: "sandbox" },
    "bench",
  );
  const apiKey = `bench-${randomBytes(16).toString("hex")}`;
  const practice = await connectPractice(tenant, { apiKey, practiceGroupId });
  await getBookingOptions(tenant, { practiceId: practice.id });
  await db.tenant(tenant, (tx) =>
    tx.execute(sql`
      insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome,
        appointment_type_id, appointment_type_name, location_id, location_name, expires_on,
        max_uses, url, created_by)
      select ${tenant.tenantId}, 'sandbox', ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(), '', ${practice.id},
        'active', '1', 'Flu clinic', '2', 'Main site', current_date + 7, 5,
        'https://bookings.example/s/' || ${tenant.tenantId}::text || '-' || n, ${userId}
      from generate_series(1, ${linkCount}) n
    `),
  );
  await db.close();
  return {
    token,
    slug,
    practiceId: practice.id,
    /** Only if `linkCount` is at least 1. */
    firstLinkId: "01900000-0000-7000-8000-000000000001",
    tenantId: tenant.tenantId,
    userId,
    /** An API key with permission to read links. */
    async createApiKey(): Promise<string> {
      const { createApiKey } = await import("../server/services/api-keys/create");
      const { key } = await createApiKey(tenant, { name: "Bench", permissions: ["links.read"] });
      await db.close();
      return key;
    },
  };
}

/** `cpuMs`: CPU time of the server's process for each request, which other programs hardly change. */
export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; cpuMs: number };

/** CPU time of a process so far, from Linux, in steps of 10 ms. */
export function readCpuMs(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10;
}

/** One run of `wrk`, one thread, closed loop; every reply must be 200. @param pid the server's process */
export async function runWrk(
  url: string,
  script: string,
  env: Record<string, string>,
  {
    connections = 16,
    seconds = 5,
    pid,
  }: { connections?: number; seconds?: number; pid?: number | undefined } = {},
): Promise<LoadResult> {
  const cpuBefore = pid ? readCpuMs(pid) : Number.NaN;
  const child = spawn(
    "wrk",
    [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--latency",
      "--timeout",
      "20s",
      "-s",
      script,
      url,
    ],
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  const parseMetric = (pattern: RegExp) => {
    const [, value, unit = ""] = pattern.exec(output) ?? [];
    if (value === undefined) throw new Error(`Unexpected output of wrk: ${output}`);
    const factors: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };
    return Number(value) * (factors[unit] ?? 1);
  };
  if (/Non-2xx|Socket errors/.test(output))
    throw new Error(`Some responses were not 200.\n${output}`);
  return {
    cpuMs: (pid ? readCpuMs(pid) - cpuBefore : Number.NaN) / parseMetric(/(\d+) requests in/),
    perSecond: parseMetric(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: parseMetric(/50%\s+([\d.]+)(us|ms|s)/),
    p99Ms: parseMetric(/99%\s+([\d.]+)(us|ms|s)/),
  };
}

export const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
