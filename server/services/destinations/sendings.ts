import "server-only";
import { and, eq, gte, inArray, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { eventSendings, events } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { RecoverEventsInput, ResendEventInput } from "../../schemas/destinations";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { lockDestination } from "./secrets";

/** Sent at once, as if for the first time. */
export const restarted = (now: Date) =>
  ({
    state: "waiting",
    attempts: 0,
    firstAttemptAt: null,
    nextAttemptAt: now,
    leasedUntil: null,
    finishedAt: null,
  }) as const;

/**
 * Sends an event again with the same ID, also one that arrived or that the destination's filters left out. A
 * destination that is off gets it when it is on again.
 * @throws NotFoundError
 */
export async function resendEvent(
  ctx: TenantContext,
  { destinationId, eventId }: ResendEventInput,
  now = new Date(),
): Promise<null> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const name = await lockDestination(tx, ctx, destinationId);
    const [event] = await tx
      .select({ id: events.id, type: events.type })
      .from(events)
      .where(and(inScope(events, ctx), eq(events.id, eventId)));
    if (!event) throw new NotFoundError();
    const { tenantId, environment } = ctx;
    await tx
      .insert(eventSendings)
      .values({ tenantId, environment, destinationId, eventId, nextAttemptAt: now })
      .onConflictDoUpdate({
        target: [
          eventSendings.tenantId,
          eventSendings.environment,
          eventSendings.destinationId,
          eventSendings.eventId,
        ],
        set: restarted(now),
      });
    const subject = { type: "destination", id: destinationId, label: name } as const;
    await recordAudit(tx, ctx, "destination.resent", subject, { eventId, type: event.type });
    return null;
  });
}

/**
 * Sends again what did not arrive of the events since a time: what was given up, and what waits for its next
 * attempt.
 * @throws NotFoundError
 */
export async function recoverEvents(
  ctx: TenantContext,
  { destinationId, since }: RecoverEventsInput,
  now = new Date(),
): Promise<{ count: number }> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const name = await lockDestination(tx, ctx, destinationId);
    const eventsSince = tx
      .select({ id: events.id })
      .from(events)
      .where(and(inScope(events, ctx), gte(events.occurredAt, new Date(since))));
    const recovered = await tx
      .update(eventSendings)
      .set(restarted(now))
      .where(
        and(
          inScope(eventSendings, ctx),
          eq(eventSendings.destinationId, destinationId),
          inArray(eventSendings.state, ["given_up", "waiting"]),
          isNull(eventSendings.leasedUntil),
          inArray(eventSendings.eventId, eventsSince),
        ),
      )
      .returning({ id: eventSendings.eventId });
    const subject = { type: "destination", id: destinationId, label: name } as const;
    const details = { since, events: recovered.length };
    await recordAudit(tx, ctx, "destination.recovered", subject, details);
    return { count: recovered.length };
  });
}
