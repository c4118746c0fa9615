import { optionalLocalDate, timestamp } from "./date-fields";
import { linkEvent, namedReference } from "./links/view";
import { slotView } from "./slots";
import { heroId, optionalHeroId, optionalTextLine, pageSize, rowId } from "./text";
import { z } from "./zod";

/** As stored; see `db/schema/appointments.ts`. A request without a reply becomes unknown after a while. */
const appointmentState = z.enum(
  ["pending", "reserved", "booked", "cancelled", "lapsed", "failed", "unknown"],
  { error: "Unknown appointment state." },
);
export type AppointmentState = z.infer<typeof appointmentState>;

const appointmentChangeKind = z.enum(["edit", "book", "cancel", "reschedule"]);
export type AppointmentChangeKind = z.infer<typeof appointmentChangeKind>;

/** An appointment that the portal requested. Timestamps are in UTC. */
export const appointmentView = z.object({
  id: z.string(),
  operationId: z.string(),
  state: appointmentState,
  /** A sentence: why it failed, is unknown, or what the last reading of it found. */
  reason: z.string().nullable(),
  /** The error code (`server/hero/errors.ts`) of a failed or unknown appointment. */
  failureCode: z.string().nullable(),
  practice: z.object({
    id: z.string(),
    /** The nickname, if it has one: for the organisation's own members only. */
    name: z.string(),
    publicName: z.string(),
    practiceGroupId: z.string(),
  }),
  patientId: z.string(),
  appointmentType: namedReference,
  location: namedReference,
  practitioner: namedReference,
  startsAt: z.string(),
  endsAt: z.string(),
  durationMinutes: z.number(),
  /** Null while no reply has named it: then nothing can find out more. */
  heroAppointmentId: z.string().nullable(),
  /** Hero's own word for the state when last read. */
  heroStatus: z.string().nullable(),
  /** Until when Hero holds the time. The practice's own staff may still take it. */
  reservedUntil: z.string().nullable(),
  /** The link that the patient booked it through. */
  link: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  /** A change that is under way, or of which nothing is known. No other can be made until it is resolved. */
  openChange: z
    .object({
      id: z.string(),
      kind: appointmentChangeKind,
      outcome: z.enum(["pending", "unknown"]),
      reason: z.string().nullable(),
      /** The time asked for when editing or rescheduling. */
      startsAt: z.string().nullable(),
      requestedAt: z.string(),
    })
    .nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** When it was last read from Hero. */
  refreshedAt: z.string().nullable(),
});
export type AppointmentView = z.infer<typeof appointmentView>;

/** What the practice's policy allows now, as Hero says it. Null where it does not say. */
const appointmentPolicy = z.object({
  canBeCancelled: z.boolean().nullable(),
  canBeRescheduled: z.boolean().nullable(),
  cancellationHours: z.number().nullable(),
  tellsPatient: z.boolean().nullable(),
});

/** An appointment as read from Hero now; `policy` is null when it was not read. */
export const refreshedAppointment = z.object({
  appointment: appointmentView,
  policy: appointmentPolicy.nullable(),
});
export type RefreshedAppointment = z.infer<typeof refreshedAppointment>;

/** The free slots nearest to a time, nearest first. Without `isComplete`, others may be free. */
const nearestSlots = z.object({ slots: z.array(slotView), isComplete: z.boolean() });
export type NearestSlots = z.infer<typeof nearestSlots>;

/**
 * What became of a request to hold a slot. `slot_taken`: nothing was held, and `nearest` has other times
 * (null when they could not be read). `unknown`: Hero may hold it, and nothing will tell.
 */
export const reservationResult = z.object({
  outcome: z.enum(["held", "slot_taken", "failed", "pending", "unknown"]),
  /** Null when the slot was taken before anything was requested. */
  appointment: appointmentView.nullable(),
  nearest: nearestSlots.nullable(),
});
export type ReservationResult = z.infer<typeof reservationResult>;

/**
 * What became of a change. `made`: Hero's record shows it. `refused`: it was not made, for `reason`.
 * `unknown` and `pending`: it may be made; reading will tell. `nearest` is there when the time was taken.
 */
