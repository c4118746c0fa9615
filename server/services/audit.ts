import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import type { AuditAction } from "../schemas/activity";
import type { LiveTopic } from "../schemas/live";
import { actorId, type TenantContext } from "../tenancy/context";
import { recordChange } from "./live/record-change";

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
    | "message"
    | "message_batch"
    | "message_template"
    | "message_attachment"
    | "webhook"
    | "delivery"
    | "destination"
    | "script";
  id: string;
  /** The name of an organisation or practice, for example. Nothing about a patient. */
  label: string | null;
};

/** The pages that show a subject. */
const topicOf: Partial<Record<AuditSubject["type"], LiveTopic>> = {
  link: "links",
  bulk_upload: "bulk_uploads",
  practice: "practices",
  credential: "practices",
  webhook: "deliveries",
  delivery: "deliveries",
  destination: "destinations",
  message: "messages",
  message_batch: "messages",
};

/** Actions that change nothing that a page shows, or that are followed by another within the second. */
const unseenActions: readonly AuditAction[] = [
  "link.requested",
  "patient.looked_up",
  "patient.opened",
  "patient.identifiers_shown",
  "patient.candidates_listed",
  "delivery.shown",
  "message.text_shown",
  "message_batch.text_shown",
  "message_batch.report_downloaded",
  "task.shown",
  "task.change_requested",
  "task.changed",
  "task.change_not_made",
  "task.change_unknown",
  "form_response.shown",
  "automated_message.shown",
  "destination.secret_shown",
];

/** Of a link that a job creates for a row: the bulk upload tells pages of all its rows at once. */
const rowActions: readonly AuditAction[] = ["link.created", "link.failed", "link.unknown"];

/**
 * Writes a change's audit row in the change's own transaction, and tells open pages of the change. `details`
 * holds ids and limits only.
 */
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
  const topic = topicOf[subject.type];
  const isOfRow = ctx.actor.kind === "portal" && rowActions.includes(action);
  if (topic && !unseenActions.includes(action) && !isOfRow) {
    await recordChange(tx, ctx, topic, subject.type === "credential" ? undefined : subject.id);
  }
}
