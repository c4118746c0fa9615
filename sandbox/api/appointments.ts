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
import {
  type AppointmentState,
  appointmentState,
  cancelAppointment,
  cancellationPolicyHours,
  confirmAppointment,
  createReservation,
  recordForRead,
  sendAppointmentEvent,
} from "../state/appointments";
import type { AppointmentRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import { isFree } from "../state/slots";
import { idField, timestampField } from "./fields";
import { type OperationCall, defineOperation } from "./operation";
import { invalidField, notFound, parseInput } from "./problem";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const durationField = z.number().int().min(1).max(480);

const createInput = z.object({
  appointment_type_id: idField,
  location_id: idField,
  practitioner_id: idField,
  duration: durationField,
  start_time: timestampField,
  patient_id: idField.optional(),
  billpayer_id: z.string().optional(),
  reason: z.string().max(2_000).optional(),
  suppress_mail: z.boolean().optional(),
  suppress_availability_check: z.boolean().optional(),
});

const editInput = z.object({
  start_time: timestampField,
  duration: durationField,
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
  start_time: timestampField,
  practitioner_id: idField.optional(),
  duration: durationField.optional(),
  suppress_mail: z.boolean().optional(),
});

type TransitionResponse = EditAppointmentResponse &
  BookAppointmentResponse &
  CancelAppointmentResponse &
  RescheduleAppointmentResponse;

interface TransitionInput {
  patient_id?: string | undefined;
  practitioner_id?: string | undefined;
  suppress_mail?: boolean | undefined;
}

/** A change of an existing appointment, allowed in some of its states only. */
function defineTransition<Input extends TransitionInput>(transition: {
  operationId: string;
  method: "PUT" | "PATCH";
  path: string;
  input: z.ZodType<Input>;
  allowedStates: AppointmentState[];
  apply: (call: OperationCall, appointment: AppointmentRecord, input: Input) => void;
}) {
  const { operationId, method, path, allowedStates } = transition;
  return defineOperation<TransitionResponse>({
    operationId,
    method,
    path,
    scope: "booking",
    handle: (call) => {
      const appointment = getAppointment(call);
      const input = parseInput(transition.input, call.body);
      if (input.practitioner_id) requirePractitioner(call, input.practitioner_id);
      if (input.patient_id) requirePatient(call, input.patient_id);
      if (!allowedStates.includes(stateOf(call, appointment))) {
        const expected = `an appointment that is ${allowedStates.join(" or ")}`;
        throw invalidField(["id"], "custom", expected);
      }
      transition.apply(call, appointment, input);
      appointment.suppressMail = input.suppress_mail ?? appointment.suppressMail;
      return { ...appointmentView(call, appointment) };
    },
  });
}

const transitions = [
  defineTransition({
    operationId: "editAppointment",
    method: "PUT",
    path: "/v1/appointments/{id}",
    input: editInput,
    allowedStates: ["reserved"],
    apply: (call, appointment, input) =>
      moveAppointment(call, appointment, input, input.suppress_availability_check ?? false),
  }),
  defineTransition({
    operationId: "bookAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/book",
    input: bookInput,
    allowedStates: ["reserved"],
    apply: (call, appointment, input) => {
      const patientId = input.patient_id ?? appointment.patientId;
      if (!patientId) throw invalidField(["patient_id"], "invalid_type", "string");
      // The practice's staff may have taken the slot despite the hold.
      requireFree(call, appointment, appointment.id);
      confirmAppointment(call.sandbox, appointment, patientId);
    },
  }),
  defineTransition({
    operationId: "cancelAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/cancel",
    input: cancelInput,
    allowedStates: ["reserved", "booked"],
    apply: (call, appointment, input) => {
      const needsNotice =
        stateOf(call, appointment) === "booked" && !input.suppress_cancellation_policy;
      if (needsNotice) requireNotice(call, appointment);
      cancelAppointment(call.sandbox, appointment);
    },
  }),
  defineTransition({
    operationId: "rescheduleAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/reschedule",
    input: rescheduleInput,
    allowedStates: ["booked"],
    apply: (call, appointment, input) => {
      requireNotice(call, appointment);
      moveAppointment(call, appointment, input, false);
      sendAppointmentEvent(call.sandbox, appointment, "appointment.rescheduled");
    },
  }),
];

export const appointmentOperations = [
  defineOperation<CreateAppointmentResponse>({
    operationId: "createAppointment",
    method: "POST",
    path: "/v1/appointments",
    scope: "booking",
    handle: (call) => {
      const { sandbox, practice } = call;
      const input = parseInput(createInput, call.body);
      const type = practice.appointmentTypes.find((item) => item.id === input.appointment_type_id);
      if (!type) throw notFound("Appointment type");
      if (!practice.locations.some((item) => item.id === input.location_id))
        throw notFound("Location");
      requirePractitioner(call, input.practitioner_id);
      if (input.patient_id) requirePatient(call, input.patient_id);
      const requested = {
        practitionerId: input.practitioner_id,
        locationId: input.location_id,
        startAtMs: Date.parse(input.start_time),
        durationMinutes: input.duration,
      };
      if (!input.suppress_availability_check) requireFree(call, requested);
      const appointment = createReservation(sandbox, {
        ...requested,
        practiceGroupId: practice.practiceGroupId,
        keySuffix: call.keySuffix,
        patientId: input.patient_id ?? null,
        appointmentTypeId: type.id,
        linkId: null,
        suppressMail: input.suppress_mail ?? false,
      });
      return { id: appointment.id, reserved_until: toIsoOrNull(appointment.reservedUntilMs) };
    },
  }),
  defineOperation<GetAppointmentResponse>({
    operationId: "getAppointment",
    method: "GET",
    path: "/v1/appointments/{id}",
    scope: "booking",
    handle: (call) => appointmentView(call, recordForRead(call.sandbox, getAppointment(call))),
  }),
  ...transitions,
  defineOperation<GetAppointmentStatusResponse>({
    operationId: "getAppointmentStatus",
    method: "GET",
    path: "/v1/appointments/{id}/status",
    scope: "booking",
    handle: (call) => ({
      status: stateOf(call, recordForRead(call.sandbox, getAppointment(call))),
    }),
  }),
];

function getAppointment({ sandbox, practice, id }: OperationCall): AppointmentRecord {
  const appointment = sandbox.appointments.get(id);
  if (appointment?.practiceGroupId !== practice.practiceGroupId) throw notFound("Appointment");
  return appointment;
}

function requirePractitioner({ practice }: OperationCall, id: string): void {
  if (!practice.practitioners.some((item) => item.id === id)) throw notFound("Practitioner");
}

function requirePatient({ sandbox, practice }: OperationCall, id: string): void {
  if (!findPatientOfPractice(sandbox, practice, id)) throw notFound("Patient");
}

function stateOf({ sandbox }: OperationCall, appointment: AppointmentRecord): AppointmentState {
  return appointmentState(appointment, sandbox.clock.nowMs());
}

/** A clash is a 400: the contract lists no 409. */
function requireFree(
  { sandbox, practice }: OperationCall,
  requested: Pick<
    AppointmentRecord,
    "practitionerId" | "locationId" | "startAtMs" | "durationMinutes"
  >,
  exceptId?: string,
): void {
  const finishAtMs = requested.startAtMs + requested.durationMinutes * minuteMs;
  if (!isFree(sandbox, practice, { ...requested, finishAtMs }, exceptId)) {
    throw invalidField(["start_time"], "slot_unavailable", "a time that is free");
  }
}

function moveAppointment(
  call: OperationCall,
  appointment: AppointmentRecord,
  changes: { start_time: string; practitioner_id?: string; duration?: number },
  isAvailabilityCheckSuppressed: boolean,
): void {
  const requested = {
    practitionerId: changes.practitioner_id ?? appointment.practitionerId,
    locationId: appointment.locationId,
    startAtMs: Date.parse(changes.start_time),
    durationMinutes: changes.duration ?? appointment.durationMinutes,
  };
  if (!isAvailabilityCheckSuppressed) requireFree(call, requested, appointment.id);
  Object.assign(appointment, requested);
}

function requireNotice(call: OperationCall, appointment: AppointmentRecord): void {
  if (!canChange(call, appointment)) {
    throw invalidField(["id"], "custom", `at least ${cancellationPolicyHours} hours' notice`);
  }
}

function canChange({ sandbox }: OperationCall, appointment: AppointmentRecord): boolean {
  const noticeMs = appointment.startAtMs - sandbox.clock.nowMs();
  return appointment.cancelledAtMs === null && noticeMs >= cancellationPolicyHours * hourMs;
}

function toIsoOrNull(timestampMs: number | null): string | null {
  return timestampMs === null ? null : new Date(timestampMs).toISOString();
}

function appointmentView(call: OperationCall, appointment: AppointmentRecord): Appointment {
  const type = call.practice.appointmentTypes.find(
    (item) => item.id === appointment.appointmentTypeId,
  );
  const isBooked = appointment.confirmedAtMs !== null;
  return {
    id: appointment.id,
    patient_id: appointment.patientId,
    practitioner_id: appointment.practitionerId,
    location_id: appointment.locationId,
    appointment_type_id: appointment.appointmentTypeId,
    duration: appointment.durationMinutes,
    start_time: new Date(appointment.startAtMs).toISOString(),
    video: type?.video ?? false,
    in_person: type?.inPerson ?? false,
    telephone: type?.telephone ?? false,
    video_url:
      type?.video && isBooked ? `${call.sandbox.publicUrl}/video/${appointment.id}` : undefined,
    link_id: appointment.linkId,
    reserved_until: toIsoOrNull(appointment.reservedUntilMs),
    booking_confirmed_at: toIsoOrNull(appointment.confirmedAtMs),
    can_be_cancelled: isBooked && canChange(call, appointment),
    can_be_rescheduled: isBooked && canChange(call, appointment),
    cancellation_policy_hours: cancellationPolicyHours,
    suppress_mail: appointment.suppressMail,
  };
}
