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

export const linkKind = pgEnum("link_kind", ["booking", "form", "video"]);
export const linkOutcome = pgEnum("link_outcome", ["pending", "active", "failed", "unknown"]);

/**
 * The ledger of links requested from Hero. `outcome` is the result of the request: `pending` (no response
 * yet) → `active` (created) | `failed` (certainly not created) | `unknown` (the response was lost; resolved
 * by reading Hero's list or by a person, never by another request).
 *
 * Derived and never stored: live, ends soon, booked, used up, expired, stopped, closed. A `pending` row older than
 * any call may take reads as unknown, because the process that sent the request has died.
 *
 * A booking link has an appointment type and a location, a form link a form, a video link only a patient and
 * no limit on its uses. Unique on (tenant, operation id), so that a form sent twice creates one link. `requestHash` tells a repeat from a different request
 * with the same id. Dates are dates in the United Kingdom. `patientId` is Hero's id and `reference` the
 * partner's own; no demographics are stored.
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
    maxUses: integer("max_uses"),
    uses: integer("uses").notNull().default(0),
    opens: integer("opens").notNull().default(0),
    heroLinkId: text("hero_link_id"),
    url: text("url"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    /** The bulk upload that created it, if any. */
    bulkUploadId: uuid("bulk_upload_id"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    requestedAt: timestamptz("requested_at").notNull().defaultNow(),
    /** When it was created, or last seen opened or used. */
    lastActivityAt: timestamptz("last_activity_at").notNull().defaultNow(),
    /** When Hero first reported it as opened. */
    openedAt: timestamptz("opened_at"),
    refreshedAt: timestamptz("refreshed_at"),
    /** When Hero first reported it as inactive although dates and uses are left. */
    stoppedAt: timestamptz("stopped_at"),
    closedAt: timestamptz("closed_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("links_practice", t, t.practiceId, practices),
    check(
      "links_kind_fields",
      // Video links are the rest: a migration cannot use the value that it adds.
      sql`case ${t.kind} when 'booking' then ${t.appointmentTypeId} is not null and ${t.locationId} is not null and ${t.formId} is null and ${t.maxUses} is not null when 'form' then ${t.formId} is not null and ${t.appointmentTypeId} is null and ${t.maxUses} is not null else ${t.patientId} is not null and ${t.appointmentTypeId} is null and ${t.formId} is null and ${t.maxUses} is null end`,
    ),
    uniqueIndex("links_operation").on(t.tenantId, t.operationId),
    // One address and one ID of Hero for one link: a reply with another link's is not believed. Addresses
    // are unique among all organisations, because Hero lists a practice's links without saying whose they are.
    uniqueIndex("links_url").on(t.environment, t.url).where(sql`${t.url} is not null`),
    uniqueIndex("links_hero_id")
      .on(t.tenantId, t.environment, t.practiceId, t.kind, t.heroLinkId)
      .where(sql`${t.heroLinkId} is not null`),
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
    index("links_patient")
      .on(t.tenantId, t.environment, t.patientId)
      .where(sql`${t.patientId} is not null`),
    index("links_bulk_upload")
      .on(t.tenantId, t.environment, t.bulkUploadId, t.id)
      .where(sql`${t.bulkUploadId} is not null`),
    index("links_used_up")
      .on(t.tenantId, t.environment, t.id)
      .where(sql`${t.uses} >= ${t.maxUses}`),
    index("links_longest_unread")
      .on(t.tenantId, t.environment, t.practiceId, t.refreshedAt.asc().nullsFirst())
      .where(sql`${t.outcome} = 'active' and ${t.closedAt} is null`),
    tenantPolicy(),
  ],
);

/**
 * Search terms of links: each word of a link's texts in lower case, and each tag after a `#`. The key is in
 * the order of a search: a term's links by id. A text index would sort every match, and row-level security
 * keeps the planner from using one.
 */
export const linkSearchTerms = pgTable(
  "link_search_terms",
  {
    ...scopeColumns(),
    /** Collated "C" by the migration, so that terms with the same prefix are adjacent. */
    term: text("term").notNull(),
    linkId: uuid("link_id").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.term, t.linkId]),
    // Whether a link has a word, where the search follows another word.
    index("link_search_terms_link_term").on(t.tenantId, t.environment, t.linkId, t.term),
    scopedForeignKey("link_search_terms_link", t, t.linkId, links),
    tenantPolicy(),
  ],
);

/** A user's saved filters of the ledger; `query` is the part of the address after `?`. */
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
