import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningPortal, startPortal } from "./test/portal";
import { buildIfNeeded } from "./build";
import { findChromium } from "./chromium";
import { runTask, stopTasks, type TaskResult } from "./processes";
import { findChangeBase } from "./test/change-base";
import { checkEmbed, checkHeroTypes, checkLockfile, checkMigrations } from "./test/drift";
import { readTestOptions, testHelp } from "./test/options";
import { type Counts, countPlaywright, countVitest } from "./test/reports";
import { type Outcome, runSteps, type Step } from "./test/steps";

const reportsFolder = mkdtempSync(join(tmpdir(), "portal-reports-"));
let portal: RunningPortal | undefined;

const passed: Outcome = { passed: 1, failed: 0, output: "" };

const toCheckOutcome = ({ code, output }: TaskResult): Outcome =>
  code === 0 ? passed : { passed: 0, failed: 1, output };

const runCommand =
  (name: string, ...args: string[]) =>
  async () =>
    toCheckOutcome(await runTask(name, args));

/** A runner that exits with an error although no test failed counts as one failure. */
function toTestOutcome<TestCounts extends Counts>(
  { code, output }: TaskResult,
  count: () => TestCounts,
): Outcome {
  try {
    const counts = count();
    const isUnexplained = counts.failed === 0 && code !== 0;
    return { ...counts, failed: counts.failed + (isUnexplained ? 1 : 0), output };
  } catch {
    // Without a report nothing ran.
    return { passed: 0, failed: 1, output };
  }
}

function runVitest(projects: string[], ...args: string[]) {
  const file = join(reportsFolder, `${projects.join("-")}.json`);
  return async () =>
    toTestOutcome(
      await runTask("vitest", [
        "run",
        ...projects.flatMap((project) => ["--project", project]),
        "--reporter=default",
        "--reporter=json",
        "--reporter=./scripts/test/flaky-reporter.ts",
        `--outputFile.json=${file}`,
        ...args,
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

const checkFirstLoad = async () =>
  toCheckOutcome(
    await runTask("tsx", ["bench/first-load.ts"], {
      ...process.env,
      NODE_OPTIONS: "--conditions=react-server",
    }),
  );

async function buildPortal(): Promise<Outcome> {
  await buildIfNeeded(() => undefined);
  return passed;
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
  return passed;
}

async function startTestPortal(): Promise<Outcome> {
  portal = await startPortal();
  return passed;
}

const checks: Step[] = [
  {
    name: "format",
    // Skips what git ignores, such as the results of an earlier browser run.
    run: runCommand(
      "biome",
      "format",
      "--vcs-enabled=true",
      "--vcs-client-kind=git",
      "--vcs-use-ignore-file=true",
      ".",
    ),
  },
  { name: "unused code", run: runCommand("knip", "--no-progress") },
];

const typeChecks = (needs: string): Step[] => [
  { name: "types", needs: [needs], run: runCommand("tsc", "--noEmit") },
  { name: "lint", needs: [needs], run: runCommand("oxlint", "--type-aware", "--deny-warnings") },
];

const checkSteps: Step[] = [
  // Types and lint read what Next generates for routes; a build generates it too.
  { name: "route types", run: runCommand("next", "typegen") },
  ...checks,
  ...typeChecks("route types"),
];

const quickSteps = (): Step[] => [
  ...checkSteps,
  { name: "unit tests", run: runVitest(["unit"]) },
  {
    name: "database tests of this change",
    run: runVitest(["database"], `--changed=${findChangeBase()}`, "--passWithNoTests"),
  },
];

/** Two steps run at a time: the longest chain comes first, and the rest runs beside it. */
const allSteps: Step[] = [
  { name: "build", run: buildPortal },
  { name: "browser is installed", run: ensureChromium },
  { name: "portal starts", needs: ["build"], run: startTestPortal },
  { name: "HTTP tests", needs: ["portal starts"], run: runVitest(["http"]) },
  {
    name: "browser tests",
    needs: ["portal starts", "browser is installed"],
    // Both use the same portal, and its limits count requests by address.
    after: ["HTTP tests"],
    run: runPlaywright,
  },
  ...checks,
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
  { name: "unit and database tests", run: runVitest(["unit", "database"]) },
  { name: "JavaScript of each screen is within its limit", needs: ["build"], run: checkFirstLoad },
  ...typeChecks("build"),
];

async function cleanUp(): Promise<void> {
  await stopTasks();
  await portal?.stop();
  rmSync(reportsFolder, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
}

async function runAndReport(steps: Step[]): Promise<number> {
  const concurrency = 2;
  const totals = await runSteps(steps, concurrency, (name, seconds, outcome) => {
    const status = outcome.failed === 0 ? "ok  " : "FAIL";
    const count = outcome.passed + outcome.failed;
    const countText = count > 1 ? ` (${outcome.passed} passed, ${outcome.failed} failed)` : "";
    process.stdout.write(`${status} ${seconds.toFixed(1).padStart(6)} s  ${name}${countText}\n`);
    if (outcome.failed > 0) process.stdout.write(`${outcome.output.trimEnd()}\n\n`);
  });
  for (const test of totals.flaky) process.stdout.write(`flaky: ${test}\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 ? 0 : 1;
}

/** Runs chosen tests with the runner's own output. */
function runChosen(files: string[], name: string | undefined): number {
  const run = (command: string, args: string[]) =>
    spawnSync(`node_modules/.bin/${command}`, args, { stdio: "inherit" }).status ?? 1;
  const browserFiles = files.filter((file) => file.endsWith(".spec.ts"));
  const otherFiles = files.filter((file) => !file.endsWith(".spec.ts"));
  // HTTP tests need a build, so a name alone does not select them.
  const projects = files.length === 0 ? ["--project", "unit", "--project", "database"] : [];
  const codes: number[] = [];
  if (otherFiles.length > 0 || files.length === 0)
    codes.push(run("vitest", ["run", ...projects, ...otherFiles, ...(name ? ["-t", name] : [])]));
  if (browserFiles.length > 0)
    codes.push(run("playwright", ["test", ...browserFiles, ...(name ? ["-g", name] : [])]));
  return Math.max(...codes);
}

async function main(): Promise<number> {
  const { help, check, quick, name, files } = readTestOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(testHelp);
    return 0;
  }
  if (name !== undefined || files.length > 0) return runChosen(files, name);
  if (check) return runAndReport(checkSteps);
  return runAndReport(quick ? quickSteps() : allSteps);
}

const exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
await cleanUp();
process.exit(exitCode);
