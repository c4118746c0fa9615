import "server-only";
import {
  date,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { moment, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { environmentEnum } from "./environments";
import { tenants } from "./organisations";
import { practices } from "./practices";

export const linkOutcome = pgEnum("link_outcome", ["pending", "active", "failed", "unknown"]);

/**
 * The ledger of links asked of Hero. `outcome` is what is known of the asking:
 * `pending` (asked, no answer yet) → `active` (made) | `failed` (certainly not made) | `unknown` (the
 * answer was lost; settled by reading, never by asking again).
 *
 * Derived and never stored: live, ends soon, used up, expired, closed; and a `pending` row that has
 * waited longer than any call may take reads as unknown, because whoever asked has died.
 *
 * Unique on (tenant, operation id), so that one form makes one link however often it is sent.
 * `requestHash` tells a repeat of the same request from a different one under a used id.
 * Bare dates are days in the United Kingdom. `patientId` is Hero's id; no demographics are kept.
 */
export const links = pgTable(
  "links",
  {
    tenantId: uuid("tenant_id")
      .$type<TenantId>()
      .notNull()
      .references(() => tenants.id),
    environment: environmentEnum("environment").notNull(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    outcome: linkOutcome("outcome").notNull(),
    name: text("name"),
    appointmentTypeId: text("appointment_type_id").notNull(),
    appointmentTypeName: text("appointment_type_name").notNull(),
    locationId: text("location_id").notNull(),
    locationName: text("location_name").notNull(),
    practitionerId: text("practitioner_id"),
    practitionerName: text("practitioner_name"),
    patientId: text("patient_id"),
    slotsFrom: date("slots_from"),
    slotsTo: date("slots_to"),
    expiresOn: date("expires_on").notNull(),
    maximumUses: integer("maximum_uses").notNull(),
    uses: integer("uses").notNull().default(0),
    opens: integer("opens").notNull().default(0),
    heroLinkId: text("hero_link_id"),
    url: text("url"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
    askedAt: moment("asked_at").notNull().defaultNow(),
    refreshedAt: moment("refreshed_at"),
    closedAt: moment("closed_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.environment, t.id] }),
    foreignKey({
      name: "links_practice",
      columns: [t.tenantId, t.environment, t.practiceId],
      foreignColumns: [practices.tenantId, practices.environment, practices.id],
    }),
    uniqueIndex("links_operation").on(t.tenantId, t.operationId),
    index("links_practice_id").on(t.tenantId, t.environment, t.practiceId, t.id),
    tenantPolicy(),
  ],
);
