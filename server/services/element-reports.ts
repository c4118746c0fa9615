import "server-only";
import { and, asc, eq, gte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { elementReports } from "@/db/schema/placements";
import { inScope } from "@/db/scope";
import { addDays, ukDateOf } from "../schemas/dates";
import type { ElementErrorCode } from "../schemas/element-errors";
import type { ElementReport, ElementReportDays } from "../schemas/element-reports";
import type { PlacementIdInput } from "../schemas/placements";
import type { TenantContext } from "../tenancy/context";
import { resolvePlacementContext } from "../tenancy/placement";
import { requirePermission } from "../tenancy/permissions";
import { consumeRateLimit } from "./rate-limits";
import { getPlacementView } from "./placements/view";

const reportDays = 14;

/**
 * Adds one to today's count of an error code. Anyone can send a report, so nothing else changes.
 *
 * @throws NotFoundError for an unknown placement
 * @throws RateLimitedError
 */
export async function recordElementReport(
  { placement, code }: ElementReport,
  requestId: string,
  now = new Date(),
): Promise<void> {
  // After the look-up: invented ids would fill the table of rate limits.
  const { ctx } = await resolvePlacementContext(placement, requestId);
  await consumeRateLimit("element-report", placement);
  await db.tenant(ctx, (tx) =>
    tx
      .insert(elementReports)
      .values({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        placementId: placement,
        day: ukDateOf(now),
        code,
        count: 1,
      })
      .onConflictDoUpdate({
        target: [
          elementReports.tenantId,
          elementReports.environment,
          elementReports.placementId,
          elementReports.day,
          elementReports.code,
        ],
        set: { count: sql`${elementReports.count} + 1` },
      }),
  );
}

/** Reports of the last 14 days, including today. @throws NotFoundError */
export async function listElementReports(
  ctx: TenantContext,
  { placementId }: PlacementIdInput,
  now = new Date(),
): Promise<ElementReportDays> {
  requirePermission(ctx, "elements.read");
  const today = ukDateOf(now);
  const days = Array.from({ length: reportDays }, (_, index) =>
    addDays(today, index + 1 - reportDays),
  );
  const rows = await db.tenant(ctx, async (tx) => {
    await getPlacementView(tx, ctx, placementId);
    return tx
      .select({
        day: elementReports.day,
        code: elementReports.code,
        count: elementReports.count,
      })
      .from(elementReports)
      .where(
        and(
          inScope(elementReports, ctx),
          eq(elementReports.placementId, placementId),
          gte(elementReports.day, days[0] ?? today),
        ),
      )
      .orderBy(asc(elementReports.day), asc(elementReports.code));
  });
  return days.map((day) => {
    const counts: Partial<Record<ElementErrorCode, number>> = {};
    for (const row of rows) if (row.day === day) counts[row.code as ElementErrorCode] = row.count;
    return { day, counts };
  });
}
