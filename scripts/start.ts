import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { migrateDatabase } from "../db/migrate";
import { installQueues } from "../server/jobs/install";
import { buildIfNeeded } from "./build";
import { lockDataDir } from "./data-dir-lock";
import { findFreePort, isPortFree } from "./ports";
import { type EmbeddedPostgres, startPostgres } from "./postgres";
import { type Program, runTask, startProgram, stopTasks } from "./processes";
import { requireNoPendingMigrations, requireServingRole, prepareRoles } from "./roles";
import { readOrCreateSecrets } from "./secrets";
import { loadSettingsFile, readStartSettings } from "./settings";

const startedAt = performance.now();

function logStep(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${text}\n`);
}

/** What was started, in the order in which it is stopped. */
const running: {
  portal?: Program;
  worker?: Program;
  sandbox?: Program;
  postgres?: Promise<EmbeddedPostgres>;
  releaseDataDir?: () => void;
} = {};

let stopping: Promise<void> | undefined;

function stopAll(): Promise<void> {
  stopping ??= (async () => {
    await stopTasks();
    await running.portal?.stop();
    await running.worker?.stop();
    await running.sandbox?.stop();
    const postgres = await running.postgres?.catch(() => undefined);
    await postgres?.stop();
    running.releaseDataDir?.();
  })();
  return stopping;
}

async function fail(message: string): Promise<never> {
  // What fails because we are stopping is no news.
  if (!stopping) process.stderr.write(`${message}\n`);
  await stopAll();
  process.exit(1);
}

let signalCount = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    signalCount++;
    if (signalCount > 1) {
      // Somebody is impatient; PostgreSQL still gets its fast shutdown.
      for (const program of [running.portal, running.worker, running.sandbox]) program?.kill();
      return;
    }
    process.stdout.write("\nStopping.\n");
    void stopAll().then(() => process.exit(0));
  });
}
function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A failed query quotes its text; the reason stands in the cause.
  return error.cause instanceof Error && error.message.startsWith("Failed query")
    ? `The database refused a statement: ${error.cause.message}.`
    : error.message;
}
process.on("uncaughtException", (error) => void fail(errorMessage(error)));
process.on("unhandledRejection", (error) => void fail(errorMessage(error)));

/** `--dev` serves the sources as they are, and again after every change, in place of the build. */
const isDevelopment = process.argv.includes("--dev");

async function readSettings() {
  const unknownArgument = process.argv.slice(2).find((argument) => argument !== "--dev");
  if (unknownArgument)
    throw new Error(`${unknownArgument} is not known here; the only option is --dev.`);
  loadSettingsFile();
  for (const name of ["PORT", "SANDBOX_PORT"]) {
    if (process.env[name] === "0") process.env[name] = String(await findFreePort());
  }
  return readStartSettings(process.env);
}

const settings = await readSettings().catch((error: unknown) => fail(errorMessage(error)));
const { dataDir, isDemo } = settings;
const logFolder = join(dataDir, "logs");

/** A port may be held for a moment by what an interrupted start left behind. */
async function requireFreePort(
  variable: string,
  port: number,
  host: string | undefined,
  waitMs = 0,
) {
  const deadline = Date.now() + waitMs;
  while (!(await isPortFree(port, host))) {
    if (Date.now() >= deadline) {
      throw new Error(
        `Port ${port} is in use: stop what listens there, or set ${variable} to another.`,
      );
    }
    await sleep(100);
  }
}

async function startEmbeddedPostgres(): Promise<EmbeddedPostgres> {
  return startPostgres({
    folder: dataDir,
    superuserPassword: readOrCreateSecrets(dataDir).databasePassword,
    isDurable: settings.isEmbeddedDatabaseDurable,
  });
}

async function startDatabase() {
  const secrets = readOrCreateSecrets(dataDir);
  let databaseUrl = settings.databaseUrl;
  if (!databaseUrl) {
    running.postgres = startEmbeddedPostgres();
    const postgres = await running.postgres;
    restartPostgresOnExit(postgres);
    databaseUrl = postgres.superuserUrl();
  }
  const addresses = await prepareRoles({
    databaseUrl,
    adminUrl: settings.databaseAdminUrl,
    ownerUrl: settings.databaseOwnerUrl,
    fallbackPassword: secrets.databasePassword,
  });
  if (addresses.ownerUrl) {
    await migrateDatabase(addresses.ownerUrl);
    await installQueues(addresses.ownerUrl);
  } else await requireNoPendingMigrations(addresses.servingUrl);
  await requireServingRole(addresses.servingUrl);
  logStep("Database ready");
  return { servingUrl: addresses.servingUrl, secrets };
}

const tsxArgs = ["--import", "tsx"];
// Rooms behind `server-only` can be loaded only under the condition that Next sets for them.
const serverArgs = ["--conditions=react-server", ...tsxArgs];

function startSupervised(
  name: "portal" | "worker" | "sandbox",
  args: string[],
  env: NodeJS.ProcessEnv,
  options: Pick<Parameters<typeof startProgram>[0], "isRestarted" | "envOnRestart">,
): Program {
  return startProgram({
    name,
    args,
    env,
    logFile: join(logFolder, `${name}.log`),
    isLogForwarded: !isDemo && name !== "sandbox",
    ...options,
    onRestart: (programName, waitMs) =>
      logStep(`The ${programName} ended; starting it again in ${waitMs} ms`),
    onGiveUp: (programName, lastLines) =>
      void fail(
        [
          `The ${programName} ended unexpectedly; ${join(logFolder, `${programName}.log`)} has all it wrote.`,
          ...lastLines,
        ].join("\n"),
      ),
  });
}

type Sandbox = { url: string; smtpPort: number };

// Also for its inbox alone, where only Hero is somewhere else.
const isSandboxNeeded = isDemo && !(process.env.HERO_SANDBOX_URL && process.env.SMTP_URL);

async function startSandbox(): Promise<Sandbox | undefined> {
  if (!isSandboxNeeded) return undefined;
  running.sandbox = startSupervised(
    "sandbox",
    [...tsxArgs, "sandbox/main.ts"],
    {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      SANDBOX_PORT: String(settings.sandboxPort),
      SANDBOX_SMTP_PORT: String(settings.sandboxSmtpPort),
      SANDBOX_PUBLIC_URL: settings.sandboxPublicUrl,
    },
    {
      isRestarted: true,
      // The portal knows the port of the inbox from the first time.
      envOnRestart: (ready) => ({ SANDBOX_SMTP_PORT: String(ready.smtpPort) }),
    },
  );
  const { url, smtpPort } = await running.sandbox.ready;
  logStep("Sandbox ready");
  return { url: String(url), smtpPort: Number(smtpPort) };
}

/**
 * Starts PostgreSQL again when it goes away by itself, at the same address: what serves has found
 * its way back before. Gives up when that does not last.
 */
function restartPostgresOnExit(server: EmbeddedPostgres, recentExits: number[] = []): void {
  const minuteMs = 60_000;
  const maxExits = 3;
  const restart = async () => {
    if (stopping) return;
    const exits = [
      ...recentExits.filter((exitedAtMs) => exitedAtMs > Date.now() - minuteMs),
      Date.now(),
    ];
    if (exits.length > maxExits) {
      throw new Error(
        `PostgreSQL ends again and again; ${join(logFolder, "postgres.log")} says why.`,
      );
    }
    logStep("PostgreSQL ended; starting it again");
    running.postgres = startEmbeddedPostgres();
    const restarted = await running.postgres;
    if (restarted.port !== server.port)
      throw new Error("PostgreSQL ended, and its port was taken.");
    restartPostgresOnExit(restarted, exits);
  };
  server.process.once("exit", () => {
    restart().catch((error: unknown) => fail(errorMessage(error)));
  });
}

const demoFileSchema = z.object({
  inboxUrl: z.string(),
  tenants: z
    .array(
      z.object({
        slug: z.string(),
        users: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
      }),
    )
    .min(1),
});

function describeDemo(): string[] {
  const file = join(dataDir, "demo.json");
  if (!isDemo || !existsSync(file)) return [];
  const { tenants, inboxUrl } = demoFileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const users = tenants[0]?.users ?? [];
  const owner = users.find((user) => user.role === "owner") ?? users[0];
  return [
    ...(owner ? [`Sign in with ${owner.email} and the password ${owner.password}`] : []),
    `Inbox: ${inboxUrl}`,
  ];
}

type Health = { status: number; text: string };

async function fetchHealth(): Promise<Health> {
  const host = settings.listenHost ?? "127.0.0.1";
  return new Promise((resolve) => {
    const request = get(
      {
        host: host === "0.0.0.0" ? "127.0.0.1" : host,
        port: settings.port,
        path: "/api/health",
        headers: { host: `localhost:${settings.port}` },
        timeout: 5_000,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on("timeout", () => request.destroy(new Error("no answer in 5 s")));
    request.on("error", (error) => resolve({ status: 0, text: error.message }));
  });
}

async function waitForHealth(): Promise<void> {
  const waitMs = 60_000;
  const deadline = Date.now() + waitMs;
  for (;;) {
    const health = await fetchHealth();
    if (health.status === 200) return;
    if (Date.now() > deadline) {
      throw new Error(`The portal did not become healthy in 60 s: ${health.text.slice(0, 300)}`);
    }
    await sleep(50);
  }
}

function buildPortalEnv(
  database: Awaited<ReturnType<typeof startDatabase>>,
  sandbox: Sandbox | undefined,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: isDevelopment ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(settings.port),
    PUBLIC_URL: settings.publicUrl.origin,
    ELEMENTS_ORIGIN: settings.elementsUrl.origin,
    DATABASE_URL: database.servingUrl,
    // Empty, not absent: Next would read them again from `.env`, and the portal has no use for them.
    DATABASE_ADMIN_URL: "",
    DATABASE_OWNER_URL: "",
    AUTH_SECRET: process.env.AUTH_SECRET || database.secrets.authSecret,
    MASTER_KEYS: process.env.MASTER_KEYS || database.secrets.masterKeys,
    HERO_SANDBOX_URL: process.env.HERO_SANDBOX_URL || sandbox?.url,
    SMTP_URL: process.env.SMTP_URL || (sandbox && `smtp://127.0.0.1:${sandbox.smtpPort}`),
    DATA_DIR: dataDir,
  };
}

