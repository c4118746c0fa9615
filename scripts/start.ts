import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localElementsOrigin } from "../server/env";
import { buildIfNeeded } from "./build";
import { lockDataDir } from "./data-dir-lock";
import { findDemo } from "./demo-file";
import { findFreePort, isPortFree } from "./ports";
import { type Program, runTask, startProgram } from "./processes";
import { loadSettingsFile, readStartSettings } from "./settings";
import { type StartedDatabase, startDatabase } from "./start/database";
import { waitForHealth } from "./start/health";
import { fail, handleSignals, isStopping, logStep, running } from "./start/lifecycle";
import { inspectorPorts, readStartOptions, startHelp } from "./start/options";
import { restartOnChange } from "./start/watch";

handleSignals();

async function readCommandLine() {
  const options = readStartOptions(process.argv.slice(2));
  if (options.isHelp) {
    process.stdout.write(startHelp);
    process.exit(0);
  }
  loadSettingsFile();
  for (const name of ["PORT", "SANDBOX_PORT"]) {
    if (process.env[name] === "0") process.env[name] = String(await findFreePort());
  }
  return { ...options, settings: readStartSettings(process.env) };
}

const { isDevelopment, isPortalInspected, isWorkerInspected, settings } =
  await readCommandLine().catch(fail);
const { dataDir, isDemo } = settings;
const logFolder = join(dataDir, "logs");

async function requireFreePort(
  variable: string,
  port: number,
  host: string | undefined,
  waitMs: number,
) {
  const deadline = Date.now() + waitMs;
  while (!(await isPortFree(port, host))) {
    if (Date.now() >= deadline) {
      throw new Error(
        `Port ${port} is in use: stop the program that uses it, or set ${variable} to another port.`,
      );
    }
    await sleep(100);
  }
}

const tsxArgs = ["--import", "tsx"];
// Modules guarded by `server-only` load only under the condition that Next sets for them.
const serverArgs = ["--conditions=react-server", ...tsxArgs];
const inspectorArgs = (port: number) => [`--inspect=127.0.0.1:${port}`];

function startSupervised(
  name: "portal" | "worker" | "sandbox",
  args: string[],
  env: NodeJS.ProcessEnv,
  options: Pick<Parameters<typeof startProgram>[0], "isRestarted" | "envOnRestart">,
): Program {
  const logFile = join(logFolder, `${name}.log`);
  return startProgram({
    name,
    args,
    env,
    logFile,
    isLogForwarded: !isDemo && name !== "sandbox",
    ...options,
    onRestart: (waitMs) => logStep(`The ${name} exited; restarting it in ${waitMs} ms`),
    onGiveUp: (lastLines) =>
      void fail(
        [`The ${name} exited unexpectedly; its log is ${logFile}.`, ...lastLines].join("\n"),
      ),
  });
}

type Sandbox = { url: string; smtpPort: number };

// Its inbox is also needed by a demo that uses another Hero.
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
      // The portal keeps using the first port of the inbox.
      envOnRestart: (ready) => ({ SANDBOX_SMTP_PORT: String(ready.smtpPort) }),
    },
  );
  const { url, smtpPort } = await running.sandbox.ready;
  logStep("Sandbox ready");
  return { url: String(url), smtpPort: Number(smtpPort) };
}

function buildPortalEnv(
  database: StartedDatabase,
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
    // Empty, not absent: Next would read them from `.env`, and the portal must not have them.
    DATABASE_ADMIN_URL: "",
    DATABASE_OWNER_URL: "",
    AUTH_SECRET: process.env.AUTH_SECRET || database.secrets.authSecret,
    MASTER_KEYS: process.env.MASTER_KEYS || database.secrets.masterKeys,
    HERO_SANDBOX_URL: process.env.HERO_SANDBOX_URL || sandbox?.url,
    HERO_SANDBOX_LINK_HOSTS:
      process.env.HERO_SANDBOX_LINK_HOSTS ||
      (settings.sandboxPublicUrl && new URL(settings.sandboxPublicUrl).hostname),
    ALLOWED_PRIVATE_HOSTS:
      process.env.ALLOWED_PRIVATE_HOSTS ||
      (localElementsOrigin(settings.publicUrl) && "localhost,127.0.0.1"),
    SMTP_URL: process.env.SMTP_URL || (sandbox && `smtp://127.0.0.1:${sandbox.smtpPort}`),
    DATA_DIR: dataDir,
  };
}

