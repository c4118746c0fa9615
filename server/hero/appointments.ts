import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import type {
  BookAppointmentData,
  CancelAppointmentRequest,
  CreateAppointmentRequest,
  EditAppointmentRequest,
  RescheduleAppointmentRequest,
} from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { timestamp } from "./timestamp";

/**
 * What a reservation is made from: times, IDs and `duration` (minutes) of one of Hero's slots. No type here
 * has `suppress_availability_check`, with which Hero would book where it sees no slot.
 */
export type NewReservation = { start_time: string } & Pick<
  CreateAppointmentRequest,
  | "appointment_type_id"
  | "location_id"
  | "practitioner_id"
  | "duration"
  | "patient_id"
  | "reason"
  | "suppress_mail"
>;

// The ID is the only way back to the reservation: Hero has no list of appointments. It is kept even when
// the rest of the reply cannot be read.
const reservation = z.object({ id: heroId, reserved_until: timestamp.nullish().catch(null) });

/**
 * `POST /v1/appointments`: holds a slot until `reserved_until`; null when Hero does not say (assumption 21).
 * After an error whose `writeOutcome` is `"unknown"` a reservation may exist, and nothing can find it. A
 * slot that is taken is `bad_request` or `conflict` (assumption 22).
 */
export async function createAppointment(
  hero: HeroConnection,
  slot: NewReservation,
): Promise<{ id: string; reserved_until: string | null }> {
  const operation = {
    name: "createAppointment",
    method: "POST",
    path: "/v1/appointments",
  } as const;
  // Field by field: a value of a wider type must not carry anything else to Hero.
  const body: NewReservation = {
    appointment_type_id: slot.appointment_type_id,
    location_id: slot.location_id,
    practitioner_id: slot.practitioner_id,
    start_time: slot.start_time,
    duration: slot.duration,
    patient_id: slot.patient_id,
    reason: slot.reason,
    suppress_mail: slot.suppress_mail,
  };
  const { id, reserved_until } = await request(hero, operation, { body }, reservation);
  return { id, reserved_until: reserved_until ?? null };
}

const optional = <Field>(field: z.ZodType<Field>) => field.nullish().transform((it) => it ?? null);

const appointment = z.object({
  id: heroId,
  practitioner_id: heroId,
  location_id: heroId,
  appointment_type_id: heroId,
  patient_id: optional(heroId),
  start_time: timestamp.nullable(),
  /** Minutes, as the contract assumes. */
  duration: optional(z.number().positive()),
  video: optional(z.boolean()),
  in_person: optional(z.boolean()),
  telephone: optional(z.boolean()),
  /** The booking link that it was booked through. */
  link_id: optional(heroId),
  // The two that tell a reservation from a booking: one that is missing is not "no".
  reserved_until: timestamp.nullable(),
  booking_confirmed_at: timestamp.nullable(),
  can_be_cancelled: optional(z.boolean()),
  can_be_rescheduled: optional(z.boolean()),
  cancellation_policy_hours: optional(z.number().nonnegative()),
  suppress_mail: optional(z.boolean()),
});

export type HeroAppointment = z.infer<typeof appointment>;

/** `GET /v1/appointments/{id}`. Whether it is cancelled is not part of it: see `getAppointmentStatus`. */
export async function getAppointment(hero: HeroConnection, id: string): Promise<HeroAppointment> {
  const operation = {
    name: "getAppointment",
    method: "GET",
    path: "/v1/appointments/{id}",
  } as const;
  const found = await request(hero, operation, { path: { id } }, appointment);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}

/** `GET /v1/appointments/{id}/status`: a word of an open set (assumption 23); `appointmentStateOf` reads it. */
export function getAppointmentStatus(hero: HeroConnection, id: string): Promise<string> {
  const operation = {
    name: "getAppointmentStatus",
    method: "GET",
    path: "/v1/appointments/{id}/status",
  } as const;
  const reply = z.object({ status: z.string().min(1).max(100) }).transform((reply) => reply.status);
  return request(hero, operation, { path: { id } }, reply);
}

/** A new time of a reservation, from one of Hero's slots. */
export type ReservationChange = { start_time: string } & Pick<
  EditAppointmentRequest,
  "duration" | "practitioner_id" | "suppress_mail"
>;

/**
 * `PUT /v1/appointments/{id}`: moves a reservation that is not confirmed. Its reply, and that of each
 * write below, is not documented and not read: the appointment is (assumption 50).
 */
export function editAppointment(
  hero: HeroConnection,
  id: string,
  { start_time, duration, practitioner_id, suppress_mail }: ReservationChange,
): Promise<void> {
  const operation = {
    name: "editAppointment",
    method: "PUT",
    path: "/v1/appointments/{id}",
  } as const;
  const body = { start_time, duration, practitioner_id, suppress_mail };
  return request(hero, operation, { path: { id }, body }, "unread");
}

/** What may be added when a reservation is confirmed. */
export type BookingDetails = Pick<
  NonNullable<BookAppointmentData["body"]>,
  "patient_id" | "reason" | "suppress_mail"
>;

/**
 * `PATCH /v1/appointments/{id}/book`: confirms a reservation. Path, verb and body are inferred (assumption
 * 20), so a 404 may mean that the guess is wrong. Hero refuses it when the hold ended or staff took the slot.
 */
export function bookAppointment(
  hero: HeroConnection,
  id: string,
  { patient_id, reason, suppress_mail }: BookingDetails,
): Promise<void> {
  const operation = {
    name: "bookAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/book",
  } as const;
  const body = { patient_id, reason, suppress_mail };
  return request(hero, operation, { path: { id }, body }, "unread");
}

/**
 * `PATCH /v1/appointments/{id}/cancel`. With `suppress_mail` the patient is not told; without
 * `suppress_cancellation_policy` Hero refuses it within `cancellation_policy_hours` of the start.
 */
export function cancelAppointment(
  hero: HeroConnection,
  id: string,
  { suppress_mail, suppress_cancellation_policy }: CancelAppointmentRequest,
): Promise<void> {
  const operation = {
    name: "cancelAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/cancel",
  } as const;
  const body = { suppress_mail, suppress_cancellation_policy };
  return request(hero, operation, { path: { id }, body }, "unread");
}

/** A new time of a booked appointment, from one of Hero's slots; its type and location stay. */
export type NewTime = { start_time: string } & Pick<
  RescheduleAppointmentRequest,
  "practitioner_id" | "duration" | "suppress_mail"
>;

/**
 * `PATCH /v1/appointments/{id}/reschedule`: the old slot is free at once. Verb and body are inferred
 * (assumption 20).
 */
export function rescheduleAppointment(
  hero: HeroConnection,
  id: string,
  { start_time, practitioner_id, duration, suppress_mail }: NewTime,
): Promise<void> {
  const operation = {
    name: "rescheduleAppointment",
    method: "PATCH",
    path: "/v1/appointments/{id}/reschedule",
  } as const;
  const body = { start_time, practitioner_id, duration, suppress_mail };
  return request(hero, operation, { path: { id }, body }, "unread");
}