async function seedDemo(env: NodeJS.ProcessEnv, sandbox: Sandbox | undefined) {
  const { code, output } = await runTask(process.execPath, [...serverArgs, "scripts/seed.ts"], {
    ...env,
    SANDBOX_URL: sandbox?.url ?? env.HERO_SANDBOX_URL,
  });
  if (code !== 0) throw new Error(`The demo could not be seeded.\n${output.trim()}`);
  logStep("Demo seeded");
}

async function buildPortal(): Promise<void> {
  const wasBuilt = await buildIfNeeded(() => logStep("Building the portal"));
  if (wasBuilt) logStep("Portal built");
}

async function start(): Promise<void> {
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const dataDirLock = lockDataDir(dataDir);
  running.releaseDataDir = dataDirLock.release;
  const waitMs = dataDirLock.wasInterrupted ? 20_000 : 0;
  await requireFreePort("PORT", settings.port, settings.listenHost, waitMs);
  if (isSandboxNeeded) {
    await requireFreePort("SANDBOX_PORT", settings.sandboxPort, "127.0.0.1", waitMs);
  }

  const building = isDevelopment ? Promise.resolve() : buildPortal();
  const [database, sandbox] = await Promise.all([
    startDatabase(),
    startSandbox(),
    // Its own failure is reported below; this only lets it stop the others at once.
    Promise.race([building, sleep(0)]),
  ]);
  const env = buildPortalEnv(database, sandbox);
  const seeding = isDemo ? seedDemo(env, sandbox) : Promise.resolve();
  running.worker = startSupervised("worker", [...serverArgs, "server/jobs/worker.ts"], env, {
    isRestarted: true,
  });
  const serving = building.then(async () => {
    if (stopping) return;
    running.portal = startSupervised("portal", [...tsxArgs, "scripts/serve.ts"], env, {
      isRestarted: false,
    });
    await running.portal.ready;
    await waitForHealth();
  });
  await Promise.all([seeding, serving]);

  logStep("Portal, worker and database healthy");
  process.stdout.write(
    [`Ready: ${settings.publicUrl.origin}`, ...describeDemo(), "Ctrl-C stops everything.", ""].join(
      "\n",
    ),
  );
}

await start().catch((error: unknown) => fail(errorMessage(error)));
