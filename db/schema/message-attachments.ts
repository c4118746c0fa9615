import "server-only";
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  integer,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, tenantPolicy, timestamptz } from "../columns";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const messageAttachmentState = pgEnum("message_attachment_state", [
  "pending",
  "ready",
  "failed",
  "unknown",
]);

/**
 * A file for a message to one patient, which Hero keeps: uploaded once for an operation ID, or one of the patient's
 * record. The portal never stores its content.
 *
 * `pending` (the one call to Hero is under way) → `ready` (Hero's ID is stored) | `failed` (certainly not there) |
 * `unknown` (the reply was lost, and only it had the ID). A row that is `pending` for minutes reads as unknown. The
 * name, which may say something about the patient, is sealed; it and Hero's ID are erased with the message's text.
 */
export const messageAttachments = pgTable(
  "message_attachments",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    /** Tells a repeat from another request: a keyed hash, because it covers the content. */
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    sealedName: bytea("sealed_name"),
    dataKeyId: uuid("data_key_id").notNull(),
    /** The size; null for a file of the patient's record, of which Hero does not say it. */
    bytes: integer("bytes"),
    state: messageAttachmentState("state").notNull().default("pending"),
    heroUuid: text("hero_uuid"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    erasedAt: timestamptz("erased_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("message_attachments_practice", t, t.practiceId, practices),
    foreignKey({
      name: "message_attachments_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    check(
      "message_attachments_until_erased",
      sql`(${t.sealedName} is null) = (${t.erasedAt} is not null)`,
    ),
    check(
      "message_attachments_ready_with_id",
      sql`${t.state} <> 'ready' or ${t.heroUuid} is not null or ${t.erasedAt} is not null`,
    ),
    uniqueIndex("message_attachments_operation").on(t.tenantId, t.operationId),
    uniqueIndex("message_attachments_hero_uuid")
      .on(t.tenantId, t.environment, t.practiceId, t.heroUuid)
      .where(sql`${t.heroUuid} is not null`),
    tenantPolicy(),
  ],
);
