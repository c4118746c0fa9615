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

/** A folder inside the checkout, because generators look for packages in the folders above. */
async function withScratchFolder(
  check: (folder: string) => Promise<TaskResult>,
): Promise<TaskResult> {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(resolve("node_modules/.cache/drift-"));
  try {
    return await check(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of the files that differ between two folders. */
function listDifferences(expected: string, actual: string): string[] {
  const listFiles = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const names = [...new Set([...listFiles(expected), ...listFiles(actual)])].sort();
  return names.filter(
    (name) => readIfExists(join(expected, name)) !== readIfExists(join(actual, name)),
  );
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function toDriftResult(result: TaskResult, changed: string[], remedy: string): TaskResult {
  if (result.code !== 0) return result;
  if (changed.length === 0) return { code: 0, output: "" };
  return { code: 1, output: [...changed, remedy].join("\n") };
}

/** `npm ci` rejects a lock file that lacks the packages of other platforms. */
export async function checkLockfile(): Promise<TaskResult> {
  return withScratchFolder(async (folder) => {
    const lockfileCopy = join(folder, "package-lock.json");
    cpSync("package-lock.json", lockfileCopy);
    const script = resolve("scripts/patch-lockfile.ts");
    const result = await runTask(process.execPath, ["-e", patchLockfileIn(folder, script)]);
    const isSame = readFileSync(lockfileCopy, "utf8") === readFileSync("package-lock.json", "utf8");
    return toDriftResult(
      result,
      isSame ? [] : [result.output.trim()],
      "The lock file is not complete: run `npm run patch-lockfile`.",
    );
  });
}

const patchLockfileIn = (folder: string, script: string) =>
  `process.chdir(${JSON.stringify(folder)}); import(${JSON.stringify(script)});`;

/** The migrations must match the schema. */
export async function checkMigrations(): Promise<TaskResult> {
  return withScratchFolder(async (folder) => {
    const out = join(folder, "migrations");
    cpSync("db/migrations", out, { recursive: true });
    const config = join(folder, "drizzle.config.ts");
    writeFileSync(
      config,
      `import base from ${JSON.stringify(resolve("drizzle.config.ts"))};
export default { ...base, out: ${JSON.stringify(out.slice(process.cwd().length + 1))} };
`,
    );
    const result = await runTask("drizzle-kit", ["generate", "--config", config], {
      ...process.env,
      NODE_OPTIONS: "--conditions=react-server",
    });
    return toDriftResult(
      result,
      listDifferences(resolve("db/migrations"), out),
      "The schema has changed since the last migration: run `npm run generate:db`.",
    );
  });
}

/** The types of the Hero client must match the contract. */
export async function checkHeroTypes(): Promise<TaskResult> {
  return withScratchFolder(async (folder) => {
    const out = join(folder, "generated");
    const result = await runTask("npm", [
      "--workspace",
      "openapi",
      "run",
      "generate",
      "--",
      "-o",
      out,
    ]);
    return toDriftResult(
      result,
      listDifferences(resolve("server/hero/generated"), out),
      "The contract has changed since the types were generated: run `npm run generate:hero`.",
    );
  });
}

/** The current embed scripts and the loader's integrity value must match their sources. */
export async function checkEmbed(): Promise<TaskResult> {
  return withScratchFolder(async (folder) => {
    const writtenPaths = await buildEmbed(folder);
    return toDriftResult(
      { code: 0, output: "" },
      writtenPaths.filter((path) => readIfExists(path) !== readIfExists(join(folder, path))),
      "The embed scripts differ from their sources: run `npm run build:embed`.",
    );
  });
}
