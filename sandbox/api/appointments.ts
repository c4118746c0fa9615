import type {
  Appointment,
  BookAppointmentResponse,
  CancelAppointmentResponse,
  CreateAppointmentResponse,
  EditAppointmentResponse,
  GetAppointmentResponse,
  GetAppointmentStatusResponse,
  RescheduleAppointmentResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { appointmentState, cancellationPolicyHours, confirm, reserve } from "../state/appointments";
import type { AppointmentRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import { isFree } from "../state/slots";
import { idField, momentField } from "./fields";
import { type Call, operation } from "./operation";
import { invalid, notFound, parsed } from "./problem";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const minutesField = z.number().int().min(1).max(480);

const createInput = z.object({
  appointment_type_id: idField,
  location_id: idField,
  practitioner_id: idField,
  duration: minutesField,
  start_time: momentField,
  patient_id: idField.optional(),
  billpayer_id: z.string().optional(),
  reason: z.string().max(2_000).optional(),
  suppress_mail: z.boolean().optional(),
  suppress_availability_check: z.boolean().optional(),
});

const editInput = z.object({
  start_time: momentField,
  duration: minutesField,
  practitioner_id: idField,
  suppress_availability_check: z.boolean().optional(),
  suppress_mail: z.boolean().optional(),
});

const bookInput = z.object({
  patient_id: idField.optional(),
  reason: z.string().max(2_000).optional(),
  suppress_mail: z.boolean().optional(),
});

const cancelInput = z.object({
  suppress_mail: z.boolean().optional(),
  suppress_cancellation_policy: z.boolean().optional(),
});

const rescheduleInput = z.object({
  start_time: momentField,
  practitioner_id: idField.optional(),
  duration: minutesField.optional(),
  suppress_mail: z.boolean().optional(),
});

export const appointmentOperations = [
  operation<CreateAppointmentResponse>({
    operationId: "createAppointment",
    method: "POST",
    path: "/v1/appointments",
    scope: "booking",
    answer: (call) => {
      const { world, practice } = call;
      const input = parsed(createInput, call.body);
      const type = practice.types.find((one) => one.id === input.appointment_type_id);
      if (!type) throw notFound("Appointment type");
      if (!practice.places.some((one) => one.id === input.location_id)) throw notFound("Location");
      checkPractitioner(call, input.practitioner_id);
      if (input.patient_id) checkPatient(call, input.patient_id);
      const wanted = {
        practitionerId: input.practitioner_id,
        locationId: input.location_id,
        startAtMs: Date.parse(input.start_time),
        durationMinutes: input.duration,
      };
      if (!input.suppress_availability_check) checkFree(call, wanted);
      const appointment = reserve(world, {
        ...wanted,
        groupId: practice.groupId,
        patientId: input.patient_id ?? null,
        typeId: type.id,
        linkId: null,
        suppressMail: input.suppress_mail ?? false,
      });
      return { id: appointment.id, reserved_until: isoOrNull(appointment.reservedUntilMs) };
    },
  }),
  operation<GetAppointmentResponse>({
    operationId: "getAppointment",
    method: "GET",
    path: "/v1/appointments/{id}",
    scope: "booking",
    answer: (call) => view(call, findAppointment(call)),
  }),
  operation<EditAppointmentResponse>({
    operationId: "editAppointment",
    method: "PUT",
    path: "/v1/appointments/{id}",
    scope: "booking",
    answer: (call) => {
      const appointment = findAppointment(call);
      const input = parsed(editInput, call.body);
      checkPractitioner(call, input.practitioner_id);
      expectState(call, appointment, "reserved");
      move(call, appointment, input, input.suppress_availability_check ?? false);
      appointment.suppressMail = input.suppress_mail ?? appointment.suppressMail;
      return { ...view(call, appointment) };
    },
  }),
  operation<BookAppointmentResponse>({
    operationId: "bookAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/book",
    scope: "booking",
    answer: (call) => {
      const appointment = findAppointment(call);
      const input = parsed(bookInput, call.body);
      if (input.patient_id) checkPatient(call, input.patient_id);
      const patientId = input.patient_id ?? appointment.patientId;
      expectState(call, appointment, "reserved");
      if (!patientId) throw invalid(["patient_id"], "invalid_type", "string");
      confirm(call.world, appointment, patientId);
      appointment.suppressMail = input.suppress_mail ?? appointment.suppressMail;
      return { ...view(call, appointment) };
    },
  }),
  operation<CancelAppointmentResponse>({
    operationId: "cancelAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/cancel",
    scope: "booking",
    answer: (call) => {
      const appointment = findAppointment(call);
      const input = parsed(cancelInput, call.body);
      const state = appointmentState(appointment, call.world.clock.nowMs());
      if (state === "cancelled" || state === "lapsed") {
        throw invalid(["id"], "custom", "an appointment that is reserved or booked");
      }
      if (
        !input.suppress_cancellation_policy &&
        state === "booked" &&
        !canChange(call, appointment)
      ) {
        throw invalid(["id"], "custom", `at least ${cancellationPolicyHours} hours' notice`);
      }
      appointment.cancelledAtMs = call.world.clock.nowMs();
      appointment.suppressMail = input.suppress_mail ?? appointment.suppressMail;
      return { ...view(call, appointment) };
    },
  }),
  operation<RescheduleAppointmentResponse>({
    operationId: "rescheduleAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/reschedule",
    scope: "booking",
    answer: (call) => {
      const appointment = findAppointment(call);
      const input = parsed(rescheduleInput, call.body);
      if (input.practitioner_id) checkPractitioner(call, input.practitioner_id);
      expectState(call, appointment, "booked");
      move(call, appointment, input, false);
      appointment.suppressMail = input.suppress_mail ?? appointment.suppressMail;
      return { ...view(call, appointment) };
    },
  }),
  operation<GetAppointmentStatusResponse>({
    operationId: "getAppointmentStatus",
    method: "GET",
    path: "/v1/appointments/{id}/status",
    scope: "booking",
    answer: (call) => ({
      status: appointmentState(findAppointment(call), call.world.clock.nowMs()),
    }),
  }),
];

function findAppointment({ world, practice, id }: Call): AppointmentRecord {
  const appointment = world.appointments.get(id);
  if (appointment?.groupId !== practice.groupId) throw notFound("Appointment");
  return appointment;
}

function checkPractitioner({ practice }: Call, id: string): void {
  if (!practice.clinicians.some((one) => one.id === id)) throw notFound("Practitioner");
}

function checkPatient({ world, practice }: Call, id: string): void {
  if (!findPatientOfPractice(world, practice, id)) throw notFound("Patient");
}

function expectState(
  { world }: Call,
  appointment: AppointmentRecord,
  wanted: "reserved" | "booked",
): void {
  if (appointmentState(appointment, world.clock.nowMs()) !== wanted) {
    throw invalid(["id"], "custom", `an appointment that is ${wanted}`);
  }
}

/** A clash is answered as a 400: the contract does not say, and lists no 409. */
function checkFree(
  { world, practice }: Call,
  wanted: Pick<
    AppointmentRecord,
    "practitionerId" | "locationId" | "startAtMs" | "durationMinutes"
  >,
  exceptId?: string,
): void {
  const finishAtMs = wanted.startAtMs + wanted.durationMinutes * minuteMs;
  if (!isFree(world, practice, { ...wanted, finishAtMs }, exceptId)) {
    throw invalid(["start_time"], "slot_unavailable", "a time that is free");
  }
}

function move(
  call: Call,
  appointment: AppointmentRecord,
  to: { start_time: string; practitioner_id?: string; duration?: number },
  isUnchecked: boolean,
): void {
  const wanted = {
    practitionerId: to.practitioner_id ?? appointment.practitionerId,
    locationId: appointment.locationId,
    startAtMs: Date.parse(to.start_time),
    durationMinutes: to.duration ?? appointment.durationMinutes,
  };
  if (!isUnchecked) checkFree(call, wanted, appointment.id);
  Object.assign(appointment, wanted);
}

function canChange({ world }: Call, appointment: AppointmentRecord): boolean {
  const noticeMs = appointment.startAtMs - world.clock.nowMs();
  return appointment.cancelledAtMs === null && noticeMs >= cancellationPolicyHours * hourMs;
}

function isoOrNull(momentMs: number | null): string | null {
  return momentMs === null ? null : new Date(momentMs).toISOString();
}

function view(call: Call, appointment: AppointmentRecord): Appointment {
  const type = call.practice.types.find((one) => one.id === appointment.typeId);
  const isBooked = appointment.confirmedAtMs !== null;
  return {
    id: appointment.id,
    patient_id: appointment.patientId,
    practitioner_id: appointment.practitionerId,
    location_id: appointment.locationId,
    appointment_type_id: appointment.typeId,
    duration: appointment.durationMinutes,
    start_time: new Date(appointment.startAtMs).toISOString(),
    video: type?.video ?? false,
    in_person: type?.inPerson ?? false,
    telephone: type?.telephone ?? false,
    video_url:
      type?.video && isBooked ? `${call.world.publicUrl}/video/${appointment.id}` : undefined,
    link_id: appointment.linkId,
    reserved_until: isoOrNull(appointment.reservedUntilMs),
    booking_confirmed_at: isoOrNull(appointment.confirmedAtMs),
    can_be_cancelled: isBooked && canChange(call, appointment),
    can_be_rescheduled: isBooked && canChange(call, appointment),
    cancellation_policy_hours: cancellationPolicyHours,
    suppress_mail: appointment.suppressMail,
  };
}
