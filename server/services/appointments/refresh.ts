import "server-only";
import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import { inScope, sameScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { AppointmentIdInput, RefreshedAppointment } from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { maxPendingMs } from "../links/filter";
import { answersAboutAppointment, resolveByReading } from "./resolve";
import { getAppointmentView } from "./view";

/**
 * Reads an appointment from Hero now, with what the practice's policy allows. One without Hero's ID cannot be
 * read, and is returned as it is; one that Hero does not find is returned with that as its reason.
 *
 * @throws NotFoundError, ConflictError when its practice is disconnected, HeroError
 */
export async function refreshAppointment(
  ctx: TenantContext,
  { appointmentId }: AppointmentIdInput,
): Promise<RefreshedAppointment> {
  requirePermission(ctx, "appointments.read");
  const reading = await resolveByReading(ctx, appointmentId).catch((error: unknown) => {
    if (error instanceof HeroError && error.code === "not_found") return null;
    throw error;
  });
  return {
    appointment: await db.tenant(ctx, (tx) => getAppointmentView(tx, ctx, appointmentId)),
    policy: reading && {
      canBeCancelled: reading.appointment.can_be_cancelled,
      canBeRescheduled: reading.appointment.can_be_rescheduled,
      cancellationHours: reading.appointment.cancellation_policy_hours,
      tellsPatient:
        reading.appointment.suppress_mail === null ? null : !reading.appointment.suppress_mail,
    },
  };
}

const maxPerRun = 60;
const maxFreshMs = 10 * 60_000;
/** After this an appointment that nothing has explained is left to the practice. */
const maxAgeMs = 30 * 24 * 3_600_000;

/**
 * Resolves a practice's appointments in the background, by reading only: requests and changes whose reply
 * was lost, holds that have ended, booked appointments that the practice may have moved or cancelled, and
 * those of merged records; the longest unread first. It ends at the first sign that Hero or the key is not available.
 *
 * @returns how many were read
 */
export async function refreshAppointmentsOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
  now = new Date(),
): Promise<number> {
  await markLostReplies(ctx, practiceId, now);
  const pendingCutoff = new Date(now.getTime() - maxPendingMs());
  const freshCutoff = new Date(now.getTime() - maxFreshMs);
  const { state, createdAt, refreshedAt, reservedUntil, startsAt } = appointments;
  const due = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: appointments.id })
      .from(appointments)
      .leftJoin(
        appointmentChanges,
        and(
          sameScope(appointmentChanges, appointments),
          eq(appointmentChanges.appointmentId, appointments.id),
          inArray(appointmentChanges.outcome, ["pending", "unknown"]),
        ),
      )
      .where(
        and(
          inScope(appointments, ctx),
          eq(appointments.practiceId, practiceId),
          isNotNull(appointments.heroAppointmentId),
          or(
            and(
              gt(createdAt, new Date(now.getTime() - maxAgeMs)),
              or(
                lt(appointmentChanges.createdAt, pendingCutoff),
                and(inArray(state, ["pending", "unknown"]), lt(createdAt, pendingCutoff)),
                and(eq(state, "reserved"), lt(reservedUntil, now)),
              ),
            ),
            and(
              inArray(state, ["reserved", "booked"]),
              gt(startsAt, now),
              lt(refreshedAt, freshCutoff),
            ),
            // Their patient's record was merged, which also moves what is past or cancelled.
            and(inArray(state, ["reserved", "booked", "lapsed", "cancelled"]), isNull(refreshedAt)),
          ),
        ),
      )
      .orderBy(sql`${refreshedAt} asc nulls first`, asc(appointments.id))
      .limit(maxPerRun),
  );
  return readAll(
    ctx,
    due.map(({ id }) => id),
    signal,
  );
}

async function readAll(
  ctx: TenantContext,
  appointmentIds: string[],
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const id of appointmentIds) {
    if (signal.aborted) break;
    try {
      await resolveByReading(ctx, id);
      count += 1;
    } catch (error) {
      if (error instanceof HeroError && answersAboutAppointment.includes(error.code)) continue;
      if (error instanceof HeroError || error instanceof ConflictError) break;
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return count;
}

/** The process that sent these has died before it stored Hero's reply, which alone had the ID. */
async function markLostReplies(ctx: TenantContext, practiceId: string, now: Date): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const lost = await tx
      .update(appointments)
      .set({ state: "unknown" })
      .where(
        and(
          inScope(appointments, ctx),
          eq(appointments.practiceId, practiceId),
          eq(appointments.state, "pending"),
          isNull(appointments.heroAppointmentId),
          lt(appointments.createdAt, new Date(now.getTime() - maxPendingMs())),
        ),
      )
      .returning({ id: appointments.id, operationId: appointments.operationId });
    for (const { id, operationId } of lost) {
      const subject = { type: "appointment", id, label: null } as const;
      await recordAudit(tx, ctx, "appointment.unknown", subject, { operationId });
    }
  });
}
