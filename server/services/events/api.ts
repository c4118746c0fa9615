import "server-only";
import { and, asc, eq, gte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { events } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import { CursorExpiredError, InvalidInputError } from "../../errors";
import {
  type EventResourcePage,
  type ListEventsQuery,
  toEventResource,
} from "../../schemas/api-v1";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { type EventCursor, formatCursor, parseCursor } from "./cursor";
import { cursorLifetimeDays, cursorLifetimeMs, eventRecordedAt } from "./retention";

/** Before every event's id. */
const nilId = "00000000-0000-0000-0000-000000000000";

const expiredText = `This cursor is more than ${cursorLifetimeDays} days old, so events after it may have been deleted. Read without a cursor to start with the oldest event.`;

function requireCursor(ctx: TenantContext, cursor: string, now: Date): EventCursor {
  const parsed = parseCursor(ctx, cursor);
  if (!parsed) {
    throw new InvalidInputError("cursor", "This is not a cursor of this API.", "query");
  }
  if (parsed.readUntil.getTime() < now.getTime() - cursorLifetimeMs) {
    throw new CursorExpiredError(expiredText);
  }
  return parsed;
}

/**
 * The events after a cursor, in the order of their transactions and only as far as the oldest transaction
 * that still runs. An older one that commits late is then neither skipped nor read twice; all wait for it.
 *
 * @throws InvalidInputError for a cursor that is not of this tenant and environment
 * @throws CursorExpiredError for one that is older than `cursorLifetimeDays`
 */
export async function listEventsByApi(
  ctx: TenantContext,
  { type, since, cursor, limit = 50 }: ListEventsQuery,
  now = new Date(),
): Promise<EventResourcePage> {
  requirePermission(ctx, "events.read");
  const after = cursor === undefined ? undefined : requireCursor(ctx, cursor, now);
  return db.tenant(ctx, async (tx) => {
    // A snapshot that is older than the query's own can only hide events, never leave one out.
    const [snapshot] = await tx.execute<{ xmin: string }>(
      sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`,
    );
    const xmin = snapshot?.xmin ?? "0";
    const rows = await tx
      .select({
        id: events.id,
        xid: events.xid,
        type: events.type,
        occurredAt: events.occurredAt,
        data: events.data,
      })
      .from(events)
      .where(
        and(
          inScope(events, ctx),
          after
            ? sql`(${events.xid}, ${events.id}) > (${after.xid}::xid8, ${after.id}::uuid)`
            : undefined,
          sql`${events.xid} < ${xmin}::xid8`,
          type ? eq(events.type, type) : undefined,
          since ? gte(events.occurredAt, new Date(since)) : undefined,
        ),
      )
      // The whole key of the index, so that nothing is sorted.
      .orderBy(asc(events.tenantId), asc(events.environment), asc(events.xid), asc(events.id))
      .limit(limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const hasMore = rows.length > limit;
    const next: EventCursor =
      hasMore && last
        ? { xid: last.xid, id: last.id, readUntil: eventRecordedAt(last.id) }
        : { xid: xmin, id: nilId, readUntil: now };
    return { items: items.map(toEventResource), nextCursor: formatCursor(ctx, next), hasMore };
  });
}
