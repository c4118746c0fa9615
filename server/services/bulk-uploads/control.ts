import "server-only";
import { and, eq, isNotNull } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkUploadRows, bulkUploads } from "@/db/schema/bulk-uploads";
import { inScope } from "@/db/scope";
import { ConflictError, InvalidInputError } from "../../errors";
import { enqueue } from "../../queue/enqueue";
import type { AuditAction } from "../../schemas/activity";
import type {
  BulkUploadIdInput,
  BulkUploadState,
  BulkUploadView,
  StartBulkUploadInput,
} from "../../schemas/bulk-uploads";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { recordEvent } from "../events/record";
import { checkBulkUpload } from "./check";
import { countRows, getBulkUploadView, lockBulkUpload } from "./view";

const dayMs = 24 * 3_600_000;
/** How long results are kept, and how long a bulk upload may run or stay paused. */
const resultDays = 7;
const maxRunDays = 30;

const resultExpiresAt = () => new Date(Date.now() + resultDays * dayMs);

async function recordBulkUploadAudit(
  tx: Transaction,
  ctx: TenantContext,
  bulkUpload: { id: string; name: string },
  action: AuditAction,
  details: Record<string, string | number | null> = {},
): Promise<void> {
  await recordAudit(
    tx,
    ctx,
    action,
    { type: "bulk_upload", id: bulkUpload.id, label: bulkUpload.name },
    details,
  );
}

const enqueueBulkUploadRun = (tx: Transaction, ctx: TenantContext, bulkUploadId: string) =>
  enqueue(
    "bulk-upload-run",
    { tenantId: ctx.tenantId, environment: ctx.environment, bulkUploadId },
    { within: tx, key: bulkUploadId },
  );

/**
 * Starts creating the links. Free slots are counted again here.
 *
 * @throws NotFoundError
 * @throws ConflictError while rows are missing, or once started
 * @throws InvalidInputError when there are fewer free slots than recipients and their number was not
 *   confirmed
 */
export async function startBulkUpload(
  ctx: TenantContext,
  input: StartBulkUploadInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  const current = await db.tenant(ctx, (tx) => getBulkUploadView(tx, ctx, input.bulkUploadId));
  if (current.state !== "uploading") {
    if (current.state === "running") return current;
    throw new ConflictError("This bulk upload has already started.");
  }
  if (current.receivedCount < current.rowCount) {
    throw new ConflictError(
      `Only ${current.receivedCount} of ${current.rowCount} rows were uploaded. Upload the rest first.`,
    );
  }
  const check = await checkBulkUpload(ctx, input);
  if (check.hasTooFewSlots && input.confirmedRecipients !== check.recipients) {
    throw new InvalidInputError(
      "confirmedRecipients",
      `There are fewer free slots than recipients. Type ${check.recipients} to create the links anyway.`,
    );
  }
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state === "uploading") {
      await tx
        .update(bulkUploads)
        .set({
          state: "running",
          startedAt: new Date(),
          rowsExpireAt: new Date(Date.now() + maxRunDays * dayMs),
        })
        .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUpload.id)));
      await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.started", {
        rows: bulkUpload.rowCount,
        isShort: check.hasTooFewSlots ? "yes" : "no",
      });
      await enqueueBulkUploadRun(tx, ctx, bulkUpload.id);
    }
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/** @throws ConflictError unless `allowed` includes the state */
function requireState(
  state: BulkUploadState,
  allowed: readonly BulkUploadState[],
  message: string,
): void {
  if (!allowed.includes(state)) throw new ConflictError(message);
}

/** Rows in progress finish; no others start. @throws NotFoundError, ConflictError */
export async function pauseBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state !== "paused") {
      requireState(bulkUpload.state, ["running"], "You can only pause a running bulk upload.");
      await pauseInTransaction(tx, ctx, bulkUpload, null);
    }
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/** @param reason why the portal paused it; null when a person did */
export async function pauseInTransaction(
  tx: Transaction,
  ctx: TenantContext,
  bulkUpload: { id: string; name: string },
  reason: string | null,
): Promise<void> {
  await tx
    .update(bulkUploads)
    .set({ state: "paused", pauseReason: reason })
    .where(
      and(
        inScope(bulkUploads, ctx),
        eq(bulkUploads.id, bulkUpload.id),
        eq(bulkUploads.state, "running"),
      ),
    );
  await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.paused");
}

