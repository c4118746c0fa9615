import "server-only";
import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Theme } from "@/server/schemas/theme";
import { ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

/**
 * Where a partner embeds one element. `element` is a tag of the catalogue; `origins` are exact, or start
 * with `*.` for subdomains (`server/schemas/origins.ts`). Turned off, it issues no tokens; `switchedAt` is
 * when that last changed.
 */
export const placements = pgTable(
  "placements",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    element: text("element").notNull(),
    origins: text("origins").array().notNull(),
    theme: jsonb("theme").$type<Theme>(),
    /** Hero's id of a member of staff, for all sessions. */
    adminId: text("admin_id"),
    isOn: boolean("is_on").notNull().default(true),
    switchedAt: timestamptz("switched_at"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    // The id alone identifies it in a frame address; origins answer CORS preflights.
    uniqueIndex("placements_id").on(t.id),
    index("placements_origins").using("gin", t.origins),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/** The practices a placement may be used for. */
export const placementPractices = pgTable(
  "placement_practices",
  {
    ...scopeColumns(),
    placementId: uuid("placement_id").notNull(),
    practiceId: uuid("practice_id").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.placementId, t.practiceId], "placement_practices_pk"),
    scopedForeignKey("placement_practices_placement", t, t.placementId, placements),
    scopedForeignKey("placement_practices_practice", t, t.practiceId, practices),
    index("placement_practices_practice_id").on(t.tenantId, t.environment, t.practiceId),
    tenantPolicy(),
  ],
);

/** How often the loader reported an error code on a date in the United Kingdom. */
export const elementReports = pgTable(
  "element_reports",
  {
    ...scopeColumns(),
    placementId: uuid("placement_id").notNull(),
    day: date("day").notNull(),
    code: text("code").notNull(),
    count: integer("count").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.placementId, t.day, t.code]),
    scopedForeignKey("element_reports_placement", t, t.placementId, placements),
    tenantPolicy(),
  ],
);
