import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { buildEmbed } from "../build-embed";
import { runTask, type TaskResult } from "../processes";

/** Inside the checkout, because the generators look for packages upwards from their files. */
async function inScratchFolder(work: (folder: string) => Promise<TaskResult>): Promise<TaskResult> {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(resolve("node_modules/.cache/drift-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What differs between two folders, by name and content; generators write the same every time. */
function compareFolders(expected: string, made: string): string[] {
  const list = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const names = [...new Set([...list(expected), ...list(made)])].sort();
  return names.filter((name) => read(join(expected, name)) !== read(join(made, name)));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function judge(run: TaskResult, changed: string[], remedy: string): TaskResult {
  if (run.code !== 0) return run;
  if (changed.length === 0) return { code: 0, output: "" };
  return { code: 1, output: [...changed, remedy].join("\n") };
}

/** `npm ci` refuses a lock that lacks the packages of other platforms. */
export async function checkLock(): Promise<TaskResult> {
  return inScratchFolder(async (folder) => {
    const copy = join(folder, "package-lock.json");
    cpSync("package-lock.json", copy);
    const script = resolve("scripts/complete-lock.mjs");
    const run = await runTask(process.execPath, ["-e", completeIn(folder, script)]);
    const isSame = readFileSync(copy, "utf8") === readFileSync("package-lock.json", "utf8");
    return judge(
      run,
      isSame ? [] : [run.output.trim()],
      "The lock is not complete: run `npm run complete-lock`.",
    );
  });
}

const completeIn = (folder: string, script: string) =>
  `process.chdir(${JSON.stringify(folder)}); import(${JSON.stringify(script)});`;

/** The migrations must say what the schema says. */
export async function checkMigrations(): Promise<TaskResult> {
  return inScratchFolder(async (folder) => {
    const out = join(folder, "migrations");
    cpSync("db/migrations", out, { recursive: true });
    const config = join(folder, "drizzle.config.ts");
    writeFileSync(
      config,
      `import base from ${JSON.stringify(resolve("drizzle.config.ts"))};
export default { ...base, out: ${JSON.stringify(out.slice(process.cwd().length + 1))} };
`,
    );
    const run = await runTask("drizzle-kit", ["generate", "--config", config], {
      ...process.env,
      NODE_OPTIONS: "--conditions=react-server",
    });
    return judge(
      run,
      compareFolders(resolve("db/migrations"), out),
      "The schema has changed since the last migration: run `npm run generate:db`.",
    );
  });
}

/** The types of the Hero client must say what the contract says. */
export async function checkHeroTypes(): Promise<TaskResult> {
  return inScratchFolder(async (folder) => {
    const out = join(folder, "generated");
    const run = await runTask("npm", [
      "--workspace",
      "openapi",
      "run",
      "generate",
      "--",
      "-o",
      out,
    ]);
    return judge(
      run,
      compareFolders(resolve("server/hero/generated"), out),
      "The contract has changed since the types were generated: run `npm run generate:hero`.",
    );
  });
}

/** The scripts that partners' pages load, and the integrity value of the loader, must say what their sources say. */
export async function checkEmbed(): Promise<TaskResult> {
  return inScratchFolder(async (folder) => {
    const made = await buildEmbed(folder);
    return judge(
      { code: 0, output: "" },
      made.filter((path) => read(path) !== read(join(folder, path))),
      "What partners' pages load differs from its sources: run `npm run build:embed`.",
    );
  });
}
