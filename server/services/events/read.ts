import "server-only";
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { destinations, eventSendingAttempts, eventSendings, events } from "@/db/schema/events";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type {
  EventIdInput,
  EventPage,
  EventView,
  ListEventsInput,
  ListSendingsInput,
  SendingPage,
} from "../../schemas/events";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";

const summaryColumns = {
  id: events.id,
  type: events.type,
  occurredAt: events.occurredAt,
  subjectId: events.subjectId,
  data: events.data,
  practiceId: practices.id,
  practiceName: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
};

const practiceOfEvent = and(sameScope(practices, events), eq(practices.id, events.practiceId));

type SummaryRow = Pick<typeof events.$inferSelect, "id" | "type" | "occurredAt" | "data"> & {
  practiceId: string | null;
  practiceName: string | null;
};

const toSummary = ({ id, type, occurredAt, data, practiceId, practiceName }: SummaryRow) => ({
  id,
  type,
  occurredAt: occurredAt.toISOString(),
  practice: practiceId ? { id: practiceId, name: practiceName ?? "" } : null,
  reference: typeof data.reference === "string" ? data.reference : null,
});

/** The events of this environment, newest first. */
export async function listEvents(
  ctx: TenantContext,
  { type, practiceId, cursor, limit = 50 }: ListEventsInput,
): Promise<EventPage> {
  requirePermission(ctx, "events.read");
  const rows = await db.read(ctx, (tx) =>
    tx
      .select(summaryColumns)
      .from(events)
      .leftJoin(practices, practiceOfEvent)
      .where(
        and(
          inScope(events, ctx),
          type ? eq(events.type, type) : undefined,
          practiceId ? eq(events.practiceId, practiceId) : undefined,
          cursor ? lt(events.id, cursor) : undefined,
        ),
      )
      // The whole key, so that nothing is sorted. IDs are numbered by time.
      .orderBy(desc(events.tenantId), desc(events.environment), desc(events.id))
      .limit(limit + 1),
  );
  const items = rows.slice(0, limit).map(toSummary);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** The last attempt of a sending, one row or none. */
const lastAttempt = (tx: Transaction, ctx: TenantContext) =>
  tx
    .select({
      attemptedAt: eventSendingAttempts.attemptedAt,
      status: eventSendingAttempts.status,
      errorCode: eventSendingAttempts.errorCode,
    })
    .from(eventSendingAttempts)
    .where(
      and(
        inScope(eventSendingAttempts, ctx),
        eq(eventSendingAttempts.destinationId, eventSendings.destinationId),
        eq(eventSendingAttempts.eventId, eventSendings.eventId),
      ),
    )
    .orderBy(desc(eventSendingAttempts.attemptedAt), desc(eventSendingAttempts.id))
    .limit(1)
    .as("last_attempt");

type Attempt = Pick<
  typeof eventSendingAttempts.$inferSelect,
  "attemptedAt" | "status" | "errorCode"
>;

const toSending = (row: typeof eventSendings.$inferSelect, attempt: Attempt | null) => ({
  state: row.state,
  attempts: row.attempts,
  lastAttempt: attempt && { ...attempt, attemptedAt: attempt.attemptedAt.toISOString() },
  nextAttemptAt: row.state === "waiting" ? row.nextAttemptAt.toISOString() : null,
});

/**
 * An event, its data and where it was sent.
 * @throws NotFoundError
 */
export async function getEvent(ctx: TenantContext, { eventId }: EventIdInput): Promise<EventView> {
  requirePermission(ctx, "events.read");
  return db.read(ctx, async (tx) => {
    const [event] = await tx
      .select(summaryColumns)
      .from(events)
      .leftJoin(practices, practiceOfEvent)
      .where(and(inScope(events, ctx), eq(events.id, eventId)));
    if (!event) throw new NotFoundError();
    const attempt = lastAttempt(tx, ctx);
    const sendings = await tx
      .select({
        sending: eventSendings,
        name: destinations.name,
        deletedAt: destinations.deletedAt,
        attempt: {
          attemptedAt: attempt.attemptedAt,
          status: attempt.status,
          errorCode: attempt.errorCode,
        },
      })
      .from(eventSendings)
      .innerJoin(
        destinations,
        and(
          sameScope(destinations, eventSendings),
          eq(destinations.id, eventSendings.destinationId),
        ),
      )
      .leftJoinLateral(attempt, sql`true`)
      .where(and(inScope(eventSendings, ctx), eq(eventSendings.eventId, eventId)))
      .orderBy(asc(destinations.name), asc(destinations.id));
    return {
      ...toSummary(event),
      subjectId: event.subjectId,
      data: event.data,
      sendings: sendings.map(({ sending, name, deletedAt, attempt: last }) => ({
        destination: { id: sending.destinationId, name, isDeleted: deletedAt !== null },
        ...toSending(sending, last),
      })),
    };
  });
}

/**
 * What was sent or is to be sent to a destination, by event, newest first.
 * @throws NotFoundError
 */
export async function listSendings(
  ctx: TenantContext,
  { destinationId, cursor, limit = 25 }: ListSendingsInput,
): Promise<SendingPage> {
  requirePermission(ctx, "events.read");
  const rows = await db.read(ctx, async (tx) => {
    const [destination] = await tx
      .select({ id: destinations.id })
      .from(destinations)
      .where(and(inScope(destinations, ctx), eq(destinations.id, destinationId)));
    if (!destination) throw new NotFoundError();
    const attempt = lastAttempt(tx, ctx);
    return tx
      .select({
        sending: eventSendings,
        type: events.type,
        occurredAt: events.occurredAt,
        attempt: {
          attemptedAt: attempt.attemptedAt,
          status: attempt.status,
          errorCode: attempt.errorCode,
        },
      })
      .from(eventSendings)
      .innerJoin(
        events,
        and(sameScope(events, eventSendings), eq(events.id, eventSendings.eventId)),
      )
      .leftJoinLateral(attempt, sql`true`)
      .where(
        and(
          inScope(eventSendings, ctx),
          eq(eventSendings.destinationId, destinationId),
          cursor ? lt(eventSendings.eventId, cursor) : undefined,
        ),
      )
      .orderBy(
        desc(eventSendings.tenantId),
        desc(eventSendings.environment),
        desc(eventSendings.destinationId),
        desc(eventSendings.eventId),
      )
      .limit(limit + 1);
  });
  const items = rows.slice(0, limit).map(({ sending, type, occurredAt, attempt }) => ({
    event: { id: sending.eventId, type, occurredAt: occurredAt.toISOString() },
    ...toSending(sending, attempt),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.event.id ?? null) : null };
}
