import "server-only";
import { and, asc, desc, eq, gt } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkRows, bulks } from "@/db/schema/bulk";
import { links } from "@/db/schema/links";
import type { BulkIdInput, BulkRowPage, BulkView, ListBulkRowsInput } from "../../schemas/bulk";
import { csvStart, toCsvLine } from "../../schemas/csv";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getBulkView, isRowOf, selectBulkViews } from "./view";

const mostListed = 50;
const rowsOfPage = 100;
const rowsOfChunk = 1000;

/** The newest bulks. */
export async function listBulks(ctx: TenantContext): Promise<BulkView[]> {
  requirePermission(ctx, "links.read");
  return db.tenant(ctx, (tx) => selectBulkViews(tx, ctx, { limit: mostListed }));
}

/** @throws NotFoundError */
export async function getBulk(ctx: TenantContext, input: BulkIdInput): Promise<BulkView> {
  requirePermission(ctx, "links.read");
  return db.tenant(ctx, (tx) => getBulkView(tx, ctx, input.bulkId));
}

/** Which headings earlier files had and what they were taken for, newest first, each choice once. */
export async function listBulkColumns(ctx: TenantContext): Promise<Record<string, string>[]> {
  requirePermission(ctx, "links.create");
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select({ columns: bulks.columns })
      .from(bulks)
      .where(and(eq(bulks.tenantId, ctx.tenantId), eq(bulks.environment, ctx.environment)))
      .orderBy(desc(bulks.tenantId), desc(bulks.environment), desc(bulks.id))
      .limit(mostListed),
  );
  return [
    ...new Map(rows.map(({ columns }) => [JSON.stringify(columns), columns] as const)).values(),
  ];
}

async function readRows(
  ctx: TenantContext,
  { bulkId, state, after = 0 }: ListBulkRowsInput,
  limit: number,
) {
  return db.tenant(ctx, (tx) =>
    tx
      .select({
        rowNumber: bulkRows.rowNumber,
        reference: bulkRows.reference,
        state: bulkRows.state,
        reason: bulkRows.reason,
        linkId: bulkRows.linkId,
        url: links.url,
      })
      .from(bulkRows)
      .leftJoin(
        links,
        and(
          eq(links.tenantId, bulkRows.tenantId),
          eq(links.environment, bulkRows.environment),
          eq(links.id, bulkRows.linkId),
        ),
      )
      .where(
        and(
          isRowOf(ctx, bulkId),
          state ? eq(bulkRows.state, state) : undefined,
          gt(bulkRows.rowNumber, after),
        ),
      )
      .orderBy(asc(bulkRows.rowNumber))
      .limit(limit),
  );
}

/** Rows in the order of the file. @throws NotFoundError */
export async function listBulkRows(
  ctx: TenantContext,
  input: ListBulkRowsInput,
): Promise<BulkRowPage> {
  requirePermission(ctx, "links.read");
  await db.tenant(ctx, (tx) => getBulkView(tx, ctx, input.bulkId));
  const rows = await readRows(ctx, input, rowsOfPage + 1);
  const items = rows.slice(0, rowsOfPage);
  return { items, nextAfter: rows.length > rowsOfPage ? (items.at(-1)?.rowNumber ?? null) : null };
}

/**
 * The result file as CSV, in pieces: the partner's own reference, the link, what became of the row and
 * why. No identity is in it; every cell is inert in a spreadsheet.
 *
 * @throws NotFoundError, also once the rows are gone
 */
export async function openBulkResult(
  ctx: TenantContext,
  input: BulkIdInput,
): Promise<{ fileName: string; pieces: AsyncGenerator<string> }> {
  requirePermission(ctx, "links.read");
  const bulk = await db.tenant(ctx, (tx) => getBulkView(tx, ctx, input.bulkId));
  async function* pieces() {
    yield csvStart + toCsvLine(["row", "reference", "link", "state", "reason"]);
    for (let after = 0; ; ) {
      const rows = await readRows(ctx, { bulkId: bulk.id, after }, rowsOfChunk);
      const lines = rows.map(({ rowNumber, reference, url, state, reason }) =>
        toCsvLine([String(rowNumber), reference ?? "", url ?? "", state, reason ?? ""]),
      );
      if (lines.length > 0) yield lines.join("");
      const last = rows.at(-1);
      if (rows.length < rowsOfChunk || !last) return;
      after = last.rowNumber;
    }
  }
  return {
    fileName: `links-${bulk.createdAt.slice(0, 10)}-${bulk.id.slice(-6)}.csv`,
    pieces: pieces(),
  };
}
