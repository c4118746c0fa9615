import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Claim = {
  /** An earlier start was killed and could not clean up. */
  wasInterrupted: boolean;
  release: () => void;
};

/**
 * Marks the data folder as ours for as long as we run.
 * @throws Error with one sentence when another start uses it.
 */
export function claimDataFolder(folder: string): Claim {
  const file = join(folder, "start.pid");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mark = `${process.pid} ${bornAt(process.pid)}\n`;
  const claim = (wasInterrupted: boolean): Claim => {
    writeFileSync(file, mark, { flag: "wx", mode: 0o600 });
    return { wasInterrupted, release: () => rmSync(file, { force: true }) };
  };
  try {
    return claim(false);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const [pid = "", born] = readFileSync(file, "utf8").trim().split(" ");
  if (bornAt(Number(pid)) === born) {
    throw new Error(
      `DATA_DIR ${folder} is in use by another start (process ${pid}): stop it, or set DATA_DIR to another folder.`,
    );
  }
  rmSync(file, { force: true });
  return claim(true);
}

/** Tells one process from a later one with the same id. Where there is no `/proc`, the id must do. */
function bornAt(pid: number): string {
  const placeOfStartTime = 19;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in brackets, may hold spaces; the numbers come after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[placeOfStartTime] ?? "";
  } catch {
    try {
      process.kill(pid, 0);
      return "alive";
    } catch {
      return "gone";
    }
  }
}
