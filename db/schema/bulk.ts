import "server-only";
import {
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, gatePolicy, moment, tenantPolicy } from "../columns";
import { linkKind, links } from "./links";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { environmentKey } from "./tenant-keys";

export const bulkState = pgEnum("bulk_state", [
  "uploading",
  "running",
  "paused",
  "cancelled",
  "finished",
]);

/**
 * A file of rows to make links of. `uploading` (rows arrive in parts) → `running` ⇄ `paused` →
 * `finished` (no row waits any more) | `cancelled`. Counts are read from the rows while they exist;
 * `result` keeps them once the rows are gone, which is `rowsUntil`.
 *
 * `columns` remembers which column of the file was taken for what: headings only, no cells.
 */
export const bulks = pgTable(
  "bulks",
  {
    ...environmentKey(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    name: text("name").notNull(),
    kind: linkKind("kind").notNull(),
    state: bulkState("state").notNull(),
    rowCount: integer("row_count").notNull(),
    columns: jsonb("columns").$type<Record<string, string>>().notNull(),
    result: jsonb("result").$type<Record<string, number>>(),
    dataKeyId: uuid("data_key_id").notNull(),
    /** Why it paused by itself: a sentence, or null when a person paused it. */
    pauseReason: text("pause_reason"),
    /** Which run of the worker has it, and until when that counts: a worker that dies says nothing. */
    runnerId: uuid("runner_id"),
    runnerUntil: moment("runner_until"),
    createdBy: uuid("created_by").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
    rowsUntil: moment("rows_until").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.environment, t.id] }),
    foreignKey({
      name: "bulks_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    uniqueIndex("bulks_operation").on(t.tenantId, t.operationId),
    tenantPolicy(),
    gatePolicy(),
  ],
);

export const bulkRowState = pgEnum("bulk_row_state", [
  "waiting",
  "working",
  "made",
  "refused",
  "unknown",
  "cancelled",
]);

/**
 * One row: `waiting` → `working` (a worker has it) → `made` | `refused` (certainly no link) | `unknown`
 * (the answer was lost, or the worker died after Hero was asked) ; `waiting` → `cancelled`.
 *
 * A worker that dies leaves its rows `working`. Whether Hero was asked is told by the ledger: the link's
 * row, under this row's `operationId`, is written before the call. None: the row waits again. There: it
 * is what that link is, and never asked again.
 *
 * `sealed` is who the patient is, for the look-up, sealed for this row; it is wiped the moment the row
 * leaves `waiting` and `working`. `reference` is the partner's own word for the row.
 */
export const bulkRows = pgTable(
  "bulk_rows",
  {
    ...environmentKey(),
    bulkId: uuid("bulk_id").notNull(),
    /** As in the file: the first row below the headings is 1. */
    rowNumber: integer("row_number").notNull(),
    state: bulkRowState("state").notNull().default("waiting"),
    operationId: uuid("operation_id").notNull(),
    reference: text("reference"),
    sealed: bytea("sealed"),
    patientId: text("patient_id"),
    practiceId: uuid("practice_id").notNull(),
    appointmentTypeId: text("appointment_type_id"),
    locationId: text("location_id"),
    practitionerId: text("practitioner_id"),
    formId: text("form_id"),
    name: text("name"),
    slotsFrom: date("slots_from"),
    slotsTo: date("slots_to"),
    expiresOn: date("expires_on").notNull(),
    maximumUses: integer("maximum_uses").notNull(),
    linkId: uuid("link_id"),
    reason: text("reason"),
    reasonCode: text("reason_code"),
    startedAt: moment("started_at"),
    settledAt: moment("settled_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.environment, t.bulkId, t.rowNumber] }),
    foreignKey({
      name: "bulk_rows_bulk",
      columns: [t.tenantId, t.environment, t.bulkId],
      foreignColumns: [bulks.tenantId, bulks.environment, bulks.id],
    }),
    foreignKey({
      name: "bulk_rows_practice",
      columns: [t.tenantId, t.environment, t.practiceId],
      foreignColumns: [practices.tenantId, practices.environment, practices.id],
    }),
    foreignKey({
      name: "bulk_rows_link",
      columns: [t.tenantId, t.environment, t.linkId],
      foreignColumns: [links.tenantId, links.environment, links.id],
    }),
    index("bulk_rows_state").on(t.tenantId, t.environment, t.bulkId, t.state, t.rowNumber),
    tenantPolicy(),
  ],
);
