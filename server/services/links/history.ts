import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import { inScope } from "@/db/scope";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkEvent } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { selectAuditEvents } from "../audit-events";
import { loadLink } from "./load-link";

/** The audit events of a link, newest first. @throws NotFoundError */
export async function listLinkHistory(
  ctx: TenantContext,
  input: LinkIdInput,
): Promise<LinkEvent[]> {
  requirePermission(ctx, "links.read");
  const events = await db.tenant(ctx, async (tx) => {
    await loadLink(tx, ctx, input.linkId);
    return selectAuditEvents(tx, ctx, {
      where: and(inScope(auditEvents, ctx), eq(auditEvents.subjectId, input.linkId)),
      orderBy: [desc(auditEvents.tenantId), desc(auditEvents.subjectId), desc(auditEvents.id)],
      limit: 100,
    });
  });
  return events.map(({ id, occurredAt, actor, action, details }) => ({
    id,
    occurredAt,
    actor,
    action,
    details,
  }));
}
