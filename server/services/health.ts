import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { countPendingMigrations } from "@/db/pending-migrations";
import { describeError, log } from "../log";

export type Health =
  | { status: "ok" }
  | { status: "failing"; failing: "database" | "migrations" | "worker" };

const maxWorkerSilenceSeconds = 30;

/** A frozen database accepts queries and never answers. */
const maxCheckMs = 1_500;
/** A check that has run for longer may be on a dead connection, so the next caller starts another. */
const maxSharedMs = 5_000;

let running: { startedAtMs: number; result: Promise<Health> } | undefined;

/**
 * OK only when the database responds in time, every migration is applied, and a worker was seen recently.
 * Simultaneous callers share one check, so that waiting checks do not use up the connections.
 */
export async function checkHealth(): Promise<Health> {
  const now = Date.now();
  if (!running || now - running.startedAtMs > maxSharedMs) {
    const check = { startedAtMs: now, result: runCheck() };
    running = check;
    void check.result.finally(() => {
      if (running === check) running = undefined;
    });
  }
  const timedOut: Health = { status: "failing", failing: "database" };
  return Promise.race([running.result, sleep(maxCheckMs, timedOut, { ref: false })]);
}

async function runCheck(): Promise<Health> {
  try {
    if ((await countPendingMigrations(db.shared)) > 0) {
      return { status: "failing", failing: "migrations" };
    }
    const [row] = await db.shared.execute<{ alive: boolean }>(sql`
      select exists (
        select from workers where seen_at > now() - make_interval(secs => ${maxWorkerSilenceSeconds})
      ) as alive
    `);
    return row?.alive ? { status: "ok" } : { status: "failing", failing: "worker" };
  } catch (error) {
    log("warn", "health check failed", describeError(error));
    return { status: "failing", failing: "database" };
  }
}
