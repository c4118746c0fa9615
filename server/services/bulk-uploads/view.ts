import "server-only";
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { bulkUploadRows, bulkUploads } from "@/db/schema/bulk-uploads";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { bulkUploadRowState, type BulkUploadView } from "../../schemas/bulk-uploads";
import type { TenantContext } from "../../tenancy/context";

type RowCounts = BulkUploadView["counts"];

const zeroCounts = (): RowCounts =>
  Object.fromEntries(bulkUploadRowState.options.map((state) => [state, 0])) as RowCounts;

/** How many rows of a bulk upload are in each state. */
export async function countRows(
  tx: Transaction,
  ctx: TenantContext,
  bulkUploadId: string,
): Promise<RowCounts> {
  const rows = await tx
    .select({ state: bulkUploadRows.state, count: sql<number>`count(*)::integer` })
    .from(bulkUploadRows)
    .where(and(inScope(bulkUploadRows, ctx), eq(bulkUploadRows.bulkUploadId, bulkUploadId)))
    .groupBy(bulkUploadRows.state);
  const counts = zeroCounts();
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

const rateWindowSeconds = 60;

/** Rows finished a minute, from the last minute; null with too few to tell. */
async function measureRate(
  tx: Transaction,
  ctx: TenantContext,
  bulkUpload: { id: string; startedAt: Date | null },
): Promise<number | null> {
  const [row] = await tx
    .select({
      count: sql<number>`count(*)::integer`,
      seconds: sql<number>`extract(epoch from now() - min(${bulkUploadRows.finishedAt}))::float8`,
    })
    .from(bulkUploadRows)
    .where(
      and(
        inScope(bulkUploadRows, ctx),
        eq(bulkUploadRows.bulkUploadId, bulkUpload.id),
        sql`${bulkUploadRows.finishedAt} > now() - make_interval(secs => ${rateWindowSeconds})`,
      ),
    );
  if (!row || row.count < 2 || !row.seconds) return null;
  return Math.round((row.count / row.seconds) * 60);
}

/** This tenant's bulk uploads in this environment, newest first. */
export async function selectBulkUploadViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, limit }: { where?: SQL | undefined; limit: number },
): Promise<BulkUploadView[]> {
  const rows = await tx
    .select({
      id: bulkUploads.id,
      name: bulkUploads.name,
      kind: bulkUploads.kind,
      state: bulkUploads.state,
      pauseReason: bulkUploads.pauseReason,
      rowCount: bulkUploads.rowCount,
      result: bulkUploads.result,
      createdBy: users.name,
      createdAt: bulkUploads.createdAt,
      startedAt: bulkUploads.startedAt,
      finishedAt: bulkUploads.finishedAt,
      rowsExpireAt: bulkUploads.rowsExpireAt,
    })
    .from(bulkUploads)
    .leftJoin(users, eq(users.id, bulkUploads.createdBy))
    .where(and(inScope(bulkUploads, ctx), where))
    .orderBy(desc(bulkUploads.tenantId), desc(bulkUploads.environment), desc(bulkUploads.id))
    .limit(limit);
  const views: BulkUploadView[] = [];
  for (const row of rows) {
    const storedCounts = row.result;
    const counts = storedCounts
      ? { ...zeroCounts(), ...storedCounts }
      : await countRows(tx, ctx, row.id);
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
      rowsPerMinute: row.state === "running" ? await measureRate(tx, ctx, row) : null,
      createdBy: row.createdBy ?? "Unknown",
      createdAt: row.createdAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      rowsExpireAt: storedCounts ? null : row.rowsExpireAt.toISOString(),
    });
  }
  return views;
}

/** @throws NotFoundError */
export async function getBulkUploadView(
  tx: Transaction,
  ctx: TenantContext,
  bulkUploadId: string,
): Promise<BulkUploadView> {
  const [view] = await selectBulkUploadViews(tx, ctx, {
    where: eq(bulkUploads.id, bulkUploadId),
    limit: 1,
  });
  if (!view) throw new NotFoundError();
  return view;
}

/** The row of a bulk upload, locked against a change of state. @throws NotFoundError */
export async function lockBulkUpload(tx: Transaction, ctx: TenantContext, bulkUploadId: string) {
  const [row] = await tx
    .select()
    .from(bulkUploads)
    .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUploadId)))
    .for("update");
  if (!row) throw new NotFoundError();
  return row;
}
