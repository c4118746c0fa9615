import "server-only";
import {
  editAppointment as editAtHero,
  rescheduleAppointment as rescheduleAtHero,
} from "../../hero/appointments";
import type { HeroSlot } from "../../hero/slots";
import type {
  AppointmentChangeResult,
  EditAppointmentInput,
  RescheduleAppointmentInput,
} from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireAllowedPatient } from "../patients/check";
import type { PracticeWithKey } from "../practices/load-with-key";
import { changeAppointment, type PlannedChange, timeTaken } from "./change";
import { explainNotice } from "./notice";
import { practitionerNameOf } from "./reading";
import { findFreeSlot } from "./slot";

const targetOf = (practice: PracticeWithKey, slot: HeroSlot): PlannedChange["target"] => ({
  startsAt: new Date(slot.start_time),
  durationMinutes: slot.duration,
  practitionerId: slot.practitioner_id,
  practitionerName: practitionerNameOf(practice, slot.practitioner_id),
});

/**
 * Moves a held time to another slot of the same type and location. The first time is free again at once.
 *
 * @throws InvalidInputError on `slotId` for another type or location
 * @throws as `changeAppointment` and `requireAllowedPatient`
 */
export async function editAppointment(
  ctx: TenantContext,
  { appointmentId, operationId, slotId, confirmedRestricted }: EditAppointmentInput,
): Promise<AppointmentChangeResult> {
  requirePermission(ctx, "appointments.book");
  const request = {
    appointmentId,
    operationId,
    kind: "edit",
    from: "reserved",
    values: { slotId },
  } as const;
  return changeAppointment(ctx, request, async (practice, row) => {
    await requireAllowedPatient(ctx, practice, row.patientId, "book", confirmedRestricted ?? false);
    const slot = await findFreeSlot(ctx, practice, { ...row, slotId }, "move");
    if (!slot) return timeTaken;
    return {
      target: targetOf(practice, slot),
      send: (hero, id) =>
        editAtHero(hero, id, {
          start_time: slot.start_time,
          duration: slot.duration,
          practitioner_id: slot.practitioner_id,
        }),
      explain: (error, reading) =>
        reading?.state === "lapsed"
          ? "The hold has ended. Select a time again."
          : `${error.message} The first time is still held.`,
    };
  });
}

/**
 * Moves a booked appointment to another slot: time and practitioner. For another type or location it must be
 * cancelled and booked again.
 *
 * @throws InvalidInputError on `slotId` for another type or location
 * @throws as `changeAppointment` and `requireAllowedPatient`
 */
export async function rescheduleAppointment(
  ctx: TenantContext,
  {
    appointmentId,
    operationId,
    slotId,
    tellPatient,
    confirmedRestricted,
  }: RescheduleAppointmentInput,
): Promise<AppointmentChangeResult> {
  requirePermission(ctx, "appointments.book");
  const request = {
    appointmentId,
    operationId,
    kind: "reschedule",
    from: "booked",
    values: { slotId, tellPatient },
  } as const;
  return changeAppointment(ctx, request, async (practice, row) => {
    await requireAllowedPatient(ctx, practice, row.patientId, "book", confirmedRestricted ?? false);
    const slot = await findFreeSlot(ctx, practice, { ...row, slotId }, "move");
    if (!slot) return timeTaken;
    return {
      target: targetOf(practice, slot),
      send: (hero, id) =>
        rescheduleAtHero(hero, id, {
          start_time: slot.start_time,
          duration: slot.duration,
          practitioner_id: slot.practitioner_id,
          suppress_mail: !tellPatient,
        }),
      explain: (error, reading) =>
        `${explainNotice(error, reading) ?? error.message} The appointment was not moved.`,
    };
  });
}
