import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { auditEvents } from "@/db/schema/activity";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope } from "@/db/scope";
import { auditActions } from "../../schemas/activity";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkEvent } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { loadLink } from "./load-link";

/** What happened to a link, newest first, from the audit. @throws NotFoundError */
export async function listLinkHistory(
  ctx: TenantContext,
  input: LinkIdInput,
): Promise<LinkEvent[]> {
  requirePermission(ctx, "links.read");
  const rows = await db.read(ctx, async (tx) => {
    await loadLink(tx, ctx, input.linkId);
    return tx
      .select({
        id: auditEvents.id,
        occurredAt: auditEvents.occurredAt,
        action: auditEvents.action,
        details: auditEvents.details,
        personName: users.name,
        apiKeyName: apiKeys.name,
      })
      .from(auditEvents)
      .leftJoin(users, eq(users.id, auditEvents.actorId))
      .leftJoin(apiKeys, and(inScope(apiKeys, ctx), eq(apiKeys.id, auditEvents.actorId)))
      .where(and(inScope(auditEvents, ctx), eq(auditEvents.subjectId, input.linkId)))
      .orderBy(desc(auditEvents.tenantId), desc(auditEvents.subjectId), desc(auditEvents.id))
      .limit(100);
  });
  const actionLabels: Record<string, string> = auditActions;
  return rows.map(({ id, occurredAt, action, details, personName, apiKeyName }) => ({
    id,
    occurredAt: occurredAt.toISOString(),
    actor: personName ?? (apiKeyName ? `API key: ${apiKeyName}` : "Portal"),
    action: actionLabels[action] ?? action,
    details: details ?? {},
  }));
}
