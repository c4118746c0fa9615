import "server-only";
import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import { users } from "./accounts";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const linkKind = pgEnum("link_kind", ["booking", "form"]);
export const linkOutcome = pgEnum("link_outcome", ["pending", "active", "failed", "unknown"]);

/**
 * The ledger of links asked of Hero. `outcome` is what is known of the asking:
 * `pending` (asked, no answer yet) → `active` (made) | `failed` (certainly not made) | `unknown` (the
 * answer was lost; settled by reading or by a person, never by asking again).
 *
 * Derived and never stored: live, ends soon, used up, expired, stopped, closed; and a `pending` row that
 * has waited longer than any call may take reads as unknown, because whoever asked has died.
 *
 * A booking link names its appointment type and location, a form link its form. Unique on (tenant,
 * operation id), so that one form makes one link however often it is sent. `requestHash` tells a repeat
 * of the same request from a different one under a used id. Bare dates are days in the United Kingdom.
 * `patientId` is Hero's id and `reference` the partner's own; no demographics are kept.
 */
export const links = pgTable(
  "links",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    kind: linkKind("kind").notNull().default("booking"),
    outcome: linkOutcome("outcome").notNull(),
    name: text("name"),
    reference: text("reference"),
    tags: text("tags").array().notNull().default([]),
    appointmentTypeId: text("appointment_type_id"),
    appointmentTypeName: text("appointment_type_name"),
    locationId: text("location_id"),
    locationName: text("location_name"),
    practitionerId: text("practitioner_id"),
    practitionerName: text("practitioner_name"),
    formId: text("form_id"),
    formTitle: text("form_title"),
    patientId: text("patient_id"),
    slotsFrom: date("slots_from"),
    slotsTo: date("slots_to"),
    expiresOn: date("expires_on").notNull(),
    maxUses: integer("max_uses").notNull(),
    uses: integer("uses").notNull().default(0),
    opens: integer("opens").notNull().default(0),
    heroLinkId: text("hero_link_id"),
    url: text("url"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    /** The file of rows this link was made for; null for one made by itself. */
    bulkUploadId: uuid("bulk_upload_id"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    requestedAt: timestamptz("requested_at").notNull().defaultNow(),
    /** When it was made, or last seen to have been opened or used: the background reading goes by it. */
    lastActivityAt: timestamptz("last_activity_at").notNull().defaultNow(),
    refreshedAt: timestamptz("refreshed_at"),
    /** When Hero was first seen to say that it is not active although it has days and uses left. */
    stoppedAt: timestamptz("stopped_at"),
    closedAt: timestamptz("closed_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("links_practice", t, t.practiceId, practices),
    check(
      "links_kind_fields",
      sql`case ${t.kind} when 'booking' then ${t.appointmentTypeId} is not null and ${t.locationId} is not null and ${t.formId} is null else ${t.formId} is not null and ${t.appointmentTypeId} is null end`,
    ),
    uniqueIndex("links_operation").on(t.tenantId, t.operationId),
    index("links_practice_id").on(t.tenantId, t.environment, t.practiceId, t.id),
    index("links_expiry").on(t.tenantId, t.environment, t.expiresOn, t.id),
    index("links_uses").on(t.tenantId, t.environment, t.uses, t.id),
    index("links_owner").on(t.tenantId, t.environment, t.createdBy, t.id),
    index("links_not_active")
      .on(t.tenantId, t.environment, t.id)
      .where(sql`${t.outcome} <> 'active'`),
    index("links_closed")
      .on(t.tenantId, t.environment, t.id)
      .where(sql`${t.closedAt} is not null or ${t.stoppedAt} is not null`),
    index("links_bulk_upload")
      .on(t.tenantId, t.environment, t.bulkUploadId, t.id)
      .where(sql`${t.bulkUploadId} is not null`),
    index("links_used_up")
      .on(t.tenantId, t.environment, t.id)
      .where(sql`${t.uses} >= ${t.maxUses}`),
    index("links_last_activity")
      .on(t.tenantId, t.environment, t.practiceId, t.lastActivityAt)
      .where(sql`${t.outcome} = 'active' and ${t.closedAt} is null`),
    tenantPolicy(),
  ],
);

/**
 * What links are found by: each word of what a link says of itself, in small letters, and each tag
 * behind a `#`. The key is in the order a search walks it: a term's links by id, newest last. Search
 * over a text index would sort every match, and row-level security keeps the planner from using one.
 */
export const linkSearchTerms = pgTable(
  "link_search_terms",
  {
    ...scopeColumns(),
    /** Collated "C" by the migration, so that the terms with one beginning stand together. */
    term: text("term").notNull(),
    linkId: uuid("link_id").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.term, t.linkId]),
    scopedForeignKey("link_search_terms_link", t, t.linkId, links),
    tenantPolicy(),
  ],
);

/** A person's saved ways of looking at the ledger; `query` is the part of the address after `?`. */
export const savedLinkViews = pgTable(
  "saved_link_views",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id),
    name: text("name").notNull(),
    query: text("query").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    uniqueIndex("saved_link_views_name").on(t.tenantId, t.environment, t.userId, t.name),
    tenantPolicy(),
  ],
);
