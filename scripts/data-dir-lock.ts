import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type DataDirLock = {
  /** True when an earlier start was killed and could not clean up. */
  wasInterrupted: boolean;
  release: () => void;
};

/**
 * Locks the data folder for as long as this process runs.
 * @throws Error with one sentence when another start uses it.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  const file = join(dataDir, "start.pid");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const ownerLine = `${process.pid} ${processStartTime(process.pid)}\n`;
  const createLock = (wasInterrupted: boolean): DataDirLock => {
    writeFileSync(file, ownerLine, { flag: "wx", mode: 0o600 });
    return { wasInterrupted, release: () => rmSync(file, { force: true }) };
  };
  try {
    return createLock(false);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const [pid = "", startTime] = readFileSync(file, "utf8").trim().split(" ");
  if (processStartTime(Number(pid)) === startTime) {
    throw new Error(
      `DATA_DIR ${dataDir} is in use by another start (process ${pid}): stop it, or set DATA_DIR to another folder.`,
    );
  }
  rmSync(file, { force: true });
  return createLock(true);
}

/** Distinguishes a process from a later one with the same id. Without `/proc`, the id alone decides. */
function processStartTime(pid: number): string {
  const startTimeIndex = 19;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in brackets, may hold spaces; the numbers come after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[startTimeIndex] ?? "";
  } catch {
    try {
      process.kill(pid, 0);
      return "alive";
    } catch {
      return "gone";
    }
  }
}
