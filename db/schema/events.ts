import "server-only";
import { sql } from "drizzle-orm";
import {
  customType,
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
import { dataKeys } from "./organisations";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

/** A transaction's number, as text: it does not fit in a JavaScript number. */
const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => "xid8" });

/**
 * What happened, told to the partner's own systems: one row for each change of state, by `key`. `data`
 * holds IDs and states only.
 *
 * Readers go by (`xid`, `id`) and only as far as the oldest transaction that still runs: an older one that
 * commits late is then never skipped.
 */
export const events = pgTable(
  "events",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    type: text("type").notNull(),
    /** What makes the change of state one event, such as `link.booked:<link>:<appointment>`. */
    key: text("key").notNull(),
    practiceId: uuid("practice_id"),
    subjectId: text("subject_id").notNull(),
    data: jsonb("data").$type<Record<string, string | number | boolean | null>>().notNull(),
    occurredAt: timestamptz("occurred_at").notNull(),
    xid: xid8("xid").notNull().default(sql`pg_current_xact_id()`),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    uniqueIndex("events_key").on(t.tenantId, t.environment, t.key),
    index("events_order").on(t.tenantId, t.environment, t.xid, t.id),
    index("events_type_time").on(t.tenantId, t.environment, t.type, t.occurredAt),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

export const destinationState = pgEnum("destination_state", ["active", "disabled"]);

/**
 * A partner's address that events are sent to. `cursorXid` and `cursorId` are the last event that was
 * considered for it. `failingSince` is the first failed attempt since the last success.
 */
export const destinations = pgTable(
  "destinations",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    url: text("url").notNull(),
    /** Empty: every type. */
    eventTypes: text("event_types").array().notNull().default([]),
    /** Empty: every practice. */
    practiceIds: uuid("practice_ids").array().notNull().default([]),
    state: destinationState("state").notNull().default("active"),
    /** `by_person`, `gone` (the address answered 410) or `failing` (five days). */
    disabledReason: text("disabled_reason"),
    disabledAt: timestamptz("disabled_at"),
    failingSince: timestamptz("failing_since"),
    /** When members were told that it will be disabled. */
    warnedAt: timestamptz("warned_at"),
    /** Nothing is sent before: the address asked to slow down. */
    pausedUntil: timestamptz("paused_until"),
    cursorXid: xid8("cursor_xid").notNull().default(sql`pg_current_xact_id()`),
    cursorId: uuid("cursor_id"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    deletedAt: timestamptz("deleted_at"),
  },
  (t) => [scopedPrimaryKey(t, [t.id]), tenantPolicy(), ownerReadPolicy()],
);

/** A signing secret of a destination. During a rotation the earlier ones sign too, until `validUntil`. */
export const destinationSecrets = pgTable(
  "destination_secrets",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    destinationId: uuid("destination_id").notNull(),
    sealedSecret: bytea("sealed_secret").notNull(),
    dataKeyId: uuid("data_key_id").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    validUntil: timestamptz("valid_until"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("destination_secrets_destination", t, t.destinationId, destinations),
    foreignKey({
      name: "destination_secrets_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    index("destination_secrets_destination_id").on(t.tenantId, t.environment, t.destinationId),
    tenantPolicy(),
  ],
);

export const eventSendingState = pgEnum("event_sending_state", [
  "waiting",
  "delivered",
  "given_up",
]);

/** One event to be sent to one destination. */
export const eventSendings = pgTable(
  "event_sendings",
  {
    ...scopeColumns(),
    destinationId: uuid("destination_id").notNull(),
    eventId: uuid("event_id").notNull(),
    state: eventSendingState("state").notNull().default("waiting"),
    attempts: integer("attempts").notNull().default(0),
    firstAttemptAt: timestamptz("first_attempt_at"),
    nextAttemptAt: timestamptz("next_attempt_at").notNull(),
    leasedUntil: timestamptz("leased_until"),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.destinationId, t.eventId], "event_sendings_pk"),
    scopedForeignKey("event_sendings_destination", t, t.destinationId, destinations),
    scopedForeignKey("event_sendings_event", t, t.eventId, events),
    index("event_sendings_due")
      .on(t.tenantId, t.environment, t.destinationId, t.nextAttemptAt)
      .where(sql`${t.state} = 'waiting'`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/** One try to send an event: its status, or why there was none. Nothing else of the answer is kept. */
export const eventSendingAttempts = pgTable(
  "event_sending_attempts",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    destinationId: uuid("destination_id").notNull(),
    eventId: uuid("event_id").notNull(),
    attemptedAt: timestamptz("attempted_at").notNull(),
    status: integer("status"),
    errorCode: text("error_code"),
    durationMs: integer("duration_ms").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    index("event_sending_attempts_event").on(
      t.tenantId,
      t.environment,
      t.destinationId,
      t.eventId,
      t.attemptedAt,
    ),
    tenantPolicy(),
  ],
);
