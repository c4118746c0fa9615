import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, rmSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

type ProgramOptions = {
  /** For error messages. */
  name: string;
  /** Arguments of Node: flags first, then the file. */
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Also copies the program's output to our own, for a service manager to collect. */
  isLogForwarded: boolean;
  /** Whether it is restarted when it exits by itself. */
  isRestarted: boolean;
  /** Variables to add on a restart, from the program's first `{"ready":true,…}` line. */
  envOnRestart?: (ready: ReadyLine) => Record<string, string>;
  onRestart?: (waitMs: number) => void;
  /** Called once when the program has exited by itself and is not restarted. */
  onGiveUp: (lastLines: string[]) => void;
};

/** The line a program prints once it serves. */
type ReadyLine = Record<string, unknown> & { ready: true };

export type Program = {
  /** Rejects when the program exits before it is ready. */
  ready: Promise<ReadyLine>;
  /** The process that runs now. */
  pid: () => number | undefined;
  /** Replaces a program with `isRestarted` by a new process, without waiting. */
  restart: () => void;
  /** SIGTERM, then SIGKILL after 15 seconds. */
  stop: () => Promise<void>;
  kill: () => void;
};

const maxLogBytes = 5_000_000;
const maxLastLines = 20;
const maxBackoffMs = 30_000;
/** A program that was never ready is broken; one that was is restarted without limit. */
const maxFailedStarts = 4;
const stopGraceMs = 15_000;

/** Starts one of our programs on the same Node, supervises it and writes its output to a log file. */
export function startProgram(options: ProgramOptions): Program {
  const { name, logFile } = options;
  if (existsSync(logFile) && statSync(logFile).size > maxLogBytes) rmSync(logFile);
  const log = createWriteStream(logFile, { flags: "a", mode: 0o600 });
  const lastLines: string[] = [];
  const ready = Promise.withResolvers<ReadyLine>();
  // A start that is already stopping does not wait for it.
  ready.promise.catch(() => undefined);

  let child: ChildProcess;
  let firstReady: ReadyLine | undefined;
  let isStopping = false;
  let isRestartRequested = false;
  let failedStarts = 0;
  let backoffMs = 250;
  let backoffAbort = new AbortController();

  const launch = () => {
    child = spawn(
      process.execPath,
      ["--import", pathToFileURL("scripts/exit-with-parent.ts").href, ...options.args],
      {
        env: {
          ...options.env,
          NODE_OPTIONS: withoutInspector(options.env.NODE_OPTIONS),
          ...(firstReady && options.envOnRestart?.(firstReady)),
        },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        // Ctrl-C in a terminal reaches the whole process group; we stop programs in order.
        detached: true,
      },
    );
    let isReady = false;
    const handleLine = (line: string) => {
      log.write(`${line}\n`);
      if (options.isLogForwarded) process.stdout.write(`${line}\n`);
      lastLines.push(line);
      if (lastLines.length > maxLastLines) lastLines.shift();
      if (isReady) return;
      const readyLine = parseReadyLine(line);
      if (!readyLine) return;
      isReady = true;
      backoffMs = 250;
      firstReady ??= readyLine;
      ready.resolve(readyLine);
    };
    if (child.stdout) createInterface({ input: child.stdout }).on("line", handleLine);
    if (child.stderr) createInterface({ input: child.stderr }).on("line", handleLine);
    child.once("error", () => undefined);
    child.once("close", () => {
      if (!isReady) failedStarts++;
      void handleExit();
    });
  };

  const handleExit = async () => {
    if (isStopping) return;
    const isBroken = firstReady === undefined && failedStarts >= maxFailedStarts;
    if (!options.isRestarted || isBroken) {
      ready.reject(new Error(`The ${name} exited.`));
      options.onGiveUp(lastLines);
      return;
    }
    if (!isRestartRequested) {
      options.onRestart?.(backoffMs);
      const waitMs = backoffMs;
      backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
      backoffAbort = new AbortController();
      await sleep(waitMs, undefined, { signal: backoffAbort.signal }).catch(() => undefined);
    }
    isRestartRequested = false;
    if (!isStopping) launch();
  };

  launch();
  return {
    ready: ready.promise,
    pid: () => child.pid,
    restart: () => {
      isRestartRequested = true;
      backoffAbort.abort();
      child.kill("SIGTERM");
    },
    stop: async () => {
      isStopping = true;
      backoffAbort.abort();
      ready.reject(new Error(`The ${name} was stopped.`));
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        const killTimer = setTimeout(() => child.kill("SIGKILL"), stopGraceMs);
        await exited;
        clearTimeout(killTimer);
      }
      log.end();
    },
    kill: () => {
      isStopping = true;
      child.kill("SIGKILL");
    },
  };
}

function parseReadyLine(line: string): ReadyLine | undefined {
  if (!line.startsWith('{"ready":true')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Programs that inherited an inspector from us would all open it on the same port. */
const withoutInspector = (nodeOptions: string | undefined) =>
  nodeOptions?.replace(/--inspect\S*/g, "").trim() || undefined;

export type TaskResult = { code: number; output: string };

/** The commands that are running now. */
const tasks = new Set<ChildProcess>();

/**
 * Runs a command to its end and returns its output. `node_modules/.bin` comes first on its PATH, so
 * that tools run on the project's own Node.
 */
export async function runTask(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<TaskResult> {
  const child = spawn(command, args, {
    env: { ...env, PATH: `${process.cwd()}/node_modules/.bin:${env.PATH ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  tasks.add(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      tasks.delete(child);
      resolve({ code: 127, output: `${command} could not be run: ${error.message}` });
    });
    child.once("close", (code) => {
      tasks.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Stops the running commands and their children. */
export async function stopTasks(): Promise<void> {
  await Promise.all(
    [...tasks].map(async (child) => {
      if (child.pid === undefined || child.exitCode !== null) return;
      const closed = once(child, "close");
      process.kill(-child.pid, "SIGTERM");
      await Promise.race([closed, sleep(5_000, undefined, { ref: false })]);
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    }),
  );
}