async function seedDemo(env: NodeJS.ProcessEnv, sandbox: Sandbox | undefined) {
  if (!isDemo) return;
  const { code, output } = await runTask(process.execPath, [...serverArgs, "scripts/seed.ts"], {
    ...env,
    SANDBOX_URL: sandbox?.url ?? env.HERO_SANDBOX_URL,
  });
  if (code !== 0) throw new Error(`The demo could not be seeded.\n${output.trim()}`);
  logStep("Demo seeded");
}

async function buildPortal(): Promise<void> {
  if (isDevelopment) return;
  const wasBuilt = await buildIfNeeded(() => logStep("Building the portal"));
  if (wasBuilt) logStep("Portal built");
}

function startWorker(env: NodeJS.ProcessEnv): void {
  const inspection = isWorkerInspected ? inspectorArgs(inspectorPorts.worker) : [];
  running.worker = startSupervised(
    "worker",
    [...inspection, ...tsxArgs, "scripts/worker.ts"],
    env,
    { isRestarted: true },
  );
}

async function startPortal(env: NodeJS.ProcessEnv): Promise<void> {
  if (isStopping()) return;
  const inspection = isPortalInspected ? inspectorArgs(inspectorPorts.portal) : [];
  running.portal = startSupervised("portal", [...inspection, ...tsxArgs, "scripts/serve.ts"], env, {
    isRestarted: true,
  });
  await running.portal.ready;
  await waitForHealth(settings);
}

/** Next reloads pages by itself; code that runs outside its bundle needs a new process. */
function restartProgramsOnChange(): void {
  const serverFolders = ["server", "db"];
  for (const [name, folders] of [
    ["portal", [...serverFolders, "app/api"]],
    ["worker", serverFolders],
    ["sandbox", ["sandbox"]],
  ] as const) {
    restartOnChange(
      [...folders],
      () => running[name],
      (file) => logStep(`${file} changed: restarting the ${name}`),
    );
  }
}

function describeRunning(): string[] {
  const demo = isDemo ? findDemo(dataDir) : undefined;
  const users = demo?.tenants[0]?.users ?? [];
  const owner = users.find((user) => user.role === "owner") ?? users[0];
  return [
    `Ready: ${settings.publicUrl.origin}`,
    ...(owner ? [`Sign in with ${owner.email} and the password ${owner.password}`] : []),
    ...(demo ? [`Inbox: ${demo.inboxUrl}`, `Sandbox: ${demo.sandboxUrl}`] : []),
    ...(isPortalInspected ? [`Debugger, portal: 127.0.0.1:${inspectorPorts.portal}`] : []),
    ...(isWorkerInspected ? [`Debugger, worker: 127.0.0.1:${inspectorPorts.worker}`] : []),
    `Logs: ${logFolder}`,
    "Ctrl-C stops everything.",
  ];
}

async function start(): Promise<void> {
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const dataDirLock = lockDataDir(dataDir);
  running.releaseDataDir = dataDirLock.release;
  // Programs of an interrupted start may hold their ports for a moment.
  const waitMs = dataDirLock.wasInterrupted ? 20_000 : 0;
  await requireFreePort("PORT", settings.port, settings.listenHost, waitMs);
  if (isSandboxNeeded) {
    await requireFreePort("SANDBOX_PORT", settings.sandboxPort, "127.0.0.1", waitMs);
  }

  const building = buildPortal();
  const [database, sandbox] = await Promise.all([
    startDatabase(settings),
    startSandbox(),
    // A build that has already failed stops the others at once.
    Promise.race([building, sleep(0)]),
  ]);
  const env = buildPortalEnv(database, sandbox);
  startWorker(env);
  await Promise.all([seedDemo(env, sandbox), building.then(() => startPortal(env))]);
  if (isDevelopment) restartProgramsOnChange();

  logStep("Portal, worker and database healthy");
  process.stdout.write(`${describeRunning().join("\n")}\n`);
}

await start().catch(fail);
