import type { AppointmentRecord, LinkRecord, Practice, SlotRecord } from "./model";
import { isFree } from "./slots";
import type { SandboxState } from "./sandbox-state";

const minuteMs = 60_000;
export const holdMinutes = 15;
export const cancellationPolicyHours = 24;

export type AppointmentState = "reserved" | "lapsed" | "booked" | "cancelled";

export function appointmentState(appointment: AppointmentRecord, nowMs: number): AppointmentState {
  if (appointment.cancelledAtMs !== null) return "cancelled";
  if (appointment.confirmedAtMs !== null) return "booked";
  return (appointment.reservedUntilMs ?? 0) > nowMs ? "reserved" : "lapsed";
}

export type NewReservation = Pick<
  AppointmentRecord,
  | "practiceGroupId"
  | "patientId"
  | "practitionerId"
  | "locationId"
  | "appointmentTypeId"
  | "durationMinutes"
  | "startAtMs"
  | "linkId"
  | "suppressMail"
  | "keySuffix"
>;

/** Holds the slot for 15 minutes. The caller checks that it is free. */
export function createReservation(sandbox: SandboxState, input: NewReservation): AppointmentRecord {
  const appointment: AppointmentRecord = {
    ...input,
    id: sandbox.nextId("appointment"),
    reservedUntilMs: sandbox.clock.nowMs() + holdMinutes * minuteMs,
    confirmedAtMs: null,
    cancelledAtMs: null,
  };
  sandbox.appointments.set(appointment.id, appointment);
  return appointment;
}

/** Holds a slot for a visitor of a link; null when it is no longer free. */
export function holdSlot(
  sandbox: SandboxState,
  practice: Practice,
  link: LinkRecord,
  slot: SlotRecord,
): AppointmentRecord | null {
  if (!isFree(sandbox, practice, slot)) return null;
  return createReservation(sandbox, {
    practiceGroupId: practice.practiceGroupId,
    patientId: link.patientId,
    practitionerId: slot.practitionerId,
    locationId: slot.locationId,
    appointmentTypeId: slot.appointmentTypeId,
    durationMinutes: Math.round((slot.finishAtMs - slot.startAtMs) / minuteMs),
    startAtMs: slot.startAtMs,
    linkId: link.id,
    suppressMail: false,
    keySuffix: link.keySuffix,
  });
}

export function confirmAppointment(
  sandbox: SandboxState,
  appointment: AppointmentRecord,
  patientId: string,
): void {
  appointment.patientId = patientId;
  appointment.confirmedAtMs = sandbox.clock.nowMs();
  appointment.reservedUntilMs = null;
  sendAppointmentEvent(sandbox, appointment, "appointment.confirmed");
}

/** Cancels a booking or releases a hold; only the former is an event. */
export function cancelAppointment(sandbox: SandboxState, appointment: AppointmentRecord): void {
  appointment.cancelledAtMs = sandbox.clock.nowMs();
  if (appointment.confirmedAtMs !== null) {
    sendAppointmentEvent(sandbox, appointment, "appointment.cancelled");
  }
}

/** Sends an event to the registrations for it, without waiting for their answers. */
export function sendAppointmentEvent(
  sandbox: SandboxState,
  { id, practiceGroupId, keySuffix }: AppointmentRecord,
  event: "appointment.confirmed" | "appointment.cancelled" | "appointment.rescheduled",
): void {
  const body = { object: "Appointment", id, practice_group_id: practiceGroupId, event };
  void sandbox.webhooks.send(body, { practiceGroupId, keySuffix });
}

/** Releases a held slot; does nothing for a booked one. */
export function releaseHold(sandbox: SandboxState, appointmentId: string | null): void {
  const appointment = appointmentId ? sandbox.appointments.get(appointmentId) : undefined;
  if (appointment && appointment.confirmedAtMs === null && appointment.cancelledAtMs === null) {
    appointment.cancelledAtMs = sandbox.clock.nowMs();
  }
}

/** Books a slot for the practice's own staff, who need not respect a hold. */
export function takeByStaff(
  sandbox: SandboxState,
  slot: Pick<
    AppointmentRecord,
    | "practiceGroupId"
    | "practitionerId"
    | "locationId"
    | "appointmentTypeId"
    | "durationMinutes"
    | "startAtMs"
  >,
): void {
  const { practiceGroupId, practitionerId, locationId, appointmentTypeId } = slot;
  const { durationMinutes, startAtMs } = slot;
  const appointment = createReservation(sandbox, {
    ...{ practiceGroupId, practitionerId, locationId, appointmentTypeId },
    ...{
      durationMinutes,
      startAtMs,
      patientId: null,
      linkId: null,
      suppressMail: true,
      keySuffix: "",
    },
  });
  appointment.confirmedAtMs = sandbox.clock.nowMs();
  appointment.reservedUntilMs = null;
}

/** The next reads of the appointment give it as it is now, as if Hero showed changes late. */
export function delayChanges(
  sandbox: SandboxState,
  appointment: AppointmentRecord,
  reads: number,
): void {
  sandbox.delayedAppointments.set(appointment.id, { reads, record: { ...appointment } });
}

/** The appointment as a read shows it; counts the read. */
export function recordForRead(
  sandbox: SandboxState,
  appointment: AppointmentRecord,
): AppointmentRecord {
  const delayed = sandbox.delayedAppointments.get(appointment.id);
  if (!delayed) return appointment;
  delayed.reads -= 1;
  if (delayed.reads <= 0) sandbox.delayedAppointments.delete(appointment.id);
  return delayed.record;
}
