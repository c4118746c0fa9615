import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningPortal, startPortal } from "../tests/setup/portal";
import { buildIfNeeded } from "./build";
import { checkEmbed, checkHeroTypes, checkLockfile, checkMigrations } from "./checks/drift";
import { type Counts, countPlaywright, countVitest } from "./checks/reports";
import { type Outcome, runSteps, type Step } from "./checks/steps";
import { findChromium } from "./chromium";
import { runTask, stopTasks, type TaskResult } from "./processes";

/** Everything that a change must pass, in one command; the last line is the sum. */
const reportsFolder = mkdtempSync(join(tmpdir(), "portal-reports-"));
let portal: RunningPortal | undefined;

const toCheckOutcome = ({ code, output }: TaskResult): Outcome => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  output,
});

const runCommand =
  (name: string, ...args: string[]) =>
  async () =>
    toCheckOutcome(await runTask(name, args));

/** A runner that fails without a failed test (it could not start, or found no test) still failed. */
function toTestOutcome({ code, output }: TaskResult, count: () => Counts): Outcome {
  let counts: Counts = { passed: 0, failed: 0 };
  try {
    counts = count();
  } catch {
    // No report was written; the exit code says enough.
  }
  const hasNoTests = counts.passed + counts.failed === 0;
  const isUnexplained = counts.failed === 0 && (code !== 0 || hasNoTests);
  return { ...counts, failed: counts.failed + (isUnexplained ? 1 : 0), output };
}

function runVitest(...projects: string[]) {
  const file = join(reportsFolder, `${projects.join("-")}.json`);
  return async () =>
    toTestOutcome(
      await runTask("vitest", [
        "run",
        ...projects.flatMap((project) => ["--project", project]),
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${file}`,
      ]),
      () => countVitest(file),
    );
}

async function runPlaywright(): Promise<Outcome> {
  const file = join(reportsFolder, "browser.json");
  return toTestOutcome(
    await runTask("playwright", ["test", "--reporter=list,json"], {
      ...process.env,
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    }),
    () => countPlaywright(file),
  );
}

async function buildPortal(): Promise<Outcome> {
  await buildIfNeeded(() => undefined);
  return { passed: 1, failed: 0, output: "" };
}

async function ensureChromium(): Promise<Outcome> {
  const advice = "Chromium is missing: install it, or name one in CHROMIUM_PATH.";
  if (!findChromium() && process.getuid?.() === 0) {
    for (const args of [["update"], ["install", "--yes", "chromium"]]) {
      const { code, output } = await runTask("apt-get", args, {
        ...process.env,
        DEBIAN_FRONTEND: "noninteractive",
      });
      if (code !== 0) throw new Error(`${advice}\n${output}`);
    }
  }
  if (!findChromium()) throw new Error(advice);
  return { passed: 1, failed: 0, output: "" };
}

async function startTestPortal(): Promise<Outcome> {
  portal = await startPortal();
  return { passed: 1, failed: 0, output: "" };
}

const steps: Step[] = [
  { name: "build", run: buildPortal },
  {
    name: "format",
    // Without what git ignores: an earlier run of the browser tests leaves its results behind.
    run: runCommand(
      "biome",
      "format",
      "--vcs-enabled=true",
      "--vcs-client-kind=git",
      "--vcs-use-ignore-file=true",
      ".",
    ),
  },
  { name: "lock file is complete", run: async () => toCheckOutcome(await checkLockfile()) },
  { name: "migrations match the schema", run: async () => toCheckOutcome(await checkMigrations()) },
  {
    name: "Hero types match the contract",
    run: async () => toCheckOutcome(await checkHeroTypes()),
  },
  {
    name: "embedded scripts match their sources",
    run: async () => toCheckOutcome(await checkEmbed()),
  },
  { name: "unit and database tests", run: runVitest("unit", "database") },
  { name: "browser is installed", run: ensureChromium },
  // The build writes types of its own that these two read.
  { name: "types", needs: ["build"], run: runCommand("tsc", "--noEmit") },
  { name: "lint", needs: ["build"], run: runCommand("oxlint", "--type-aware", "--deny-warnings") },
  { name: "portal starts", needs: ["build"], run: startTestPortal },
  { name: "HTTP tests", needs: ["portal starts"], run: runVitest("http") },
  {
    name: "browser tests",
    needs: ["portal starts", "browser is installed"],
    run: runPlaywright,
  },
];

async function cleanUp(): Promise<void> {
  await stopTasks();
  await portal?.stop();
  rmSync(reportsFolder, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
}

const concurrency = 2;
const totals = await runSteps(steps, concurrency, (name, seconds, { passed, failed, output }) => {
  const status = failed === 0 ? "ok  " : "FAIL";
  const countText = passed + failed > 1 ? ` (${passed} passed, ${failed} failed)` : "";
  process.stdout.write(`${status} ${seconds.toFixed(1).padStart(6)} s  ${name}${countText}\n`);
  if (failed > 0) process.stdout.write(`${output.trimEnd()}\n\n`);
});
await cleanUp();
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
process.exit(totals.failed === 0 ? 0 : 1);
