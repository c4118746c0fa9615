import "server-only";
import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import {
  type AppointmentState as HeroState,
  appointmentStateOf,
} from "../../hero/appointment-state";
import {
  getAppointment,
  getAppointmentStatus,
  type HeroAppointment,
} from "../../hero/appointments";
import type { HeroErrorCode } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { AuditAction } from "../../schemas/activity";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { isSurvivor } from "../patients/replaced";
import type { PracticeWithKey } from "../practices/load-with-key";
import type { AppointmentRow, ChangeRow } from "./load";

/** Both of Hero's reads of an appointment, and the state that they mean together. */
export type Reading = { appointment: HeroAppointment; status: string; state: HeroState };

/** @throws HeroError */
export async function readAppointment(hero: HeroConnection, id: string): Promise<Reading> {
  const [appointment, status] = await Promise.all([
    getAppointment(hero, id),
    getAppointmentStatus(hero, id),
  ]);
  return { appointment, status, state: appointmentStateOf(appointment, status) };
}

/** A hold that was let go was never an appointment, so it is not cancelled but lapsed. */
function storedStateOf(row: AppointmentRow, { appointment, state }: Reading) {
  if (state !== "cancelled") return state;
  const wasBooked =
    row.state === "booked" ||
    row.state === "cancelled" ||
    appointment.booking_confirmed_at !== null;
  return wasBooked ? state : "lapsed";
}

export const practitionerNameOf = (
  { bookingOptions }: Pick<PracticeWithKey, "bookingOptions">,
  practitionerId: string,
) => bookingOptions?.practitioners.find(({ id }) => id === practitionerId)?.name ?? null;

const unknownWord =
  "Hero's state of this appointment is not one that we recognise. Check with the practice.";
const otherPatient =
  "Hero's record of this appointment has another patient. Nothing can be changed here. Check with the practice.";
export const otherPatientCode = "other_patient";

/**
 * Whether a record is of the slot that was requested. One that differs, in this or in the patient, when it
 * is first read belongs to something else: the ID in Hero's reply was wrong, and must never be used.
 */
function isOfRequest(row: AppointmentRow, { appointment }: Reading): boolean {
  const { start_time, duration } = appointment;
  return (
    appointment.appointment_type_id === row.appointmentTypeId &&
    appointment.location_id === row.locationId &&
    appointment.practitioner_id === row.practitionerId &&
    start_time !== null &&
    Date.parse(start_time) === row.startsAt.getTime() &&
    (duration ?? row.durationMinutes) === row.durationMinutes
  );
}

/** The columns that a reading sets. */
export async function columnsFromReading(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: AppointmentRow,
  reading: Reading,
): Promise<Partial<AppointmentRow>> {
  const { appointment, status } = reading;
  const refreshedAt = new Date();
  const patientId = appointment.patient_id ?? row.patientId;
  const isOfPatient = patientId === row.patientId || (await isSurvivor(tx, ctx, row, patientId));
  if (row.heroStatus === null && !(isOfPatient && isOfRequest(row, reading))) {
    return {
      state: "unknown",
      heroAppointmentId: null,
      failure: null,
      failureCode: "unreadable_reply" satisfies HeroErrorCode,
      refreshedAt,
    };
  }
  if (!isOfPatient) {
    return { failure: otherPatient, failureCode: otherPatientCode, refreshedAt };
  }
  const state = storedStateOf(row, reading);
  const startsAt = appointment.start_time ? new Date(appointment.start_time) : row.startsAt;
  const durationMinutes = appointment.duration ?? row.durationMinutes;
  const practitionerId = appointment.practitioner_id;
  const isMoved =
    startsAt.getTime() !== row.startsAt.getTime() || durationMinutes !== row.durationMinutes;
  const isCalendarChange = row.state === "booked" && (isMoved || state === "cancelled");
  return {
    patientId,
    state,
    startsAt,
    durationMinutes,
    practitionerId,
    practitionerName:
      practitionerNameOf(practice, practitionerId) ??
      (practitionerId === row.practitionerId ? row.practitionerName : null),
    reservedUntil: appointment.reserved_until ? new Date(appointment.reserved_until) : null,
    linkId: await findLinkId(tx, ctx, row, appointment.link_id),
    calendarSequence: row.calendarSequence + (isCalendarChange ? 1 : 0),
    heroStatus: status,
    failure: state === "unknown" ? unknownWord : null,
    failureCode: null,
    refreshedAt,
  };
}

async function findLinkId(
  tx: Transaction,
  ctx: TenantContext,
  row: AppointmentRow,
  heroLinkId: string | null,
): Promise<string | null> {
  if (!heroLinkId || row.linkId) return row.linkId;
  const [link] = await tx
    .select({ id: links.id })
    .from(links)
    .where(
      and(
        inScope(links, ctx),
        eq(links.practiceId, row.practiceId),
        eq(links.heroLinkId, heroLinkId),
      ),
    );
  return link?.id ?? null;
}

