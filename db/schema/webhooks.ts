import "server-only";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, ownerReadPolicy, tenantPolicy, timestamptz } from "../columns";
import { links } from "./links";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

/**
 * Where Hero sends one event type of one practice. `urlToken` is the unguessable last part of its URL.
 * `removedAt` is set when a person no longer wants the events; the row stays, because deliveries refer to it.
 */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    practiceId: uuid("practice_id").notNull(),
    eventType: text("event_type").notNull(),
    urlToken: text("url_token").notNull(),
    /** The first delivery from Hero whose signature was right: only then Hero can reach the portal. */
    firstVerifiedAt: timestamptz("first_verified_at"),
    lastVerifiedAt: timestamptz("last_verified_at"),
    /** When members were told that a practice with activity had sent nothing. */
    silenceMailedAt: timestamptz("silence_mailed_at"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    removedAt: timestamptz("removed_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("webhook_endpoints_practice", t, t.practiceId, practices),
    uniqueIndex("webhook_endpoints_url_token").on(t.urlToken),
    uniqueIndex("webhook_endpoints_event_type")
      .on(t.tenantId, t.environment, t.practiceId, t.eventType)
      .where(sql`${t.removedAt} is null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

export const registrationState = pgEnum("webhook_registration_state", [
  "pending",
  "active",
  "failed",
  "lost",
  "ending",
  "ended",
]);

/**
 * One registration at Hero of an endpoint's URL, with its own signing key. Hero cannot change a
 * registration, so a new key is a new one, and the old one's key is still accepted until `acceptedUntil`.
 *
 * `pending` (requested, not yet read back) → `active` (Hero lists it) | `failed` (certainly not created);
 * `active` → `lost` (Hero no longer lists it) | `ending` (to be deleted at Hero) → `ended`.
 */
export const webhookRegistrations = pgTable(
  "webhook_registrations",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    endpointId: uuid("endpoint_id").notNull(),
    state: registrationState("state").notNull().default("pending"),
    heroWebhookId: text("hero_webhook_id"),
    sealedKey: bytea("sealed_key").notNull(),
    dataKeyId: uuid("data_key_id").notNull(),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    acceptedUntil: timestamptz("accepted_until"),
    endedAt: timestamptz("ended_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("webhook_registrations_endpoint", t, t.endpointId, webhookEndpoints),
    foreignKey({
      name: "webhook_registrations_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    index("webhook_registrations_endpoint_id").on(t.tenantId, t.environment, t.endpointId),
    // Two requests at once would register an endpoint twice.
    uniqueIndex("webhook_registrations_pending")
      .on(t.tenantId, t.environment, t.endpointId)
      .where(sql`${t.state} = 'pending'`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/** A registration at Hero with a URL of this portal that belongs to no registration here. */
export type ForeignRegistration = {
  heroWebhookId: string;
  eventType: string;
  /** `changed`: one of ours that now has another event type or URL. `extra`: any other. */
  kind: "changed" | "extra";
};

/**
 * The last comparison of a practice's registrations with Hero's list. `failure` is why the list could not
 * be read or trusted; `foreign` is then from the comparison before.
 */
export const webhookChecks = pgTable(
  "webhook_checks",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    checkedAt: timestamptz("checked_at").notNull(),
    failure: text("failure"),
    foreign: jsonb("foreign_registrations").$type<ForeignRegistration[]>().notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId]),
    scopedForeignKey("webhook_checks_practice", t, t.practiceId, practices),
    tenantPolicy(),
  ],
);

export const deliveryState = pgEnum("webhook_delivery_state", [
  "waiting",
  "done",
  "kept",
  "quarantined",
  "failed",
]);

/**
 * A request from Hero with a right signature. It is only a hint: what it names is read from Hero.
 *
 * `waiting` (to be processed; the queue of the workers) → `done` | `kept` (nothing follows from its event
 * type yet) | `failed` (given up; can be replayed). `quarantined`: its practice is not the endpoint's; it
 * has no effect. The body is sealed, and erased after a time; `dedupeHash` is the SHA-256 of endpoint,
 * timestamp header and body, so that a repeat changes only `repeats`.
 */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    ...scopeColumns(),
    /** UUIDv7: in the order of arrival. */
    id: uuid("id").notNull(),
    endpointId: uuid("endpoint_id").notNull(),
    dedupeHash: bytea("dedupe_hash").notNull(),
    receivedAt: timestamptz("received_at").notNull(),
    /** From the timestamp header, where it could be read. */
    sentAt: timestamptz("sent_at"),
    /** Signed more than five minutes before or after it arrived. */
    isLate: boolean("is_late").notNull().default(false),
    eventType: text("event_type"),
    objectType: text("object_type"),
    objectId: text("object_id"),
    /** The headers that are kept, by lower-case name; never the signature. */
    headers: jsonb("headers").$type<Record<string, string>>().notNull(),
    bodySize: integer("body_size").notNull(),
    sealedBody: bytea("sealed_body"),
    dataKeyId: uuid("data_key_id").notNull(),
    repeats: integer("repeats").notNull().default(0),
    state: deliveryState("state").notNull().default("waiting"),
    attempts: integer("attempts").notNull().default(0),
    /** When its object is read again after a failure. */
    nextAttemptAt: timestamptz("next_attempt_at"),
    /** When the row of its object in `webhook_objects` was told of it. Null: a worker has not seen it. */
    gatheredAt: timestamptz("gathered_at"),
    /** A code of what followed, such as `link_booked` or `nothing_changed`. */
    outcome: text("outcome"),
    processedAt: timestamptz("processed_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("webhook_deliveries_endpoint", t, t.endpointId, webhookEndpoints),
    uniqueIndex("webhook_deliveries_dedupe").on(
      t.tenantId,
      t.environment,
      t.endpointId,
      t.dedupeHash,
    ),
    index("webhook_deliveries_endpoint_id").on(t.tenantId, t.environment, t.endpointId, t.id),
    index("webhook_deliveries_open")
      .on(t.tenantId, t.environment, t.state, t.id)
      .where(sql`${t.state} in ('waiting', 'quarantined', 'failed')`),
    index("webhook_deliveries_arrived")
      .on(t.tenantId, t.environment, t.id)
      .where(sql`${t.state} = 'waiting' and ${t.gatheredAt} is null`),
    index("webhook_deliveries_gathered")
      .on(t.tenantId, t.environment, t.objectId)
      .where(sql`${t.state} = 'waiting' and ${t.gatheredAt} is not null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/**
 * What Hero's deliveries name, by practice and object: many deliveries about one object lead to one read.
 * `dueAt` is null when nothing waits.
 */
export const webhookObjects = pgTable(
  "webhook_objects",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    objectType: text("object_type").notNull(),
    objectId: text("object_id").notNull(),
    dueAt: timestamptz("due_at"),
    leasedUntil: timestamptz("leased_until"),
    attempts: integer("attempts").notNull().default(0),
    lastReadAt: timestamptz("last_read_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId, t.objectType, t.objectId], "webhook_objects_pk"),
    scopedForeignKey("webhook_objects_practice", t, t.practiceId, practices),
    index("webhook_objects_due")
      .on(t.tenantId, t.environment, t.practiceId, t.dueAt)
      .where(sql`${t.dueAt} is not null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/** Counts of an endpoint by hour (UTC). Refused requests are only counted. */
export const webhookEndpointHours = pgTable(
  "webhook_endpoint_hours",
  {
    ...scopeColumns(),
    endpointId: uuid("endpoint_id").notNull(),
    hour: timestamptz("hour").notNull(),
    received: integer("received").notNull().default(0),
    verified: integer("verified").notNull().default(0),
    refused: integer("refused").notNull().default(0),
    late: integer("late").notNull().default(0),
    repeated: integer("repeated").notNull().default(0),
    quarantined: integer("quarantined").notNull().default(0),
    /** Milliseconds from the signed time to the arrival, of verified deliveries in time: their sum and maximum. */
    lagMsSum: bigint("lag_ms_sum", { mode: "number" }).notNull().default(0),
    lagMsMax: integer("lag_ms_max").notNull().default(0),
  },
  (t) => [
    scopedPrimaryKey(t, [t.endpointId, t.hour], "webhook_endpoint_hours_pk"),
    scopedForeignKey("webhook_endpoint_hours_endpoint", t, t.endpointId, webhookEndpoints),
    tenantPolicy(),
  ],
);

/**
 * A form that a patient sent through one of our links, as Hero's record said when it was first read. It names
 * no patient and has no answers.
 */
export const linkFormResponses = pgTable(
  "link_form_responses",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    heroFormResponseId: text("hero_form_response_id").notNull(),
    linkId: uuid("link_id").notNull(),
    /** Null when Hero does not say. */
    submittedAt: timestamptz("submitted_at"),
    readAt: timestamptz("read_at").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId, t.heroFormResponseId], "link_form_responses_pk"),
    scopedForeignKey("link_form_responses_practice", t, t.practiceId, practices),
    scopedForeignKey("link_form_responses_link", t, t.linkId, links),
    index("link_form_responses_link_id").on(t.tenantId, t.environment, t.linkId),
    tenantPolicy(),
  ],
);

export const linkAppointmentState = pgEnum("link_appointment_state", ["booked", "cancelled"]);

/**
 * An appointment that a patient made through one of our links, as Hero's record said when it was last read.
 * It names no patient. `bookedAt` and `cancelledAt` are when the portal first read that state.
 */
export const linkAppointments = pgTable(
  "link_appointments",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    heroAppointmentId: text("hero_appointment_id").notNull(),
    linkId: uuid("link_id").notNull(),
    state: linkAppointmentState("state").notNull(),
    startsAt: timestamptz("starts_at"),
    bookedAt: timestamptz("booked_at").notNull(),
    cancelledAt: timestamptz("cancelled_at"),
    /** When the portal first read another start than before. */
    rescheduledAt: timestamptz("rescheduled_at"),
    readAt: timestamptz("read_at").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId, t.heroAppointmentId], "link_appointments_pk"),
    scopedForeignKey("link_appointments_practice", t, t.practiceId, practices),
    scopedForeignKey("link_appointments_link", t, t.linkId, links),
    index("link_appointments_link_id").on(t.tenantId, t.environment, t.linkId),
    index("link_appointments_booked").on(t.tenantId, t.environment, t.bookedAt),
    index("link_appointments_longest_unread")
      .on(t.tenantId, t.environment, t.practiceId, t.readAt)
      .where(sql`${t.state} = 'booked'`),
    tenantPolicy(),
  ],
);
