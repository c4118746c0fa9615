import "server-only";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { destinations, eventSendings, events } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";

const maxEventsAtOnce = 500;
const nilId = "00000000-0000-0000-0000-000000000000";

/**
 * Lets the next events wait for a destination, as far as no older transaction still runs: one that commits
 * late would be behind the cursor. Does nothing while another worker does the same.
 *
 * @returns how many events wait now that did not before
 */
export async function fanOutEvents(
  ctx: TenantContext,
  destinationId: string,
  now: Date,
): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const [destination] = await tx
      .select({
        eventTypes: destinations.eventTypes,
        practiceIds: destinations.practiceIds,
        cursorXid: destinations.cursorXid,
        cursorId: destinations.cursorId,
      })
      .from(destinations)
      .where(
        and(
          inScope(destinations, ctx),
          eq(destinations.id, destinationId),
          eq(destinations.state, "active"),
          isNull(destinations.deletedAt),
        ),
      )
      .for("update", { skipLocked: true });
    if (!destination) return 0;
    const { eventTypes, practiceIds, cursorXid, cursorId } = destination;
    const next = await tx
      .select({
        id: events.id,
        xid: events.xid,
        type: events.type,
        practiceId: events.practiceId,
      })
      .from(events)
      .where(
        and(
          inScope(events, ctx),
          sql`(${events.xid}, ${events.id}) > (${cursorXid}::xid8, ${cursorId ?? nilId}::uuid)`,
          sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`,
        ),
      )
      .orderBy(asc(events.xid), asc(events.id))
      .limit(maxEventsAtOnce);
    const last = next.at(-1);
    if (!last) return 0;
    const wanted = next.filter(
      ({ type, practiceId }) =>
        (eventTypes.length === 0 || eventTypes.includes(type)) &&
        (practiceIds.length === 0 || (practiceId !== null && practiceIds.includes(practiceId))),
    );
    if (wanted.length > 0) {
      await tx
        .insert(eventSendings)
        .values(
          wanted.map(({ id }) => ({
            tenantId: ctx.tenantId,
            environment: ctx.environment,
            destinationId,
            eventId: id,
            nextAttemptAt: now,
          })),
        )
        .onConflictDoNothing();
      await recordChange(tx, ctx, "destinations", destinationId);
    }
    await tx
      .update(destinations)
      .set({ cursorXid: last.xid, cursorId: last.id })
      .where(and(inScope(destinations, ctx), eq(destinations.id, destinationId)));
    return wanted.length;
  });
}
