import { execFileSync } from "node:child_process";

const git = (...args: string[]) =>
  execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

/**
 * The commit that a change is compared with: where the branch left `main`; on `main` itself the last
 * commit, or the one before when nothing is uncommitted.
 */
export function findChangeBase(): string {
  const branch = git("rev-parse", "--abbrev-ref", "HEAD");
  if (branch !== "main" && git("branch", "--list", "main") !== "")
    return git("merge-base", "main", "HEAD");
  return git("status", "--porcelain") === "" ? "HEAD~1" : "HEAD";
}