/**
 * Stores a reading, with an audit row when no change of ours explains what is new. A reading older than the
 * stored one is dropped.
 *
 * @returns whether it was stored
 */
export async function saveReading(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: AppointmentRow,
  reading: Reading,
  { isOfChange = false } = {},
): Promise<boolean> {
  const columns = await columnsFromReading(tx, ctx, practice, row, reading);
  const saved = await tx
    .update(appointments)
    .set(columns)
    .where(
      and(
        inScope(appointments, ctx),
        eq(appointments.id, row.id),
        row.refreshedAt
          ? eq(appointments.refreshedAt, row.refreshedAt)
          : isNull(appointments.refreshedAt),
      ),
    )
    .returning({ id: appointments.id });
  if (saved.length === 0) return false;
  const action = isOfChange ? null : auditActionOf(row, { ...row, ...columns });
  if (action) await recordAudit(tx, ctx, action, subjectOf(row, practice));
  return true;
}

/** What a reading that no change explains says has happened. */
function auditActionOf(before: AppointmentRow, after: AppointmentRow): AuditAction | null {
  if (before.state === after.state) {
    return before.startsAt.getTime() === after.startsAt.getTime()
      ? null
      : "appointment.changed_elsewhere";
  }
  if (after.state === "reserved") return "appointment.reserved";
  if (after.state === "lapsed") return "appointment.lapsed";
  return after.state === "unknown" ? null : "appointment.changed_elsewhere";
}

export const subjectOf = (row: { id: string }, practice: PracticeWithKey) =>
  ({ type: "appointment", id: row.id, label: practice.name }) as const;

/** Whether Hero's record shows a change. */
export function showsChange(
  change: Pick<ChangeRow, "kind" | "startsAt" | "practitionerId">,
  { appointment, state }: Reading,
): boolean {
  if (change.kind === "book") return state === "booked";
  if (change.kind === "cancel") return state === "cancelled" || state === "lapsed";
  return (
    appointment.start_time !== null &&
    Date.parse(appointment.start_time) === change.startsAt?.getTime() &&
    appointment.practitioner_id === change.practitionerId
  );
}

/** Hero may still make a change after we stop waiting; until then its absence proves nothing. */
const minAbsenceMs = 2 * 60_000;

export const isAbsenceProof = ({ createdAt }: ChangeRow, now = new Date()) =>
  now.getTime() - createdAt.getTime() > minAbsenceMs;

/** The audit action of a change that was made. */
function madeActionOf(kind: ChangeRow["kind"], from: AppointmentRow["state"]): AuditAction {
  if (kind === "cancel")
    return from === "booked" ? "appointment.cancelled" : "appointment.released";
  const actions = {
    edit: "appointment.edited",
    book: "appointment.booked",
    reschedule: "appointment.rescheduled",
  } as const satisfies Record<Exclude<ChangeRow["kind"], "cancel">, AuditAction>;
  return actions[kind];
}

/**
 * Ends an open change, or leaves it unknown, with its audit row. A change that another process has ended
 * meanwhile stays as it is.
 */
export async function saveChangeOutcome(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: AppointmentRow,
  change: ChangeRow,
  result: { outcome: "made" | "refused" | "unknown"; failure?: string; failureCode?: string },
): Promise<void> {
  const { outcome, failure = null, failureCode = null } = result;
  // In the order of a new change: the appointment, then its change. Otherwise the two wait for each other.
  await tx
    .select({ id: appointments.id })
    .from(appointments)
    .where(and(inScope(appointments, ctx), eq(appointments.id, row.id)))
    .for("update");
  const saved = await tx
    .update(appointmentChanges)
    .set({ outcome, failure, failureCode, finishedAt: outcome === "unknown" ? null : new Date() })
    .where(
      and(
        inScope(appointmentChanges, ctx),
        eq(appointmentChanges.id, change.id),
        outcome === "unknown"
          ? eq(appointmentChanges.outcome, "pending")
          : inArray(appointmentChanges.outcome, ["pending", "unknown"]),
      ),
    )
    .returning({ id: appointmentChanges.id });
  if (saved.length === 0) return;
  const actions = {
    made: madeActionOf(change.kind, row.state),
    refused: "appointment.change_failed",
    unknown: "appointment.change_unknown",
  } as const satisfies Record<typeof outcome, AuditAction>;
  await recordAudit(tx, ctx, actions[outcome], subjectOf(row, practice), {
    operationId: change.operationId,
    change: change.kind,
    errorCode: failureCode,
  });
}
