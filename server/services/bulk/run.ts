import "server-only";
import { db, isDatabaseGone } from "@/db/client";
import { env } from "../../env";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { finishBulk, pauseWithin } from "./control";
import { loadBulkKey } from "./create";
import { takeLease } from "./lease";
import { settleFault, settleOrphans, settleRow, takeRow } from "./rows";
import { lockBulk } from "./view";
import { type Met, type Run, sleep, workRow } from "./work-row";

/** After this long a run hands over to the next, so that many bulks take turns. */
const runForMs = 60_000;
/** So many rows in a row that Hero turned away in passing, and the bulk pauses. */
const patience = 20;

/** One lane: row after row, until none waits, the bulk stops or the run's time is over. */
async function work(run: Run, runnerId: string, isOver: () => boolean): Promise<void> {
  const { ctx, bulk } = run;
  while (!isOver()) {
    const row = await takeRow(ctx, bulk.id, runnerId);
    if (!row) return;
    let met: Met;
    try {
      met = await workRow(run, row);
    } catch (error) {
      // Without a database nothing can be settled: the next run finds the row as an orphan.
      if (isDatabaseGone(error)) throw error;
      log("error", "bulk row failed", { ...describeError(error), requestId: ctx.requestId });
      await settleFault(ctx, row);
      continue;
    }
    if (met.state !== "stuck" && met.state !== "waiting") {
      run.turnedAway = 0;
      await settleRow(ctx, row, met);
      continue;
    }
    await settleRow(ctx, row, { state: "waiting" });
    run.turnedAway += 1;
    const reason =
      met.state === "stuck"
        ? met.reason
        : run.turnedAway >= patience
          ? "Hero turned away many requests in a row. Resume when it answers again."
          : undefined;
    if (reason) {
      await db.tenant(ctx, async (tx) => {
        const { state } = await lockBulk(tx, ctx, bulk.id);
        if (state === "running") await pauseWithin(tx, ctx, bulk, reason);
      });
      return;
    }
    await sleep(500);
  }
}

/**
 * Works on a bulk for a while: settles what a dead run left, then looks up patients and makes links, as
 * many at once as a key may, each row at most once. Rows of a paused or cancelled bulk are left alone.
 *
 * @returns true when the bulk is still running: somebody has to go on with it
 * @throws when the database is gone; rows in flight are settled by the next run
 */
export async function runBulk(
  ctx: TenantContext,
  bulkId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lease = await takeLease(ctx, bulkId);
  if (!lease) return false;
  const endsAt = performance.now() + runForMs;
  const isOver = () => signal.aborted || performance.now() > endsAt;
  try {
    await settleOrphans(ctx, bulkId);
    const run = await db.tenant(ctx, async (tx): Promise<Run | null> => {
      const { id, name, kind, state, createdBy, dataKeyId } = await lockBulk(tx, ctx, bulkId);
      if (state !== "running") return null;
      const key = await loadBulkKey(tx, ctx, dataKeyId);
      return { ctx, bulk: { id, name, kind, createdBy }, key, titles: new Map(), turnedAway: 0 };
    });
    if (!run) return false;
    const lanes = Math.min(env().HERO_CONCURRENCY, 8);
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () => work(run, lease.runnerId, isOver)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
    if (!isOver()) await finishBulk(ctx, bulkId);
  } finally {
    await lease.release();
  }
  // Asked after the lease is given back: whoever resumed the bulk before that found it taken.
  return db.tenant(ctx, async (tx) => (await lockBulk(tx, ctx, bulkId)).state === "running");
}
