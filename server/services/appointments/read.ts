import "server-only";
import { and, asc, desc, eq, gte, lt, notInArray, or, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import { appointments } from "@/db/schema/appointments";
import { inScope } from "@/db/scope";
import type {
  AppointmentIdInput,
  AppointmentPage,
  AppointmentState,
  AppointmentView,
  ListAppointmentsInput,
} from "../../schemas/appointments";
import type { LinkEvent } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { selectAuditEvents } from "../audit-events";
import { maxPendingMs } from "../links/filter";
import { loadAppointment } from "./load";
import { getAppointmentView, selectAppointmentViews } from "./view";

/** As last read from Hero. @throws NotFoundError */
export async function getAppointment(
  ctx: TenantContext,
  { appointmentId }: AppointmentIdInput,
): Promise<AppointmentView> {
  requirePermission(ctx, "appointments.read");
  return db.read(ctx, (tx) => getAppointmentView(tx, ctx, appointmentId));
}

const inactiveStates = ["cancelled", "lapsed", "failed"] as const;

/** A request without a reply is unknown once it is older than any call. */
function stateCondition(state: AppointmentState): SQL | undefined {
  const cutoff = new Date(Date.now() - maxPendingMs());
  const { state: column, createdAt } = appointments;
  if (state === "pending") return and(eq(column, "pending"), gte(createdAt, cutoff));
  if (state !== "unknown") return eq(column, state);
  return or(eq(column, "unknown"), and(eq(column, "pending"), lt(createdAt, cutoff)));
}

const ukDayOf = sql`(${appointments.startsAt} at time zone 'Europe/London')::date`;

/**
 * Appointments that the portal requested, earliest first. Hero has no list of them, so those that were
 * booked in another way are missing.
 */
export async function listAppointments(
  ctx: TenantContext,
  input: ListAppointmentsInput,
): Promise<AppointmentPage> {
  requirePermission(ctx, "appointments.read");
  const { practiceId, patientId, state, day, isUpcoming, isActive, cursor, limit = 25 } = input;
  const [cursorMs = "", cursorId = ""] = cursor?.split("_") ?? [];
  const dayMs = 24 * 3_600_000;
  const where = and(
    practiceId ? eq(appointments.practiceId, practiceId) : undefined,
    patientId ? eq(appointments.patientId, patientId) : undefined,
    state ? stateCondition(state) : undefined,
    day
      ? and(
          // The range of every time zone first, which an index can find.
          gte(appointments.startsAt, new Date(Date.parse(day) - dayMs)),
          lt(appointments.startsAt, new Date(Date.parse(day) + 2 * dayMs)),
          sql`${ukDayOf} = ${day}::date`,
        )
      : undefined,
    isUpcoming ? gte(appointments.startsAt, new Date()) : undefined,
    isActive ? notInArray(appointments.state, [...inactiveStates]) : undefined,
    cursor
      ? sql`(${appointments.startsAt}, ${appointments.id}) > (${new Date(Number(cursorMs)).toISOString()}::timestamptz, ${cursorId}::uuid)`
      : undefined,
  );
  const items = await db.read(ctx, (tx) =>
    selectAppointmentViews(tx, ctx, {
      where,
      orderBy: [
        asc(appointments.tenantId),
        asc(appointments.environment),
        asc(appointments.startsAt),
        asc(appointments.id),
      ],
      // One more than shown, to know whether there is a next page.
      limit: limit + 1,
    }),
  );
  const last = items[limit - 1];
  return {
    items: items.slice(0, limit),
    nextCursor: items.length > limit && last ? `${Date.parse(last.startsAt)}_${last.id}` : null,
  };
}

/** The audit events of an appointment, newest first. @throws NotFoundError */
export async function listAppointmentHistory(
  ctx: TenantContext,
  { appointmentId }: AppointmentIdInput,
): Promise<LinkEvent[]> {
  requirePermission(ctx, "appointments.read");
  const events = await db.read(ctx, async (tx) => {
    await loadAppointment(tx, ctx, appointmentId);
    return selectAuditEvents(tx, ctx, {
      where: and(inScope(auditEvents, ctx), eq(auditEvents.subjectId, appointmentId)),
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
