import type { AppointmentRecord, LinkRecord, Practice, SlotRecord } from "./model";
import { isFree } from "./slots";
import type { World } from "./world";

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
  | "groupId"
  | "patientId"
  | "practitionerId"
  | "locationId"
  | "typeId"
  | "durationMinutes"
  | "startAtMs"
  | "linkId"
  | "suppressMail"
>;

/** Holds the time for 15 minutes. The caller has checked that it is free. */
export function reserve(world: World, wanted: NewReservation): AppointmentRecord {
  const appointment: AppointmentRecord = {
    ...wanted,
    id: world.nextId("appointment"),
    reservedUntilMs: world.clock.nowMs() + holdMinutes * minuteMs,
    confirmedAtMs: null,
    cancelledAtMs: null,
  };
  world.appointments.set(appointment.id, appointment);
  return appointment;
}

/** Holds a slot for whoever is using a link; null when somebody else was quicker. */
export function holdSlot(
  world: World,
  practice: Practice,
  link: LinkRecord,
  slot: SlotRecord,
): AppointmentRecord | null {
  if (!isFree(world, practice, slot)) return null;
  return reserve(world, {
    groupId: practice.groupId,
    patientId: link.patientId,
    practitionerId: slot.practitionerId,
    locationId: slot.locationId,
    typeId: slot.typeId,
    durationMinutes: Math.round((slot.finishAtMs - slot.startAtMs) / minuteMs),
    startAtMs: slot.startAtMs,
    linkId: link.id,
    suppressMail: false,
  });
}

export function confirm(world: World, appointment: AppointmentRecord, patientId: string): void {
  appointment.patientId = patientId;
  appointment.confirmedAtMs = world.clock.nowMs();
  appointment.reservedUntilMs = null;
}

/** Gives a held time back; a booked one is left alone. */
export function releaseHold(world: World, appointmentId: string | null): void {
  const held = appointmentId ? world.appointments.get(appointmentId) : undefined;
  if (held && held.confirmedAtMs === null && held.cancelledAtMs === null) {
    held.cancelledAtMs = world.clock.nowMs();
  }
}