export const appointmentChangeResult = z.object({
  outcome: z.enum(["made", "refused", "pending", "unknown"]),
  reason: z.string().nullable(),
  appointment: appointmentView,
  nearest: nearestSlots.nullable(),
});
export type AppointmentChangeResult = z.infer<typeof appointmentChangeResult>;

export const maxReasonCharacters = 200;

/** The free-text reason for an appointment. It goes to Hero and is stored nowhere. */
export const appointmentReason = optionalTextLine("the reason", maxReasonCharacters);

const confirmedRestricted = z.boolean({ error: "Confirm or cancel." }).optional();
const tellPatient = z.boolean({ error: "Select whether to tell the patient." });
const slotId = heroId("Select a time.");

/**
 * Holds one of Hero's free slots for a patient. Start, end, duration and practitioner are the slot's own; type
 * and location are what was searched for, and must be the slot's. The browser chooses `operationId` when
 * it shows the slot: one ID never holds two.
 */
export const reserveAppointmentInput = z.object({
  operationId: rowId,
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
  slotId,
  appointmentTypeId: heroId("Select an appointment type."),
  locationId: heroId("Select a location."),
  /** The start that the person saw: a slot that has another one now is not held. */
  startsAt: timestamp("Select a time.").optional(),
  /** That the person has read the warning about a restricted record. */
  confirmedRestricted,
});
export type ReserveAppointmentInput = z.infer<typeof reserveAppointmentInput>;

const changeFields = { operationId: rowId, appointmentId: rowId };

/** Confirms a held time. */
export const bookAppointmentInput = z.object({
  ...changeFields,
  reason: appointmentReason,
  tellPatient,
  confirmedRestricted,
});
export type BookAppointmentInput = z.infer<typeof bookAppointmentInput>;

/** Moves a held time to another slot of the same type and location. */
export const editAppointmentInput = z.object({ ...changeFields, slotId, confirmedRestricted });
export type EditAppointmentInput = z.infer<typeof editAppointmentInput>;

/** Lets a held time go. */
export const releaseAppointmentInput = z.object(changeFields);
export type ReleaseAppointmentInput = z.infer<typeof releaseAppointmentInput>;

/** `isLate` cancels within the hours that the practice's policy protects; it needs its own permission. */
export const cancelAppointmentInput = z.object({
  ...changeFields,
  tellPatient,
  isLate: z.boolean({ error: "Select whether to cancel late." }).default(false),
});
export type CancelAppointmentInput = z.infer<typeof cancelAppointmentInput>;

/** Moves a booked appointment to another slot of the same type and location. */
export const rescheduleAppointmentInput = z.object({
  ...changeFields,
  slotId,
  tellPatient,
  confirmedRestricted,
});
export type RescheduleAppointmentInput = z.infer<typeof rescheduleAppointmentInput>;

export const appointmentIdInput = z.object({ appointmentId: rowId });
export type AppointmentIdInput = z.infer<typeof appointmentIdInput>;

/**
 * Appointments that the portal knows of, earliest first. `day` is a UK date. `isUpcoming` leaves out those
 * that have started. `isActive` leaves out those that are cancelled, lapsed or failed.
 */
export const listAppointmentsInput = z.object({
  practiceId: rowId.optional(),
  patientId: optionalHeroId("A Hero patient ID contains only digits."),
  state: appointmentState.optional(),
  day: optionalLocalDate("day"),
  isUpcoming: z.boolean({ error: "Enter true or false." }).optional(),
  isActive: z.boolean({ error: "Enter true or false." }).optional(),
  cursor: z
    .string({ error: "Invalid page cursor." })
    .regex(/^\d{1,15}_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
      error: "Invalid page cursor.",
    })
    .optional(),
  limit: pageSize(25),
});
export type ListAppointmentsInput = Partial<z.infer<typeof listAppointmentsInput>>;

export const appointmentPage = z.object({
  items: z.array(appointmentView),
  nextCursor: z.string().nullable(),
});
export type AppointmentPage = z.infer<typeof appointmentPage>;

export const appointmentEvents = z.array(linkEvent);
