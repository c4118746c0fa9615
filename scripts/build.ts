import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runTask } from "./processes";

/** Sources of the production build. Not `tsconfig.json`: the build may rewrite it. */
const sources = [
  ...["app", "components", "db", "embed", "public", "server"],
  ...["proxy.ts", "instrumentation.ts", "next.config.js", "postcss.config.mjs"],
  ...["package.json", "package-lock.json"],
];

const stampFile = ".next/sources.sha256";
const lockFolder = "node_modules/.cache/portal-build.lock";

/**
 * Builds the portal unless `.next` was built from the same sources. When two starts in one checkout
 * need a build, one builds and the other waits.
 *
 * @returns Whether it built.
 * @throws Error with the output of a failed build.
 */
export async function buildIfNeeded(onBuild: () => void): Promise<boolean> {
  if (isBuilt(hashSources())) return false;
  await acquireLock();
  try {
    const hash = hashSources();
    if (isBuilt(hash)) return false;
    onBuild();
    rmSync(stampFile, { force: true });
    const { code, output } = await runTask("next", ["build"], {
      // No setting or secret reaches the build: its output serves every environment.
      HOME: process.env.HOME,
      PATH: process.env.PATH,
      TMPDIR: process.env.TMPDIR,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
    });
    if (code !== 0) throw new Error(`The build failed.\n${output.trim()}`);
    writeFileSync(".next/sbom.cdx.json", await createBillOfMaterials());
    writeFileSync(stampFile, `${hash}\n`);
    return true;
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/**
 * All packages of the lock file, as CycloneDX; those for development are marked. npm's `--omit dev` would drop
 * packages that are used in both ways.
 *
 * @throws Error when npm cannot create it
 */
export async function createBillOfMaterials(): Promise<string> {
  const { code, output } = await runTask("npm", [
    ...["sbom", "--silent", "--sbom-format", "cyclonedx"],
    "--package-lock-only",
  ]);
  if (code !== 0) throw new Error(`The bill of materials could not be created.\n${output.trim()}`);
  return output;
}

function isBuilt(hash: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === hash;
}

function hashSources(): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else {
      hash.update(`${path}\0`).update(readFileSync(path)).update("\0");
    }
  };
  for (const source of sources) add(source);
  return hash.digest("hex");
}

async function acquireLock(): Promise<void> {
  mkdirSync("node_modules/.cache", { recursive: true });
  for (;;) {
    try {
      mkdirSync(lockFolder);
      writeFileSync(join(lockFolder, "pid"), String(process.pid));
      return;
    } catch {
      if (isLockAbandoned()) rmSync(lockFolder, { recursive: true, force: true });
      else await sleep(200);
    }
  }
}

function isLockAbandoned(): boolean {
  try {
    process.kill(Number(readFileSync(join(lockFolder, "pid"), "utf8")), 0);
    return false;
  } catch {
    // The owner may be between creating the folder and writing its id.
    const graceMs = 2_000;
    try {
      return Date.now() - statSync(lockFolder).mtimeMs > graceMs;
    } catch {
      return false;
    }
  }
}
