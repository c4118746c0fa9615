import "server-only";
import { and, desc, eq, lt } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { LinkEvent } from "../../schemas/links/view";
import type {
  FoundMessage,
  ListMessagesInput,
  MessageIdInput,
  MessageOperationInput,
  MessagePage,
  MessageView,
} from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { selectAuditEvents } from "../audit-events";
import { loadMessage } from "./load";
import { getMessageView, inMessageState, selectMessageViews } from "./view";

/** @throws NotFoundError */
export async function getMessageById(
  ctx: TenantContext,
  { messageId }: MessageIdInput,
): Promise<MessageView> {
  requirePermission(ctx, "messages.read");
  return db.read(ctx, (tx) => getMessageView(tx, ctx, messageId));
}

/** Messages of this tenant and environment, newest first. */
export async function listMessages(
  ctx: TenantContext,
  input: ListMessagesInput,
): Promise<MessagePage> {
  requirePermission(ctx, "messages.read");
  const { practiceId, patientId, state, cursor, limit = 50 } = input;
  const where = and(
    practiceId ? eq(messages.practiceId, practiceId) : undefined,
    patientId ? eq(messages.patientId, patientId) : undefined,
    state ? inMessageState(state) : undefined,
    cursor ? lt(messages.id, cursor) : undefined,
  );
  const items = await db.read(ctx, (tx) =>
    selectMessageViews(tx, ctx, {
      where,
      orderBy: [desc(messages.tenantId), desc(messages.environment), desc(messages.id)],
      // One more than shown, to know whether there is a next page.
      limit: limit + 1,
    }),
  );
  const last = items[limit - 1];
  return {
    items: items.slice(0, limit),
    nextCursor: items.length > limit && last ? last.id : null,
  };
}

/** The message that a form requested, or null when the request did not arrive. */
export async function findMessageByOperation(
  ctx: TenantContext,
  { operationId }: MessageOperationInput,
): Promise<FoundMessage> {
  requirePermission(ctx, "messages.read");
  const [row] = await db.read(ctx, (tx) =>
    tx
      .select({ messageId: messages.id })
      .from(messages)
      .where(and(inScope(messages, ctx), eq(messages.operationId, operationId))),
  );
  return row ?? null;
}

/** The audit events of a message, newest first. @throws NotFoundError */
export async function listMessageHistory(
  ctx: TenantContext,
  { messageId }: MessageIdInput,
): Promise<LinkEvent[]> {
  requirePermission(ctx, "messages.read");
  const events = await db.read(ctx, async (tx) => {
    await loadMessage(tx, ctx, messageId);
    return selectAuditEvents(tx, ctx, {
      where: and(inScope(auditEvents, ctx), eq(auditEvents.subjectId, messageId)),
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
