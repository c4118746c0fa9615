import "server-only";
import { and, desc, eq, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { auditEvents } from "@/db/schema/activity";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope, inTenant } from "@/db/scope";
import { type ActivityPage, auditActions, type ListActivityInput } from "../schemas/activity";
import type { TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";

/** What happened in this environment and to the organisation as a whole, newest first. */
export async function listActivity(
  ctx: TenantContext,
  { cursor, limit = 50 }: ListActivityInput,
): Promise<ActivityPage> {
  requirePermission(ctx, "activity.read");
  const rows = await db.read(ctx, (tx) =>
    tx
      .select({
        id: auditEvents.id,
        occurredAt: auditEvents.occurredAt,
        environment: auditEvents.environment,
        actorId: auditEvents.actorId,
        actorName: users.name,
        apiKeyName: apiKeys.name,
        action: auditEvents.action,
        subjectType: auditEvents.subjectType,
        subjectId: auditEvents.subjectId,
        subjectLabel: auditEvents.subjectLabel,
        requestId: auditEvents.requestId,
      })
      .from(auditEvents)
      .leftJoin(users, eq(users.id, auditEvents.actorId))
      .leftJoin(apiKeys, and(inScope(apiKeys, ctx), eq(apiKeys.id, auditEvents.actorId)))
      .where(
        and(
          inTenant(auditEvents, ctx),
          or(eq(auditEvents.environment, ctx.environment), isNull(auditEvents.environment)),
          cursor ? lt(auditEvents.id, cursor) : undefined,
        ),
      )
      // By the whole key, as the ledger is: by the id alone every event of the tenant would be sorted.
      .orderBy(desc(auditEvents.tenantId), desc(auditEvents.id))
      .limit(limit + 1),
  );
  const actionLabels: Record<string, string | undefined> = auditActions;
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    occurredAt: row.occurredAt.toISOString(),
    actor: row.actorId ? formatActor(row) : "Portal",
    action: actionLabels[row.action] ?? row.action,
    subject: { type: row.subjectType, id: row.subjectId, label: row.subjectLabel },
    environment: row.environment,
    requestId: row.requestId,
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const formatActor = ({
  actorName,
  apiKeyName,
}: {
  actorName: string | null;
  apiKeyName: string | null;
}) => actorName ?? (apiKeyName ? `API key: ${apiKeyName}` : "Unknown");
