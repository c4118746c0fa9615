import "server-only";
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { bulkRows, bulks } from "@/db/schema/bulk";
import { NotFoundError } from "../../errors";
import { bulkRowState, type BulkView } from "../../schemas/bulk";
import type { TenantContext } from "../../tenancy/context";

export const isBulk = (ctx: TenantContext, bulkId: string) =>
  and(
    eq(bulks.tenantId, ctx.tenantId),
    eq(bulks.environment, ctx.environment),
    eq(bulks.id, bulkId),
  );

export const isRowOf = (ctx: TenantContext, bulkId: string) =>
  and(
    eq(bulkRows.tenantId, ctx.tenantId),
    eq(bulkRows.environment, ctx.environment),
    eq(bulkRows.bulkId, bulkId),
  );

type Counts = BulkView["counts"];

const noRows = (): Counts =>
  Object.fromEntries(bulkRowState.options.map((state) => [state, 0])) as Counts;

/** How many rows of a bulk are in each state. */
export async function countRows(
  tx: Transaction,
  ctx: TenantContext,
  bulkId: string,
): Promise<Counts> {
  const rows = await tx
    .select({ state: bulkRows.state, count: sql<number>`count(*)::integer` })
    .from(bulkRows)
    .where(isRowOf(ctx, bulkId))
    .groupBy(bulkRows.state);
  const counts = noRows();
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

const rateWindowSeconds = 60;

/** Rows settled a minute, by the last minute of work; null while there is nothing to go by. */
async function measureRate(
  tx: Transaction,
  ctx: TenantContext,
  bulk: { id: string; startedAt: Date | null },
): Promise<number | null> {
  const [row] = await tx
    .select({
      count: sql<number>`count(*)::integer`,
      seconds: sql<number>`extract(epoch from now() - min(${bulkRows.settledAt}))::float8`,
    })
    .from(bulkRows)
    .where(
      and(
        isRowOf(ctx, bulk.id),
        sql`${bulkRows.settledAt} > now() - make_interval(secs => ${rateWindowSeconds})`,
      ),
    );
  if (!row || row.count < 2 || !row.seconds) return null;
  return Math.round((row.count / row.seconds) * 60);
}

/** This tenant's bulks in this environment, newest first. */
export async function selectBulkViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, limit }: { where?: SQL | undefined; limit: number },
): Promise<BulkView[]> {
  const rows = await tx
    .select({
      id: bulks.id,
      name: bulks.name,
      kind: bulks.kind,
      state: bulks.state,
      pauseReason: bulks.pauseReason,
      rowCount: bulks.rowCount,
      result: bulks.result,
      createdBy: users.name,
      createdAt: bulks.createdAt,
      startedAt: bulks.startedAt,
      finishedAt: bulks.finishedAt,
      rowsUntil: bulks.rowsUntil,
    })
    .from(bulks)
    .leftJoin(users, eq(users.id, bulks.createdBy))
    .where(and(eq(bulks.tenantId, ctx.tenantId), eq(bulks.environment, ctx.environment), where))
    .orderBy(desc(bulks.tenantId), desc(bulks.environment), desc(bulks.id))
    .limit(limit);
  const views: BulkView[] = [];
  for (const row of rows) {
    const kept = row.result;
    const counts = kept ? { ...noRows(), ...kept } : await countRows(tx, ctx, row.id);
    const receivedCount = Object.values(counts).reduce((sum, count) => sum + count, 0);
    views.push({
      id: row.id,
      name: row.name,
      kind: row.kind,
      state: row.state,
      pauseReason: row.pauseReason,
      rowCount: row.rowCount,
      receivedCount,
      counts,
      perMinute: row.state === "running" ? await measureRate(tx, ctx, row) : null,
      createdBy: row.createdBy ?? "Unknown",
      createdAt: row.createdAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      rowsUntil: kept ? null : row.rowsUntil.toISOString(),
    });
  }
  return views;
}

/** @throws NotFoundError */
export async function getBulkView(
  tx: Transaction,
  ctx: TenantContext,
  bulkId: string,
): Promise<BulkView> {
  const [view] = await selectBulkViews(tx, ctx, { where: eq(bulks.id, bulkId), limit: 1 });
  if (!view) throw new NotFoundError();
  return view;
}

/** The bulk's own row, locked against a change of state meanwhile. @throws NotFoundError */
export async function lockBulk(tx: Transaction, ctx: TenantContext, bulkId: string) {
  const [row] = await tx.select().from(bulks).where(isBulk(ctx, bulkId)).for("update");
  if (!row) throw new NotFoundError();
  return row;
}
