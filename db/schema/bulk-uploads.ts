import "server-only";
import {
  boolean,
  date,
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
import { bytea, ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { linkKind, links } from "./links";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const bulkUploadState = pgEnum("bulk_upload_state", [
  "uploading",
  "running",
  "paused",
  "cancelled",
  "finished",
]);

/**
 * A file of rows to create links from. `uploading` (rows arrive in chunks) → `running` ⇄ `paused` →
 * `finished` (no row is waiting) | `cancelled`. Counts are read from the rows until `rowsExpireAt`, when the
 * rows are deleted and `result` keeps the counts.
 *
 * `columns` maps fields to the headings of the file; it holds no cells.
 */
export const bulkUploads = pgTable(
  "bulk_uploads",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    name: text("name").notNull(),
    /** Video links are created one by one. */
    kind: linkKind("kind").$type<"booking" | "form">().notNull(),
    state: bulkUploadState("state").notNull(),
    rowCount: integer("row_count").notNull(),
    allowsDuplicates: boolean("allows_duplicates").notNull().default(false),
    columns: jsonb("columns").$type<Record<string, string>>().notNull(),
    result: jsonb("result").$type<Record<string, number>>(),
    dataKeyId: uuid("data_key_id").notNull(),
    /** Why the portal paused it, as a sentence; null when a person did. */
    pauseReason: text("pause_reason"),
    /** The run that has the lease, and until when: a worker that dies cannot release it. */
    leaseOwnerId: uuid("lease_owner_id"),
    leaseExpiresAt: timestamptz("lease_expires_at"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    startedAt: timestamptz("started_at"),
    finishedAt: timestamptz("finished_at"),
    rowsExpireAt: timestamptz("rows_expire_at").notNull(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    foreignKey({
      name: "bulk_uploads_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    uniqueIndex("bulk_uploads_operation").on(t.tenantId, t.operationId),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

export const bulkUploadRowState = pgEnum("bulk_upload_row_state", [
  "waiting",
  "working",
  "created",
  "failed",
  "unknown",
  "cancelled",
]);

/**
 * One row: `waiting` → `working` (a worker has it) → `created` | `failed` (certainly no link) | `unknown`
 * (the response was lost, or the worker died after calling Hero); `waiting` → `cancelled`.
 *
 * A worker that dies leaves its rows `working`. The ledger shows whether Hero was called, because the link's
 * row, under this row's `operationId`, is written before the call: without one the row waits again,
 * otherwise it gets the state of that link and Hero is not called again.
 *
 * `sealed` is what the row says of its patient, deleted as soon as the row leaves `waiting` and
 * `working`; `patientId` takes its place once the patient is known. `reference` is the partner's own text.
 */
export const bulkUploadRows = pgTable(
  "bulk_upload_rows",
  {
    ...scopeColumns(),
    bulkUploadId: uuid("bulk_upload_id").notNull(),
    /** As a spreadsheet numbers the rows of the file. */
    rowNumber: integer("row_number").notNull(),
    state: bulkUploadRowState("state").notNull().default("waiting"),
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
    tags: text("tags").array().notNull().default([]),
    slotsFrom: date("slots_from"),
    slotsTo: date("slots_to"),
    expiresOn: date("expires_on").notNull(),
    maxUses: integer("max_uses").notNull(),
    linkId: uuid("link_id"),
    reason: text("reason"),
    reasonCode: text("reason_code"),
    startedAt: timestamptz("started_at"),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.bulkUploadId, t.rowNumber], "bulk_upload_rows_pk"),
    scopedForeignKey("bulk_upload_rows_upload", t, t.bulkUploadId, bulkUploads),
    scopedForeignKey("bulk_upload_rows_practice", t, t.practiceId, practices),
    scopedForeignKey("bulk_upload_rows_link", t, t.linkId, links),
    index("bulk_upload_rows_state").on(
      t.tenantId,
      t.environment,
      t.bulkUploadId,
      t.state,
      t.rowNumber,
    ),
    tenantPolicy(),
  ],
);
