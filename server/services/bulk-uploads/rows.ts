import "server-only";
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkUploadRows } from "@/db/schema/bulk-uploads";
import { links } from "@/db/schema/links";
import { inScope, sameScope } from "@/db/scope";
import { refusalOf } from "../../hero/errors";
import type { TenantContext } from "../../tenancy/context";
import { transientErrorCodes } from "../links/reserve";
import { lockBulkUpload } from "./view";

export type BulkUploadRowRecord = typeof bulkUploadRows.$inferSelect;

/** The outcome of a row, or that it waits again: to be tried as new, or since when it has been tried. */
export type RowOutcome =
  | { state: "created"; linkId: string }
  | { state: "failed"; linkId?: string | null; reason: string; reasonCode: string }
  | { state: "unknown"; linkId: string; reason: string }
  | { state: "waiting"; triedSince?: Date | null };

/**
 * Claims the next waiting row for this run; undefined when none waits or the run has ended. Rows that were
 * tried before come last and in any order, so that those without an answer do not keep others back.
 */
export async function claimNextRow(
  ctx: TenantContext,
  bulkUploadId: string,
  leaseOwnerId: string,
): Promise<BulkUploadRowRecord | undefined> {
  const scopeCondition = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const isWaiting = sql`${scopeCondition} and bulk_upload_id = ${bulkUploadId} and state = 'waiting'`;
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .update(bulkUploadRows)
      .set({
        state: "working",
        startedAt: sql`coalesce(${bulkUploadRows.startedAt}, clock_timestamp())`,
      })
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, bulkUploadId),
          sql`${bulkUploadRows.rowNumber} = coalesce(
            (
              select row_number from bulk_upload_rows
              where ${isWaiting} and started_at is null
              order by tenant_id, environment, bulk_upload_id, state, row_number
              limit 1 for update skip locked
            ),
            (
              select row_number from bulk_upload_rows where ${isWaiting}
              order by random() limit 1 for update skip locked
            )
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

/** The reasons of rows whose look-up matched no patient. */
const unmatchedReasons = [
  "patient_not_found",
  "patient_verification_required",
  "patient_mismatch",
  "bad_request",
];

/** How many rows of the past hour matched a patient, and how many did not. */
export async function countRecentLookups(
  tx: Transaction,
  ctx: TenantContext,
  bulkUploadId: string,
): Promise<{ matched: number; unmatched: number }> {
  const isUnmatched = sql`${bulkUploadRows.reasonCode} is not null and ${inArray(bulkUploadRows.reasonCode, unmatchedReasons)}`;
  const [row] = await tx
    .select({
      matched: sql<number>`(count(*) filter (where ${bulkUploadRows.patientId} is not null and not (${isUnmatched})))::int`,
      unmatched: sql<number>`(count(*) filter (where ${isUnmatched}))::int`,
    })
    .from(bulkUploadRows)
    .where(
      and(
        inScope(bulkUploadRows, ctx),
        eq(bulkUploadRows.bulkUploadId, bulkUploadId),
        gt(bulkUploadRows.finishedAt, sql`now() - interval '1 hour'`),
      ),
    );
  return row ?? { matched: 0, unmatched: 0 };
}

const rowOf = (ctx: TenantContext, row: { bulkUploadId: string; rowNumber: number }) =>
  and(
    inScope(bulkUploadRows, ctx),
    eq(bulkUploadRows.bulkUploadId, row.bulkUploadId),
    eq(bulkUploadRows.rowNumber, row.rowNumber),
  );

/**
 * Writes a row's outcome and deletes its sealed identity. A row that waits again keeps it, unless the
 * bulk upload was cancelled: then the row is too.
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
            ? { state: outcome.state, startedAt: outcome.triedSince ?? null }
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
  "The portal stopped while it was requesting this link. The link may exist. Check with the practice before creating another.";

/** A row that failed because of an error in the portal before its link was requested: no retry helps. */
const internalErrorOutcome = {
  state: "failed",
  reason: "Something went wrong on our side. It has been logged. No link was created.",
  reasonCode: "internal_error",
} as const;

/** Resolves the rows that a dead run left `working`, from the ledger. */
export async function recoverOrphanedRows(ctx: TenantContext, bulkUploadId: string): Promise<void> {
  await reconcileRows(ctx, bulkUploadId, { state: "waiting" });
}

/** Resolves a row that failed because of an error in the portal, from the ledger. */
export async function recoverFailedRow(
  ctx: TenantContext,
  row: BulkUploadRowRecord,
): Promise<void> {
  await reconcileRows(ctx, row.bulkUploadId, internalErrorOutcome, row.rowNumber);
}

/**
 * Resolves `working` rows that no run works on. Without a link in the ledger, none was requested. A link
 * that is still pending becomes unknown, and so does its row.
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

/** A row's outcome from its link in the ledger. */
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
    const reason = failure ?? "Hero rejected this link.";
    return { state: "failed", linkId, reason, reasonCode: failureCode };
  }
  // Read before it is requested again.
  if (outcome === "unknown" && refusalOf(failureCode)) return { state: "waiting" };
  return { state: "unknown", linkId, reason: failure ?? workerDiedMessage };
}
