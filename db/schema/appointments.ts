import "server-only";
import { sql } from "drizzle-orm";
import { index, integer, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import { links } from "./links";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const appointmentState = pgEnum("appointment_state", [
  "pending",
  "reserved",
  "booked",
  "cancelled",
  "lapsed",
  "failed",
  "unknown",
]);

/**
 * An appointment that the portal asked Hero for. `pending` (reservation requested, no reply) → `reserved`
 * (the slot is held until `reservedUntil`) | `failed` (certainly not reserved) | `unknown` (the reply was
 * lost; only it had the ID, so this stays for good); `reserved` → `booked` | `lapsed` (never confirmed, or
 * let go) ; `booked` → `cancelled`. Each is what Hero's record said when it was last read.
 *
 * A `pending` row older than any call may take reads as unknown, because the process that sent the request
 * has died. `startsAt`, duration and practitioner come from Hero's slot or record. `calendarSequence` rises
 * with every change that a calendar must hear of. `patientId` is Hero's; the reason that a person gives for
 * the appointment goes to Hero and is not stored.
 */
export const appointments = pgTable(
  "appointments",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    state: appointmentState("state").notNull(),
    appointmentTypeId: text("appointment_type_id").notNull(),
    appointmentTypeName: text("appointment_type_name").notNull(),
    locationId: text("location_id").notNull(),
    locationName: text("location_name").notNull(),
    practitionerId: text("practitioner_id").notNull(),
    practitionerName: text("practitioner_name"),
    startsAt: timestamptz("starts_at").notNull(),
    durationMinutes: integer("duration_minutes").notNull(),
    heroAppointmentId: text("hero_appointment_id"),
    /** Hero's own word for the state when last read. */
    heroStatus: text("hero_status"),
    reservedUntil: timestamptz("reserved_until"),
    /** The link it was made through, when it is one of ours. */
    linkId: uuid("link_id"),
    calendarSequence: integer("calendar_sequence").notNull().default(0),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    refreshedAt: timestamptz("refreshed_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("appointments_practice", t, t.practiceId, practices),
    scopedForeignKey("appointments_link", t, t.linkId, links),
    uniqueIndex("appointments_operation").on(t.tenantId, t.operationId),
    uniqueIndex("appointments_hero_id")
      .on(t.tenantId, t.environment, t.practiceId, t.heroAppointmentId)
      .where(sql`${t.heroAppointmentId} is not null`),
    index("appointments_patient").on(
      t.tenantId,
      t.environment,
      t.practiceId,
      t.patientId,
      t.startsAt,
    ),
    index("appointments_start").on(t.tenantId, t.environment, t.startsAt, t.id),
    index("appointments_open")
      .on(t.tenantId, t.environment, t.createdAt)
      .where(sql`${t.state} in ('pending', 'reserved')`),
    tenantPolicy(),
  ],
);

export const appointmentChangeKind = pgEnum("appointment_change_kind", [
  "edit",
  "book",
  "cancel",
  "reschedule",
]);
export const changeOutcome = pgEnum("change_outcome", ["pending", "made", "refused", "unknown"]);

/**
 * A change of an appointment, asked for once for an operation ID. `pending` (sent, no reply read) → `made`
 * (Hero's record shows it) | `refused` (Hero's record shows that it was not made) | `unknown` (the record
 * could not be read since). An appointment has one open change at a time, so that two tabs have one effect.
 * `startsAt` and the practitioner are those asked for.
 */
export const appointmentChanges = pgTable(
  "appointment_changes",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    appointmentId: uuid("appointment_id").notNull(),
    operationId: uuid("operation_id").notNull(),
    requestHash: text("request_hash").notNull(),
    kind: appointmentChangeKind("kind").notNull(),
    outcome: changeOutcome("outcome").notNull().default("pending"),
    startsAt: timestamptz("starts_at"),
    durationMinutes: integer("duration_minutes"),
    practitionerId: text("practitioner_id"),
    practitionerName: text("practitioner_name"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("appointment_changes_appointment", t, t.appointmentId, appointments),
    uniqueIndex("appointment_changes_operation").on(t.tenantId, t.operationId),
    uniqueIndex("appointment_changes_open")
      .on(t.tenantId, t.environment, t.appointmentId)
      .where(sql`${t.outcome} in ('pending', 'unknown')`),
    index("appointment_changes_appointment_id").on(
      t.tenantId,
      t.environment,
      t.appointmentId,
      t.createdAt,
    ),
    tenantPolicy(),
  ],
);
