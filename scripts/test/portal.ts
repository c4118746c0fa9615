import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readDemo } from "../demo-file";
import { findFreePort } from "../ports";

export type RunningPortal = { url: string; dataDir: string; stop: () => Promise<void> };

/** Long enough for a build on a busy machine. */
const maxStartMs = 420_000;

/**
 * Starts the production build as `bin/start` does, or uses the portal that runs in `PORTAL_DATA_DIR`.
 * Sets `PORTAL_URL` and `PORTAL_DATA_DIR`, through which tests in other processes find it.
 */
export async function startPortal(): Promise<RunningPortal> {
  const existingDataDir = process.env.PORTAL_DATA_DIR;
  if (existingDataDir) {
    process.env.PORTAL_URL ??= readDemo(existingDataDir).portalUrl;
    return { url: process.env.PORTAL_URL, dataDir: existingDataDir, stop: async () => undefined };
  }
  const dataDir = mkdtempSync(join(tmpdir(), "portal-browser-"));
  const portalProcess = await launchPortal(dataDir);
  const stop = async () => {
    await portalProcess.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await portalProcess.ready;
    process.env.PORTAL_URL = url;
    process.env.PORTAL_DATA_DIR = dataDir;
    return { url, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a portal in `dataDir`, on free ports unless `settings` names others. */
export async function launchPortal(dataDir: string, settings: Record<string, string> = {}) {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // The test runner's own settings are not for the portal.
  for (const name of ["PUBLIC_URL", "DATABASE_URL", "SMTP_URL", "AUTH_SECRET", "MASTER_KEYS"]) {
    delete env[name];
  }
  const child = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "scripts/start.ts"],
    {
      env: {
        ...env,
        NODE_ENV: "production",
        PORT: String(await findFreePort()),
        SANDBOX_PORT: String(await findFreePort()),
        DATA_DIR: dataDir,
        EMBEDDED_DATABASE_FSYNC: "off",
        // The worker checks Hero's scripts when it starts; tests never call Hero's own host.
        HERO_SCRIPTS_URL: "http://127.0.0.1:1",
        // Ten times the default, so that a bulk upload of hundreds ends while a test waits.
        HERO_RATE_PER_SECOND: "50",
        // One person creates an organisation for each test.
        ORGANISATIONS_PER_PERSON: "100000",
        ...settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // Ctrl-C reaches the test runner, which stops this process itself.
      detached: true,
    },
  );
  const output: string[] = [];
  const ready = Promise.withResolvers<string>();
  ready.promise.catch(() => undefined);
  createInterface({ input: child.stderr }).on("line", (line) => output.push(line));
  createInterface({ input: child.stdout }).on("line", (line) => {
    output.push(line);
    const [, readyUrl] = /^Ready: (\S+)/.exec(line) ?? [];
    if (readyUrl) ready.resolve(readyUrl);
  });
  const exited = once(child, "close").then(() => child.exitCode);
  const fail = (reason: string) => ready.reject(new Error(`${reason}\n${output.join("\n")}`));
  const timer = setTimeout(() => fail("The portal was not ready in time."), maxStartMs);
  void exited.then(() => {
    clearTimeout(timer);
    fail("The portal ended before it was ready.");
  });
  void ready.promise.then(
    () => clearTimeout(timer),
    () => undefined,
  );
  return {
    /** The address; rejects with the output when the start fails or takes too long. */
    ready: ready.promise,
    /** Exit code, or null after a signal. */
    exited: exited,
    /** Lines on both outputs so far. */
    output: output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exited;
    },
  };
}

/** In a test: the portal that the set-up started, its demo file and its logs. */
export function getRunningPortal() {
  const { PORTAL_URL: url, PORTAL_DATA_DIR: dataDir } = process.env;
  if (!url || !dataDir) throw new Error("No portal is running: the set-up did not start one.");
  return {
    url,
    dataDir: dataDir,
    demo: readDemo(dataDir),
    readLogs: () =>
      ["portal", "worker", "postgres"]
        .map((name) => readFileSync(join(dataDir, "logs", `${name}.log`), "utf8"))
        .join("\n"),
  };
}
