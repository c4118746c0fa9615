import "server-only";
import { db } from "@/db/client";
import { isDatabaseUnavailable } from "@/db/errors";
import { env } from "../../env";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";
import { areLookupsPaused } from "../patients/lookup-limit";
import { enqueueLookupLimitMail } from "../patients/lookup-limit-mail";
import { finishBulkUpload, pauseInTransaction } from "./control";
import { loadBulkUploadKey } from "./create";
import { acquireLease } from "./lease";
import {
  claimNextRow,
  countRecentLookups,
  recoverFailedRow,
  recoverOrphanedRows,
  saveRowOutcome,
} from "./rows";
import { lockBulkUpload } from "./view";
import { type RowResult, type BulkUploadRun, sleep, processRow } from "./process-row";

/** A run ends after this long, so that bulk uploads take turns and a new one starts soon. */
const maxRunMs = 4_000;
/** The bulk upload pauses after this many consecutive rejections. */
const maxConsecutiveRejections = 20;
/** It also pauses when a row is still without an answer this long after it was first tried. */
const maxRowMinutes = 10;
/** How often pages are told of the rows that are done. */
const progressIntervalMs = 1_000;

/** Processes row after row, until none waits, the bulk upload stops or the run's time is over. */
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
      // Without a database nothing can be saved: the next run recovers the row.
      if (isDatabaseUnavailable(error)) throw error;
      log("error", "bulk upload row failed", { ...describeError(error), requestId: ctx.requestId });
      await recoverFailedRow(ctx, row);
      continue;
    }
    if (result.state !== "blocked" && result.state !== "waiting") {
      run.consecutiveRejections = 0;
      await saveRowOutcome(ctx, row, result);
      if (performance.now() - run.progressAt >= progressIntervalMs) await recordProgress(run);
      continue;
    }
    const triedSince = row.startedAt ?? new Date();
    const triedForMs = Date.now() - triedSince.getTime();
    await saveRowOutcome(ctx, row, { state: "waiting", triedSince });
    if (result.state === "blocked" || !result.isBusy) run.consecutiveRejections += 1;
    const reason =
      result.state === "blocked" ? result.reason : explainPause(run, row.rowNumber, triedForMs);
    if (reason) {
      // Owners have an email already when the person's look-ups paused as well.
      const tellsOwners =
        "hasTooManyLookups" in result && !(await areLookupsPaused(ctx, bulkUpload.createdBy));
      await db.tenant(ctx, async (tx) => {
        const { state } = await lockBulkUpload(tx, ctx, bulkUpload.id);
        if (state !== "running") return;
        await pauseInTransaction(tx, ctx, bulkUpload, reason);
        if (!tellsOwners) return;
        const { createdBy: personId, id: bulkUploadId } = bulkUpload;
        await enqueueLookupLimitMail(tx, ctx, { personId, bulkUploadId });
      });
      return;
    }
    // The longer a row waits, the less often it is tried.
    await sleep(Math.min(Math.max(triedForMs / 5, 500), 2000));
  }
}

/** Tells pages of the rows that are done, all at once. */
async function recordProgress(run: BulkUploadRun): Promise<void> {
  run.progressAt = performance.now();
  await db.tenant(run.ctx, async (tx) => {
    await recordChange(tx, run.ctx, "bulk_uploads", run.bulkUpload.id);
    await recordChange(tx, run.ctx, "links");
  });
}

/** Why a bulk upload pauses after a row without an answer; undefined while it goes on. */
function explainPause(
  { consecutiveRejections }: BulkUploadRun,
  rowNumber: number,
  triedForMs: number,
): string | undefined {
  if (consecutiveRejections >= maxConsecutiveRejections) {
    return "Hero rejected many requests in a row, or did not answer clearly. Resume when it is available again.";
  }
  if (triedForMs < maxRowMinutes * 60_000) return undefined;
  return `Row ${rowNumber} was tried for ${maxRowMinutes} minutes, and Hero did not answer clearly. Resume to try it again, or cancel the rows that are waiting.`;
}

/**
 * Works on a bulk upload for a while: recovers the rows of a dead run, then looks up patients and creates
 * links, as many at once as a key allows, each row at most once. Nothing is done for a paused or
 * cancelled one.
 *
 * @returns true when the bulk upload is still running and needs another run
 * @throws when the database is not available; the next run recovers rows in progress
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
        lookups: await countRecentLookups(tx, ctx, bulkUploadId),
        consecutiveRejections: 0,
        progressAt: performance.now(),
      };
    });
    if (!run) return false;
    const concurrency = Math.min(env().HERO_CONCURRENCY, 8);
    const results = await Promise.allSettled(
      Array.from({ length: concurrency }, () => processRows(run, lease.leaseOwnerId, shouldStop)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    await recordProgress(run);
    if (!shouldStop()) await finishBulkUpload(ctx, bulkUploadId);
  } finally {
    await lease.release();
  }
  // Checked after the lease is released: a resume before that could not start a run.
  return db.tenant(
    ctx,
    async (tx) => (await lockBulkUpload(tx, ctx, bulkUploadId)).state === "running",
  );
}
