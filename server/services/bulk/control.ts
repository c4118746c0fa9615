import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkRows, bulks } from "@/db/schema/bulk";
import { ConflictError, InvalidInputError } from "../../errors";
import { enqueue } from "../../jobs/enqueue";
import type { AuditAction } from "../../schemas/activity";
import type { BulkIdInput, BulkState, BulkView, StartBulkInput } from "../../schemas/bulk";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { checkBulk } from "./check";
import { countRows, getBulkView, isBulk, isRowOf, lockBulk } from "./view";

const day = 24 * 3_600_000;
/** How long a result stays, and how long a bulk may take or stay paused. */
const resultDays = 7;
const workDays = 30;

export const resultUntil = () => new Date(Date.now() + resultDays * day);

async function leaveTrace(
  tx: Transaction,
  ctx: TenantContext,
  bulk: { id: string; name: string },
  action: AuditAction,
  details: Record<string, string | number | null> = {},
): Promise<void> {
  await recordAudit(tx, ctx, action, { type: "bulk", id: bulk.id, label: bulk.name }, details);
}

const nudge = (tx: Transaction, ctx: TenantContext, bulkId: string) =>
  enqueue(
    "run-bulk",
    { tenantId: ctx.tenantId, environment: ctx.environment, bulkId },
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
export async function startBulk(ctx: TenantContext, input: StartBulkInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  const before = await db.tenant(ctx, (tx) => getBulkView(tx, ctx, input.bulkId));
  if (before.state !== "uploading") {
    if (before.state === "running") return before;
    throw new ConflictError("This file was started before.");
  }
  if (before.receivedCount < before.rowCount) {
    throw new ConflictError(
      `Only ${before.receivedCount} of ${before.rowCount} rows have arrived. Send the rest first.`,
    );
  }
  const check = await checkBulk(ctx, input);
  if (check.isShort && input.confirmedRecipients !== check.recipients) {
    throw new InvalidInputError(
      "confirmedRecipients",
      `There are fewer free slots than recipients. Type ${check.recipients} to make the links all the same.`,
    );
  }
  return db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, input.bulkId);
    if (bulk.state === "uploading") {
      await tx
        .update(bulks)
        .set({
          state: "running",
          startedAt: new Date(),
          rowsUntil: new Date(Date.now() + workDays * day),
        })
        .where(isBulk(ctx, bulk.id));
      await leaveTrace(tx, ctx, bulk, "bulk.started", {
        rows: bulk.rowCount,
        isShort: check.isShort ? "yes" : "no",
      });
      await nudge(tx, ctx, bulk.id);
    }
    return getBulkView(tx, ctx, bulk.id);
  });
}

/** @throws ConflictError unless the bulk is in one of `from` */
function refuseUnless(state: BulkState, from: readonly BulkState[], words: string): void {
  if (!from.includes(state)) throw new ConflictError(words);
}

/** Rows in flight finish; no other is begun. @throws NotFoundError, ConflictError */
export async function pauseBulk(ctx: TenantContext, input: BulkIdInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, input.bulkId);
    if (bulk.state !== "paused") {
      refuseUnless(bulk.state, ["running"], "Only running work can be paused.");
      await pauseWithin(tx, ctx, bulk, null);
    }
    return getBulkView(tx, ctx, bulk.id);
  });
}

/** @param reason why the portal paused it by itself; null for a person */
export async function pauseWithin(
  tx: Transaction,
  ctx: TenantContext,
  bulk: { id: string; name: string },
  reason: string | null,
): Promise<void> {
  await tx
    .update(bulks)
    .set({ state: "paused", pauseReason: reason })
    .where(and(isBulk(ctx, bulk.id), eq(bulks.state, "running")));
  await leaveTrace(tx, ctx, bulk, "bulk.paused");
}

/** @throws NotFoundError, ConflictError */
export async function resumeBulk(ctx: TenantContext, input: BulkIdInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, input.bulkId);
    if (bulk.state !== "running") {
      refuseUnless(bulk.state, ["paused"], "Only paused work can be resumed.");
      await tx
        .update(bulks)
        .set({ state: "running", pauseReason: null })
        .where(isBulk(ctx, bulk.id));
      await leaveTrace(tx, ctx, bulk, "bulk.resumed");
    }
    await nudge(tx, ctx, bulk.id);
    return getBulkView(tx, ctx, bulk.id);
  });
}

/**
 * Ends the work for good: rows that wait are cancelled and who they were about is wiped at once; rows in
 * flight finish. Links made stay.
 *
 * @throws NotFoundError, ConflictError
 */
export async function cancelBulk(ctx: TenantContext, input: BulkIdInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, input.bulkId);
    if (bulk.state !== "cancelled") {
      refuseUnless(bulk.state, ["uploading", "running", "paused"], "This work has finished.");
      const now = new Date();
      await tx
        .update(bulkRows)
        .set({ state: "cancelled", sealed: null, settledAt: now })
        .where(and(isRowOf(ctx, bulk.id), eq(bulkRows.state, "waiting")));
      await tx
        .update(bulks)
        .set({ state: "cancelled", finishedAt: now, pauseReason: null, rowsUntil: resultUntil() })
        .where(isBulk(ctx, bulk.id));
      await leaveTrace(tx, ctx, bulk, "bulk.cancelled");
    }
    return getBulkView(tx, ctx, bulk.id);
  });
}

/** Ends a running bulk that has no row left to work on; anything else stays as it is. */
export async function finishBulk(ctx: TenantContext, bulkId: string): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, bulkId);
    const counts = await countRows(tx, ctx, bulkId);
    if (bulk.state !== "running" || counts.waiting > 0 || counts.working > 0) return;
    await tx
      .update(bulks)
      .set({ state: "finished", finishedAt: new Date(), rowsUntil: resultUntil() })
      .where(isBulk(ctx, bulkId));
    const { made, refused, unknown } = counts;
    await leaveTrace(tx, ctx, bulk, "bulk.finished", { made, refused, unknown });
  });
}

/**
 * Clears the rows of a bulk whose time is over and keeps their counts. One that nobody started is
 * cancelled by it.
 */
export async function clearBulk(ctx: TenantContext, bulkId: string): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, bulkId);
    if (bulk.rowsUntil > new Date() || bulk.result) return;
    const counts = await countRows(tx, ctx, bulkId);
    const isOver = bulk.state === "finished" || bulk.state === "cancelled";
    await tx.delete(bulkRows).where(isRowOf(ctx, bulkId));
    await tx
      .update(bulks)
      .set({
        result: isOver
          ? counts
          : { ...counts, waiting: 0, cancelled: counts.cancelled + counts.waiting },
        ...(!isOver && { state: "cancelled" as const, finishedAt: new Date() }),
      })
      .where(isBulk(ctx, bulkId));
    if (!isOver) await leaveTrace(tx, ctx, bulk, "bulk.cancelled");
  });
}
