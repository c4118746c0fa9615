import "server-only";
import { and, desc, eq, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import type { ActivityPage, ListActivityInput } from "../schemas/activity";
import type { TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";
import { selectAuditEvents } from "./audit-events";

/** Audit events of this environment and of the organisation, newest first. */
export async function listActivity(
  ctx: TenantContext,
  { cursor, limit = 50 }: ListActivityInput,
): Promise<ActivityPage> {
  requirePermission(ctx, "activity.read");
  const rows = await db.tenant(ctx, (tx) =>
    selectAuditEvents(tx, ctx, {
      where: and(
        or(eq(auditEvents.environment, ctx.environment), isNull(auditEvents.environment)),
        cursor ? lt(auditEvents.id, cursor) : undefined,
      ),
      // The whole key, because ordering by id alone would sort every event of the tenant.
      orderBy: [desc(auditEvents.tenantId), desc(auditEvents.id)],
      limit: limit + 1,
    }),
  );
  const items = rows.slice(0, limit).map(({ details: _details, ...event }) => event);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
