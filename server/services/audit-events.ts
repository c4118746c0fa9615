import "server-only";
import { and, eq, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { auditEvents } from "@/db/schema/activity";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope, inTenant } from "@/db/scope";
import { auditActions } from "../schemas/activity";
import type { TenantContext } from "../tenancy/context";
import { actorName } from "./actors";

/** Audit rows of this tenant with the words and names that people read. */
export async function selectAuditEvents(
  tx: Transaction,
  ctx: TenantContext,
  query: { where: SQL | undefined; orderBy: SQL[]; limit: number },
) {
  const rows = await tx
    .select({
      id: auditEvents.id,
      occurredAt: auditEvents.occurredAt,
      environment: auditEvents.environment,
      userName: users.name,
      apiKeyName: apiKeys.name,
      action: auditEvents.action,
      subject: {
        type: auditEvents.subjectType,
        id: auditEvents.subjectId,
        label: auditEvents.subjectLabel,
      },
      requestId: auditEvents.requestId,
      details: auditEvents.details,
    })
    .from(auditEvents)
    .leftJoin(users, eq(users.id, auditEvents.actorId))
    .leftJoin(apiKeys, and(inScope(apiKeys, ctx), eq(apiKeys.id, auditEvents.actorId)))
    .where(and(inTenant(auditEvents, ctx), query.where))
    .orderBy(...query.orderBy)
    .limit(query.limit);
  const actionLabels: Record<string, string | undefined> = auditActions;
  return rows.map(({ userName, apiKeyName, ...row }) => ({
    ...row,
    occurredAt: row.occurredAt.toISOString(),
    actor: actorName(userName, apiKeyName),
    action: actionLabels[row.action] ?? row.action,
    details: row.details ?? {},
  }));
}
