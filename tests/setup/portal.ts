import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { findFreePort } from "@/scripts/ports";

const demoFile = z.object({
  portalUrl: z.url(),
  sandboxUrl: z.url(),
  inboxUrl: z.url(),
  tenants: z.array(
    z.object({
      slug: z.string(),
      apiKey: z.string(),
      placementId: z.string(),
      users: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
      practices: z.array(z.looseObject({ practiceGroupId: z.union([z.string(), z.number()]) })),
    }),
  ),
});

/** The demo file that the start wrote: addresses, and the demo tenants with their sign-ins. */
export type Demo = z.infer<typeof demoFile>;

export type RunningPortal = { url: string; dataFolder: string; stop: () => Promise<void> };

/** A build on a busy machine takes its time. */
const longestStartMs = 420_000;

/**
 * The whole production build, started as `bin/start` does. With `PORTAL_DATA_DIR` set, the one that
 * runs there is taken instead, and left running.
 *
 * Sets `PORTAL_URL` and `PORTAL_DATA_DIR`, by which tests in other processes find it.
 */
export async function startPortal(): Promise<RunningPortal> {
  const given = process.env.PORTAL_DATA_DIR;
  if (given) {
    process.env.PORTAL_URL ??= readDemo(given).portalUrl;
    return { url: process.env.PORTAL_URL, dataFolder: given, stop: async () => undefined };
  }
  const dataFolder = mkdtempSync(join(tmpdir(), "portal-browser-"));
  const launched = await launchPortal(dataFolder);
  const stop = async () => {
    await launched.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const url = await launched.ready;
    process.env.PORTAL_URL = url;
    process.env.PORTAL_DATA_DIR = dataFolder;
    return { url, dataFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A start of its own in `dataFolder`, on free ports unless `settings` names others. */
export async function launchPortal(dataFolder: string, settings: Record<string, string> = {}) {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // What the test runner set for itself is not for the portal.
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
        DATA_DIR: dataFolder,
        EMBEDDED_DATABASE_FSYNC: "off",
        // The worker looks at Hero's scripts when it starts; a test asks nothing of Hero's own host.
        HERO_SCRIPTS_URL: "http://127.0.0.1:1",
        // Ten times what Hero is taken to stand, so that a bulk of hundreds ends while a test waits.
        HERO_RATE_PER_SECOND: "50",
        ...settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // Ctrl-C reaches the test runner, which stops us in its own time.
      detached: true,
    },
  );
  const said: string[] = [];
  const ready = Promise.withResolvers<string>();
  ready.promise.catch(() => undefined);
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  createInterface({ input: child.stdout }).on("line", (line) => {
    said.push(line);
    const [, address] = /^Ready: (\S+)/.exec(line) ?? [];
    if (address) ready.resolve(address);
  });
  const ended = once(child, "close").then(() => child.exitCode);
  const fail = (reason: string) => ready.reject(new Error(`${reason}\n${said.join("\n")}`));
  const timer = setTimeout(() => fail("The portal was not ready in time."), longestStartMs);
  void ended.then(() => {
    clearTimeout(timer);
    fail("The portal ended before it was ready.");
  });
  void ready.promise.then(
    () => clearTimeout(timer),
    () => undefined,
  );
  return {
    /** The address; rejects with all that was said when the start ends or takes too long. */
    ready: ready.promise,
    /** Exit code, or null after a signal. */
    ended,
    /** Lines on both outputs so far. */
    said,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

function readDemo(dataFolder: string): Demo {
  return demoFile.parse(JSON.parse(readFileSync(join(dataFolder, "demo.json"), "utf8")));
}

/** In a test: the portal that the set-up started, its demo file and what its programs logged. */
export function runningPortal() {
  const { PORTAL_URL: url, PORTAL_DATA_DIR: dataFolder } = process.env;
  if (!url || !dataFolder) throw new Error("No portal is running: the set-up did not start one.");
  return {
    url,
    dataFolder,
    demo: readDemo(dataFolder),
    readLogs: () =>
      ["portal", "worker", "postgres"]
        .map((name) => readFileSync(join(dataFolder, "logs", `${name}.log`), "utf8"))
        .join("\n"),
  };
}
