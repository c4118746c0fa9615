import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkUploadRows } from "@/db/schema/bulk-uploads";
import { links } from "@/db/schema/links";
import { inScope, sameScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { transientErrorCodes } from "../links/reserve";
import { lockBulkUpload } from "./view";

export type BulkUploadRowRecord = typeof bulkUploadRows.$inferSelect;

/** How a row ended, or that it waits again. */
export type RowOutcome =
  | { state: "created"; linkId: string }
  | { state: "failed"; linkId?: string | null; reason: string; reasonCode: string }
  | { state: "unknown"; linkId: string; reason: string }
  | { state: "waiting" };

/** The next row that waits, taken by this run; undefined when none waits or the run is over. */
export async function claimNextRow(
  ctx: TenantContext,
  bulkUploadId: string,
  leaseOwnerId: string,
): Promise<BulkUploadRowRecord | undefined> {
  const scopeCondition = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .update(bulkUploadRows)
      .set({ state: "working", startedAt: new Date() })
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, bulkUploadId),
          sql`${bulkUploadRows.rowNumber} = (
            select row_number from bulk_upload_rows
            where ${scopeCondition} and bulk_upload_id = ${bulkUploadId} and state = 'waiting'
            order by tenant_id, environment, bulk_upload_id, state, row_number
            limit 1 for update skip locked
          )`,
          sql`exists (
            select from bulk_uploads
            where ${scopeCondition} and id = ${bulkUploadId} and state = 'running' and lease_owner_id = ${leaseOwnerId}
          )`,
        ),
      )
      .returning(),
  );
  return row;
}

const rowOf = (ctx: TenantContext, row: { bulkUploadId: string; rowNumber: number }) =>
  and(
    inScope(bulkUploadRows, ctx),
    eq(bulkUploadRows.bulkUploadId, row.bulkUploadId),
    eq(bulkUploadRows.rowNumber, row.rowNumber),
  );

/** Keeps Hero's id of a row's patient and wipes who they are: they need not be looked up again. */
export async function savePatientId(
  ctx: TenantContext,
  row: BulkUploadRowRecord,
  patientId: string,
): Promise<void> {
  await db.tenant(ctx, (tx) =>
    tx.update(bulkUploadRows).set({ patientId, sealed: null }).where(rowOf(ctx, row)),
  );
}

/**
 * Writes how a row ended and wipes who it was about. A row that is to wait again keeps both, unless the
 * bulk was cancelled meanwhile: then nothing waits any more.
 */
export async function saveRowOutcome(
  ctx: TenantContext,
  row: { bulkUploadId: string; rowNumber: number },
  outcome: RowOutcome,
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const isCancelled =
      outcome.state === "waiting" &&
      (await lockBulkUpload(tx, ctx, row.bulkUploadId)).state === "cancelled";
    await tx
      .update(bulkUploadRows)
      .set(
        isCancelled
          ? { state: "cancelled", sealed: null, finishedAt: new Date() }
          : outcome.state === "waiting"
            ? { state: outcome.state, startedAt: null }
            : {
                state: outcome.state,
                sealed: null,
                finishedAt: new Date(),
                linkId: outcome.linkId ?? null,
                reason: outcome.state === "created" ? null : outcome.reason,
                reasonCode: outcome.state === "failed" ? outcome.reasonCode : null,
              },
      )
      .where(rowOf(ctx, row));
  });
}

const workerDiedMessage =
  "The portal stopped while Hero was being asked for this link. A link may exist. Check with the practice before making another.";

/** A row that failed through a fault of ours before Hero was asked; trying again would meet it again. */
const internalErrorOutcome = {
  state: "failed",
  reason: "Something went wrong on our side. It has been logged. No link was made.",
  reasonCode: "internal_error",
} as const;

/**
 * Rows that a run left `working` when it died, settled by what the ledger says of each.
 */
export async function recoverOrphanedRows(ctx: TenantContext, bulkUploadId: string): Promise<void> {
  await reconcileRows(ctx, bulkUploadId, { state: "waiting" });
}

/** A row of a living run that met a fault of ours, settled by what the ledger says of it. */
export async function recoverFailedRow(
  ctx: TenantContext,
  row: BulkUploadRowRecord,
): Promise<void> {
  await reconcileRows(ctx, row.bulkUploadId, internalErrorOutcome, row.rowNumber);
}

/**
 * The ledger tells what became of a row that is `working` and is worked on no more: without a link's row
 * Hero was not asked; a link that was asked for and not answered is unknown from now on, and so is the
 * row.
 */
async function reconcileRows(
  ctx: TenantContext,
  bulkUploadId: string,
  outcomeIfNotRequested: RowOutcome,
  rowNumber?: number,
): Promise<void> {
  const rows = await db.tenant(ctx, async (tx) => {
    const found = await tx
      .select({
        rowNumber: bulkUploadRows.rowNumber,
        linkId: links.id,
        outcome: links.outcome,
        failure: links.failure,
        failureCode: links.failureCode,
      })
      .from(bulkUploadRows)
      .leftJoin(
        links,
        and(sameScope(links, bulkUploadRows), eq(links.operationId, bulkUploadRows.operationId)),
      )
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, bulkUploadId),
          eq(bulkUploadRows.state, "working"),
          rowNumber ? eq(bulkUploadRows.rowNumber, rowNumber) : undefined,
        ),
      );
    const requestedLinkIds = found.flatMap(({ linkId, outcome }) =>
      linkId && outcome === "pending" ? [linkId] : [],
    );
    if (requestedLinkIds.length > 0) {
      await tx
        .update(links)
        .set({ outcome: "unknown", failure: workerDiedMessage, failureCode: "worker_died" })
        .where(
          and(
            inScope(links, ctx),
            eq(links.outcome, "pending"),
            inArray(links.id, requestedLinkIds),
          ),
        );
    }
    return found;
  });
  for (const { rowNumber: orphanRowNumber, linkId, outcome, failure, failureCode } of rows) {
    const rowOutcome = linkId
      ? rowOutcomeOf({ linkId, outcome, failure, failureCode: failureCode ?? "" })
      : outcomeIfNotRequested;
    await saveRowOutcome(ctx, { bulkUploadId, rowNumber: orphanRowNumber }, rowOutcome);
  }
}

/** How a row ends by what the ledger says of its link. */
export function rowOutcomeOf(link: {
  linkId: string | null;
  outcome: "pending" | "active" | "failed" | "unknown" | null;
  failure: string | null;
  failureCode: string;
}): RowOutcome {
  const { linkId, outcome, failure, failureCode } = link;
  if (!linkId || !outcome) return { state: "waiting" };
  if (outcome === "active") return { state: "created", linkId };
  if (outcome === "failed") {
    if (transientErrorCodes.includes(failureCode)) return { state: "waiting" };
    const reason = failure ?? "Hero refused this link.";
    return { state: "failed", linkId, reason, reasonCode: failureCode };
  }
  return { state: "unknown", linkId, reason: failure ?? workerDiedMessage };
}
