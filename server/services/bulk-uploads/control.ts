import "server-only";
import { and, eq } from "drizzle-orm";
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
import { checkBulkUpload } from "./check";
import { countRows, getBulkUploadView, lockBulkUpload } from "./view";

const dayMs = 24 * 3_600_000;
/** How long a result stays, and how long a bulk may take or stay paused. */
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
    { within: tx },
  );

/**
 * Starts the work. The free slots are counted here and now, whatever the screen said.
 *
 * @throws NotFoundError
 * @throws ConflictError while rows are missing, or once it was started
 * @throws InvalidInputError when there are fewer free slots than recipients and their number was not
 *   repeated
 */
export async function startBulkUpload(
  ctx: TenantContext,
  input: StartBulkUploadInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  const current = await db.tenant(ctx, (tx) => getBulkUploadView(tx, ctx, input.bulkUploadId));
  if (current.state !== "uploading") {
    if (current.state === "running") return current;
    throw new ConflictError("This file was started before.");
  }
  if (current.receivedCount < current.rowCount) {
    throw new ConflictError(
      `Only ${current.receivedCount} of ${current.rowCount} rows have arrived. Send the rest first.`,
    );
  }
  const check = await checkBulkUpload(ctx, input);
  if (check.hasTooFewSlots && input.confirmedRecipients !== check.recipients) {
    throw new InvalidInputError(
      "confirmedRecipients",
      `There are fewer free slots than recipients. Type ${check.recipients} to make the links all the same.`,
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

/** @throws ConflictError unless the bulk is in one of `from` */
function requireState(
  state: BulkUploadState,
  allowed: readonly BulkUploadState[],
  message: string,
): void {
  if (!allowed.includes(state)) throw new ConflictError(message);
}

/** Rows in flight finish; no other is begun. @throws NotFoundError, ConflictError */
export async function pauseBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state !== "paused") {
      requireState(bulkUpload.state, ["running"], "Only running work can be paused.");
      await pauseInTransaction(tx, ctx, bulkUpload, null);
    }
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/** @param reason why the portal paused it by itself; null for a person */
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
      requireState(bulkUpload.state, ["paused"], "Only paused work can be resumed.");
      await tx
        .update(bulkUploads)
        .set({ state: "running", pauseReason: null })
        .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUpload.id)));
      await recordBulkUploadAudit(tx, ctx, bulkUpload, "bulk_upload.resumed");
    }
    await enqueueBulkUploadRun(tx, ctx, bulkUpload.id);
    return getBulkUploadView(tx, ctx, bulkUpload.id);
  });
}

/**
 * Ends the work for good: rows that wait are cancelled and who they were about is wiped at once; rows in
 * flight finish. Links made stay.
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
      requireState(bulkUpload.state, ["uploading", "running", "paused"], "This work has finished.");
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

/** Ends a running bulk that has no row left to work on; anything else stays as it is. */
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
  });
}

/**
 * Clears the rows of a bulk whose time is over and keeps their counts. One that nobody started is
 * cancelled by it.
 */
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
