import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import type { AuditAction } from "../schemas/activity";
import { actorId, type TenantContext } from "../tenancy/context";

export type AuditSubject = {
  type:
    | "organisation"
    | "practice"
    | "credential"
    | "link"
    | "bulk_upload"
    | "api_key"
    | "placement"
    | "merge"
    | "appointment"
    | "webhook"
    | "delivery"
    | "destination"
    | "script";
  id: string;
  /** The name of an organisation or practice, for example. Nothing about a patient. */
  label: string | null;
};

/** Writes a change's audit row in the change's own transaction. `details` holds ids and limits only. */
export async function recordAudit(
  tx: Transaction,
  ctx: TenantContext,
  action: AuditAction,
  subject: AuditSubject,
  details?: Record<string, string | number | null>,
): Promise<void> {
  await tx.insert(auditEvents).values({
    tenantId: ctx.tenantId,
    id: uuidv7(),
    environment: subject.type === "organisation" ? null : ctx.environment,
    actorId: ctx.actor.kind === "portal" ? null : actorId(ctx),
    action,
    subjectType: subject.type,
    subjectId: subject.id,
    subjectLabel: subject.label,
    requestId: ctx.requestId,
    details,
  });
}
