import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkRows } from "@/db/schema/bulk";
import { links } from "@/db/schema/links";
import type { TenantContext } from "../../tenancy/context";
import { passingRefusals } from "../links/make";
import { isRowOf, lockBulk } from "./view";

export type BulkRowRecord = typeof bulkRows.$inferSelect;

/** How a row ended, or that it waits again. */
export type RowEnd =
  | { state: "made"; linkId: string }
  | { state: "refused"; linkId?: string | null; reason: string; reasonCode: string }
  | { state: "unknown"; linkId: string; reason: string }
  | { state: "waiting" };

/** The next row that waits, taken by this run; undefined when none waits or the run is over. */
export async function takeRow(
  ctx: TenantContext,
  bulkId: string,
  runnerId: string,
): Promise<BulkRowRecord | undefined> {
  const mine = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .update(bulkRows)
      .set({ state: "working", startedAt: new Date() })
      .where(
        and(
          isRowOf(ctx, bulkId),
          sql`${bulkRows.rowNumber} = (
            select row_number from bulk_rows
            where ${mine} and bulk_id = ${bulkId} and state = 'waiting'
            order by tenant_id, environment, bulk_id, state, row_number
            limit 1 for update skip locked
          )`,
          sql`exists (
            select from bulks
            where ${mine} and id = ${bulkId} and state = 'running' and runner_id = ${runnerId}
          )`,
        ),
      )
      .returning(),
  );
  return row;
}

const isRow = (ctx: TenantContext, row: { bulkId: string; rowNumber: number }) =>
  and(isRowOf(ctx, row.bulkId), eq(bulkRows.rowNumber, row.rowNumber));

/** Keeps Hero's id of a row's patient and wipes who they are: they need not be looked up again. */
export async function keepPatient(
  ctx: TenantContext,
  row: BulkRowRecord,
  patientId: string,
): Promise<void> {
  await db.tenant(ctx, (tx) =>
    tx.update(bulkRows).set({ patientId, sealed: null }).where(isRow(ctx, row)),
  );
}

/**
 * Writes how a row ended and wipes who it was about. A row that is to wait again keeps both, unless the
 * bulk was cancelled meanwhile: then nothing waits any more.
 */
export async function settleRow(
  ctx: TenantContext,
  row: { bulkId: string; rowNumber: number },
  end: RowEnd,
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const isOver =
      end.state === "waiting" && (await lockBulk(tx, ctx, row.bulkId)).state === "cancelled";
    await tx
      .update(bulkRows)
      .set(
        isOver
          ? { state: "cancelled", sealed: null, settledAt: new Date() }
          : end.state === "waiting"
            ? { state: end.state, startedAt: null }
            : {
                state: end.state,
                sealed: null,
                settledAt: new Date(),
                linkId: end.linkId ?? null,
                reason: end.state === "made" ? null : end.reason,
                reasonCode: end.state === "refused" ? end.reasonCode : null,
              },
      )
      .where(isRow(ctx, row));
  });
}

const diedWhileAsking =
  "The portal stopped while Hero was being asked for this link. A link may exist. Check with the practice before making another.";

/** A row that failed through a fault of ours before Hero was asked; trying again would meet it again. */
const faultOfOurs = {
  state: "refused",
  reason: "Something went wrong on our side. It has been logged. No link was made.",
  reasonCode: "fault",
} as const;

/**
 * Rows that a run left `working` when it died, settled by what the ledger says of each.
 */
export async function settleOrphans(ctx: TenantContext, bulkId: string): Promise<void> {
  await settleByLedger(ctx, bulkId, { state: "waiting" });
}

/** A row of a living run that met a fault of ours, settled by what the ledger says of it. */
export async function settleFault(ctx: TenantContext, row: BulkRowRecord): Promise<void> {
  await settleByLedger(ctx, row.bulkId, faultOfOurs, row.rowNumber);
}

/**
 * The ledger tells what became of a row that is `working` and is worked on no more: without a link's row
 * Hero was not asked; a link that was asked for and not answered is unknown from now on, and so is the
 * row.
 */
async function settleByLedger(
  ctx: TenantContext,
  bulkId: string,
  notAsked: RowEnd,
  rowNumber?: number,
): Promise<void> {
  const rows = await db.tenant(ctx, async (tx) => {
    const found = await tx
      .select({
        rowNumber: bulkRows.rowNumber,
        linkId: links.id,
        outcome: links.outcome,
        failure: links.failure,
        failureCode: links.failureCode,
      })
      .from(bulkRows)
      .leftJoin(
        links,
        and(
          eq(links.tenantId, bulkRows.tenantId),
          eq(links.environment, bulkRows.environment),
          eq(links.operationId, bulkRows.operationId),
        ),
      )
      .where(
        and(
          isRowOf(ctx, bulkId),
          eq(bulkRows.state, "working"),
          rowNumber ? eq(bulkRows.rowNumber, rowNumber) : undefined,
        ),
      );
    const asked = found.flatMap(({ linkId, outcome }) =>
      linkId && outcome === "pending" ? [linkId] : [],
    );
    if (asked.length > 0) {
      await tx
        .update(links)
        .set({ outcome: "unknown", failure: diedWhileAsking, failureCode: "worker_died" })
        .where(
          and(
            eq(links.tenantId, ctx.tenantId),
            eq(links.environment, ctx.environment),
            eq(links.outcome, "pending"),
            inArray(links.id, asked),
          ),
        );
    }
    return found;
  });
  for (const { rowNumber: number, linkId, outcome, failure, failureCode } of rows) {
    const end = linkId
      ? endOf({ linkId, outcome, failure, failureCode: failureCode ?? "" })
      : notAsked;
    await settleRow(ctx, { bulkId, rowNumber: number }, end);
  }
}

/** How a row ends by what the ledger says of its link. */
export function endOf(link: {
  linkId: string | null;
  outcome: "pending" | "active" | "failed" | "unknown" | null;
  failure: string | null;
  failureCode: string;
}): RowEnd {
  const { linkId, outcome, failure, failureCode } = link;
  if (!linkId || !outcome) return { state: "waiting" };
  if (outcome === "active") return { state: "made", linkId };
  if (outcome === "failed") {
    if (passingRefusals.includes(failureCode)) return { state: "waiting" };
    const reason = failure ?? "Hero refused this link.";
    return { state: "refused", linkId, reason, reasonCode: failureCode };
  }
  return { state: "unknown", linkId, reason: failure ?? diedWhileAsking };
}