/** @throws NotFoundError, ConflictError */
export async function resumeBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state !== "running") {
      requireState(bulkUpload.state, ["paused"], "You can only resume a paused bulk upload.");
      await tx
        .update(bulkUploads)
        .set({ state: "running", pauseReason: null })
        .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUpload.id)));
      // Rows that were tried before have their full time again.
      await tx
        .update(bulkUploadRows)
        .set({ startedAt: null })
        .where(
          and(
            inScope(bulkUploadRows, ctx),
            eq(bulkUploadRows.bulkUploadId, bulkUpload.id),
            eq(bulkUploadRows.state, "waiting"),
            isNotNull(bulkUploadRows.startedAt),
          ),
        );
      await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.resumed");
    }
    await enqueueBulkUploadRun(tx, ctx, bulkUpload.id);
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/**
 * Cancels permanently: waiting rows are cancelled and their patient details deleted; rows in progress
 * finish. Links already created are kept.
 *
 * @throws NotFoundError, ConflictError
 */
export async function cancelBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state !== "cancelled") {
      requireState(
        bulkUpload.state,
        ["uploading", "running", "paused"],
        "This bulk upload has finished.",
      );
      const now = new Date();
      await tx
        .update(bulkUploadRows)
        .set({ state: "cancelled", sealed: null, finishedAt: now })
        .where(
          and(
            inScope(bulkUploadRows, ctx),
            eq(bulkUploadRows.bulkUploadId, bulkUpload.id),
            eq(bulkUploadRows.state, "waiting"),
          ),
        );
      await tx
        .update(bulkUploads)
        .set({
          state: "cancelled",
          finishedAt: now,
          pauseReason: null,
          rowsExpireAt: resultExpiresAt(),
        })
        .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUpload.id)));
      await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.cancelled");
    }
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/** Finishes a running bulk upload when no rows are left; otherwise changes nothing. */
export async function finishBulkUpload(ctx: TenantContext, bulkUploadId: string): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, bulkUploadId);
    const counts = await countRows(tx, ctx, bulkUploadId);
    if (bulkUpload.state !== "running" || counts.waiting > 0 || counts.working > 0) return;
    await tx
      .update(bulkUploads)
      .set({ state: "finished", finishedAt: new Date(), rowsExpireAt: resultExpiresAt() })
      .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUploadId)));
    const { created, failed, unknown } = counts;
    await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.finished", {
      created,
      failed,
      unknown,
    });
    await recordEvent(tx, ctx, {
      type: "bulk_upload.finished",
      key: bulkUploadId,
      subjectId: bulkUploadId,
      data: { bulkUploadId },
    });
  });
}

/** Deletes the rows of an expired bulk upload and keeps their counts. Cancels one that never started. */
export async function expireBulkUpload(ctx: TenantContext, bulkUploadId: string): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, bulkUploadId);
    if (bulkUpload.rowsExpireAt > new Date() || bulkUpload.result) return;
    const counts = await countRows(tx, ctx, bulkUploadId);
    const isEnded = bulkUpload.state === "finished" || bulkUpload.state === "cancelled";
    await tx
      .delete(bulkUploadRows)
      .where(and(inScope(bulkUploadRows, ctx), eq(bulkUploadRows.bulkUploadId, bulkUploadId)));
    await tx
      .update(bulkUploads)
      .set({
        result: isEnded
          ? counts
          : { ...counts, waiting: 0, cancelled: counts.cancelled + counts.waiting },
        ...(!isEnded && { state: "cancelled" as const, finishedAt: new Date() }),
      })
      .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUploadId)));
    if (!isEnded) await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.cancelled");
  });
}
