import "server-only";
import { db } from "@/db/client";
import { isDatabaseUnavailable } from "@/db/errors";
import { env } from "../../env";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { finishBulkUpload, pauseInTransaction } from "./control";
import { loadBulkUploadKey } from "./create";
import { acquireLease } from "./lease";
import { recoverFailedRow, recoverOrphanedRows, saveRowOutcome, claimNextRow } from "./rows";
import { lockBulkUpload } from "./view";
import { type RowResult, type BulkUploadRun, sleep, processRow } from "./process-row";

/** After this long a run hands over to the next, so that many bulks take turns. */
const maxRunMs = 60_000;
/** So many rows in a row that Hero turned away in passing, and the bulk pauses. */
const maxConsecutiveRejections = 20;

/** One lane: row after row, until none waits, the bulk stops or the run's time is over. */
async function processRows(
  run: BulkUploadRun,
  leaseOwnerId: string,
  shouldStop: () => boolean,
): Promise<void> {
  const { ctx, bulkUpload } = run;
  while (!shouldStop()) {
    const row = await claimNextRow(ctx, bulkUpload.id, leaseOwnerId);
    if (!row) return;
    let result: RowResult;
    try {
      result = await processRow(run, row);
    } catch (error) {
      // Without a database nothing can be settled: the next run finds the row as an orphan.
      if (isDatabaseUnavailable(error)) throw error;
      log("error", "bulk row failed", { ...describeError(error), requestId: ctx.requestId });
      await recoverFailedRow(ctx, row);
      continue;
    }
    if (result.state !== "stuck" && result.state !== "waiting") {
      run.consecutiveRejections = 0;
      await saveRowOutcome(ctx, row, result);
      continue;
    }
    await saveRowOutcome(ctx, row, { state: "waiting" });
    run.consecutiveRejections += 1;
    const reason =
      result.state === "stuck"
        ? result.reason
        : run.consecutiveRejections >= maxConsecutiveRejections
          ? "Hero turned away many requests in a row. Resume when it answers again."
          : undefined;
    if (reason) {
      await db.tenant(ctx, async (tx) => {
        const { state } = await lockBulkUpload(tx, ctx, bulkUpload.id);
        if (state === "running") await pauseInTransaction(tx, ctx, bulkUpload, reason);
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
export async function runBulkUpload(
  ctx: TenantContext,
  bulkUploadId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lease = await acquireLease(ctx, bulkUploadId);
  if (!lease) return false;
  const deadline = performance.now() + maxRunMs;
  const shouldStop = () => signal.aborted || performance.now() > deadline;
  try {
    await recoverOrphanedRows(ctx, bulkUploadId);
    const run = await db.tenant(ctx, async (tx): Promise<BulkUploadRun | null> => {
      const { id, name, kind, state, createdBy, dataKeyId } = await lockBulkUpload(
        tx,
        ctx,
        bulkUploadId,
      );
      if (state !== "running") return null;
      const key = await loadBulkUploadKey(tx, ctx, dataKeyId);
      return {
        ctx,
        bulkUpload: { id, name, kind, createdBy },
        key,
        formTitles: new Map(),
        consecutiveRejections: 0,
      };
    });
    if (!run) return false;
    const concurrency = Math.min(env().HERO_CONCURRENCY, 8);
    const results = await Promise.allSettled(
      Array.from({ length: concurrency }, () => processRows(run, lease.leaseOwnerId, shouldStop)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    if (!shouldStop()) await finishBulkUpload(ctx, bulkUploadId);
  } finally {
    await lease.release();
  }
  // Asked after the lease is given back: whoever resumed the bulk before that found it taken.
  return db.tenant(
    ctx,
    async (tx) => (await lockBulkUpload(tx, ctx, bulkUploadId)).state === "running",
  );
}
