import "server-only";
import { and, asc, eq, inArray, isNull, lte, or } from "drizzle-orm";
import { db } from "@/db/client";
import { destinations, eventSendings, events } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { openSecrets } from "../destinations/secrets";
import type { SentEvent } from "./request";

/** Longer than a request takes, with what is done before and after it. */
const leaseMs = 60_000;

/** An event that this worker sends until its lease ends. */
export type ClaimedSending = {
  event: SentEvent;
  attempts: number;
  firstAttemptAt: Date | null;
  leasedUntil: Date;
};

export type Claim = { url: string; secrets: string[]; sendings: ClaimedSending[] };

/**
 * Takes events that are due at a destination. If a worker dies they are free again when its lease has ended,
 * so one that it had sent is sent once more.
 *
 * @param room how many are taken at most; of a destination that fails, only one
 */
export async function claimSendings(
  ctx: TenantContext,
  destinationId: string,
  room: { whileWorking: number; whileFailing: number },
  now: Date,
): Promise<Claim | null> {
  return db.tenant(ctx, async (tx) => {
    const [destination] = await tx
      .select({ url: destinations.url, failingSince: destinations.failingSince })
      .from(destinations)
      .where(
        and(
          inScope(destinations, ctx),
          eq(destinations.id, destinationId),
          eq(destinations.state, "active"),
          isNull(destinations.deletedAt),
          or(isNull(destinations.pausedUntil), lte(destinations.pausedUntil, now)),
        ),
      );
    if (!destination) return null;
    const limit = destination.failingSince ? room.whileFailing : room.whileWorking;
    if (limit <= 0) return null;
    const due = await tx
      .select({
        eventId: eventSendings.eventId,
        attempts: eventSendings.attempts,
        firstAttemptAt: eventSendings.firstAttemptAt,
      })
      .from(eventSendings)
      .where(
        and(
          inScope(eventSendings, ctx),
          eq(eventSendings.destinationId, destinationId),
          eq(eventSendings.state, "waiting"),
          lte(eventSendings.nextAttemptAt, now),
          or(isNull(eventSendings.leasedUntil), lte(eventSendings.leasedUntil, now)),
        ),
      )
      .orderBy(asc(eventSendings.nextAttemptAt))
      .limit(limit)
      .for("update", { skipLocked: true });
    if (due.length === 0) return null;
    const eventIds = due.map(({ eventId }) => eventId);
    const leasedUntil = new Date(now.getTime() + leaseMs);
    // At once, so that they share a round trip.
    const [dueEvents, secretsById] = await Promise.all([
      // Apart from the rows above: joined, a long queue was read whole to sort it.
      tx
        .select({
          id: events.id,
          type: events.type,
          occurredAt: events.occurredAt,
          data: events.data,
        })
        .from(events)
        .where(and(inScope(events, ctx), inArray(events.id, eventIds))),
      openSecrets(tx, ctx, [destinationId], now),
      tx
        .update(eventSendings)
        .set({ leasedUntil })
        .where(
          and(
            inScope(eventSendings, ctx),
            eq(eventSendings.destinationId, destinationId),
            inArray(eventSendings.eventId, eventIds),
          ),
        ),
    ]);
    const secrets = secretsById.get(destinationId) ?? [];
    return {
      url: destination.url,
      secrets: secrets.map(({ secret }) => secret),
      sendings: due.flatMap(({ eventId, ...sending }) => {
        const event = dueEvents.find(({ id }) => id === eventId);
        return event ? [{ event, ...sending, leasedUntil }] : [];
      }),
    };
  });
}
