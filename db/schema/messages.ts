import "server-only";
import { sql } from "drizzle-orm";
import {
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, ownerReadPolicy, tenantPolicy, timestamptz } from "../columns";
import { links } from "./links";
import { messageAttachments } from "./message-attachments";
import { messageRecipients } from "./message-batches";
import { messageChannel, messageRecordWrite } from "./message-columns";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const messageState = pgEnum("message_state", [
  "scheduled",
  "held",
  "sending",
  "sent",
  "delivered",
  "opened",
  "failed",
  "unknown",
  "cancelled",
]);
/**
 * A message to one patient, sent once for an operation ID.
 *
 * `scheduled` (reviewed; waits for `sendAt`) → `sending` (claimed; the one call to Hero is under way) |
 * `held` (something changed since the review, or could not be read; a person decides) | `cancelled`.
 * `held` → `cancelled`: a person sends it again as a new message. `sending` → `sent` (Hero's ID is stored) |
 * `failed` (certainly not sent) | `unknown` (the reply was lost; only it had the ID, so this is final
 * and nothing is sent again). `sent` → `delivered` → `opened`, or `failed`, as Hero's record says when it is
 * read. A `sending` row that was claimed minutes ago reads as unknown: its process has died.
 *
 * `sealedContent` is the text, what it was written from, and where it goes; it is deleted at `eraseAt`.
 * `previewFingerprint` is a keyed hash, by the same data key, of what the person reviewed. `confirmed` are
 * the warnings that they confirmed. `patientId` is Hero's. Costs are estimates in pence.
 */
export const messages = pgTable(
  "messages",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    /** Tells a repeat from another request: a keyed hash, because it covers the text. */
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    channel: messageChannel("channel").notNull(),
    fallbackChannel: messageChannel("fallback_channel"),
    linkId: uuid("link_id"),
    attachmentId: uuid("attachment_id"),
    /** The recipient of a batch whose message it is; its first message is number 0, reminders follow. */
    batchId: uuid("batch_id"),
    rowNumber: integer("row_number"),
    reminderNumber: integer("reminder_number"),
    recordWrite: messageRecordWrite("record_write").notNull().default("none"),
    snomedCode: text("snomed_code"),
    snomedTerm: text("snomed_term"),
    sealedContent: bytea("sealed_content"),
    dataKeyId: uuid("data_key_id").notNull(),
    previewFingerprint: text("preview_fingerprint").notNull(),
    confirmed: text("confirmed").array().notNull().default([]),
    smsParts: integer("sms_parts"),
    lowestPence: doublePrecision("lowest_pence"),
    highestPence: doublePrecision("highest_pence"),
    sendAt: timestamptz("send_at").notNull(),
    state: messageState("state").notNull().default("scheduled"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    /** Until when one worker checks it. Another may when this has passed. */
    leasedUntil: timestamptz("leased_until"),
    /** Since when it is due and Hero could not be read; null while it can be. */
    unreadableSince: timestamptz("unreadable_since"),
    claimedAt: timestamptz("claimed_at"),
    heroMessageId: text("hero_message_id"),
    /** Hero's own word for the state when last read. */
    heroStatus: text("hero_status"),
    recordWriteStatus: text("record_write_status"),
    recordWriteFailure: text("record_write_failure"),
    sentAt: timestamptz("sent_at"),
    deliveredAt: timestamptz("delivered_at"),
    /** Where it arrived, when Hero says so: after a fallback not where it was sent. */
    deliveredChannel: messageChannel("delivered_channel"),
    refreshedAt: timestamptz("refreshed_at"),
    /** When Hero's record is read next; null when it is not read any more. */
    nextReadAt: timestamptz("next_read_at"),
    /** When nothing more was to be expected of it. */
    endedAt: timestamptz("ended_at"),
    eraseAt: timestamptz("erase_at"),
    contentErasedAt: timestamptz("content_erased_at"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    cancelledBy: uuid("cancelled_by"),
    cancelledAt: timestamptz("cancelled_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("messages_practice", t, t.practiceId, practices),
    scopedForeignKey("messages_link", t, t.linkId, links),
    scopedForeignKey("messages_attachment", t, t.attachmentId, messageAttachments),
    foreignKey({
      name: "messages_recipient",
      columns: [t.tenantId, t.environment, t.batchId, t.rowNumber],
      foreignColumns: [
        messageRecipients.tenantId,
        messageRecipients.environment,
        messageRecipients.batchId,
        messageRecipients.rowNumber,
      ],
    }),
    check(
      "messages_of_batch",
      sql`(${t.batchId} is null) = (${t.rowNumber} is null) and (${t.batchId} is null) = (${t.reminderNumber} is null)`,
    ),
    foreignKey({
      name: "messages_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    check(
      "messages_content_until_erased",
      sql`(${t.sealedContent} is null) = (${t.contentErasedAt} is not null)`,
    ),
    // "Sent" is said only of a message whose ID at Hero is stored.
    check(
      "messages_sent_with_id",
      sql`${t.heroMessageId} is not null or ${t.state} not in ('sent', 'delivered', 'opened')`,
    ),
    uniqueIndex("messages_operation").on(t.tenantId, t.operationId),
    uniqueIndex("messages_hero_id")
      .on(t.tenantId, t.environment, t.practiceId, t.heroMessageId)
      .where(sql`${t.heroMessageId} is not null`),
    // The claim of a recipient: one message, and one of each reminder.
    uniqueIndex("messages_batch_row")
      .on(t.tenantId, t.environment, t.batchId, t.rowNumber, t.reminderNumber)
      .where(sql`${t.batchId} is not null`),
    index("messages_batch_state")
      .on(t.tenantId, t.environment, t.batchId, t.state, t.rowNumber)
      .where(sql`${t.batchId} is not null`),
    // Counted towards the limits of a day. A batch is counted whole.
    index("messages_send_at")
      .on(t.tenantId, t.environment, t.sendAt)
      .where(sql`${t.batchId} is null or ${t.reminderNumber} > 0`),
    index("messages_patient").on(t.tenantId, t.environment, t.patientId, t.id),
    index("messages_attachment")
      .on(t.tenantId, t.environment, t.attachmentId)
      .where(sql`${t.attachmentId} is not null`),
    index("messages_state").on(t.tenantId, t.environment, t.state, t.id),
    index("messages_due")
      .on(t.tenantId, t.environment, t.practiceId, t.sendAt)
      .where(sql`${t.state} = 'scheduled'`),
    index("messages_claimed")
      .on(t.tenantId, t.environment, t.practiceId, t.claimedAt)
      .where(sql`${t.state} = 'sending'`),
    index("messages_next_read")
      .on(t.tenantId, t.environment, t.practiceId, t.nextReadAt)
      .where(sql`${t.nextReadAt} is not null`),
    index("messages_erase")
      .on(t.tenantId, t.environment, t.eraseAt)
      .where(sql`${t.sealedContent} is not null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/** The organisation's own texts. `{{name}}` stands for a variable. Archived ones are not offered any more. */
export const messageTemplates = pgTable(
  "message_templates",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    text: text("text").notNull(),
    createdBy: uuid("created_by").notNull(),
    updatedAt: timestamptz("updated_at").notNull().defaultNow(),
    archivedAt: timestamptz("archived_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    uniqueIndex("message_templates_name")
      .on(t.tenantId, t.environment, sql`lower(${t.name})`)
      .where(sql`${t.archivedAt} is null`),
    tenantPolicy(),
  ],
);

/** One row for a tenant and environment that has saved its own settings. Times are UK time, prices pence. */
export const messageSettings = pgTable(
  "message_settings",
  {
    ...scopeColumns(),
    undoSeconds: integer("undo_seconds").notNull(),
    quietFrom: text("quiet_from").notNull(),
    quietTo: text("quiet_to").notNull(),
    smsPence: doublePrecision("sms_pence"),
    islandSmsPence: doublePrecision("island_sms_pence"),
    /** Days for which a text stays readable after its message has ended. */
    textDays: integer("text_days").notNull(),
    /** As `undoSeconds`, for a batch. */
    batchUndoSeconds: integer("batch_undo_seconds").notNull().default(60),
    /** A batch with more recipients needs a second person. */
    approvalThreshold: integer("approval_threshold").notNull().default(20),
    /** After how many messages a batch pauses once; 0: it does not. */
    firstSlice: integer("first_slice").notNull().default(20),
    /** Messages on one UK day: of the environment, and of each practice. */
    dailyLimit: integer("daily_limit").notNull().default(20_000),
    practiceDailyLimit: integer("practice_daily_limit").notNull().default(10_000),
    /** A batch leaves out patients who had a message within so many days; 0: none. */
    recentDays: integer("recent_days").notNull().default(7),
    updatedBy: uuid("updated_by").notNull(),
    updatedAt: timestamptz("updated_at").notNull().defaultNow(),
  },
  (t) => [scopedPrimaryKey(t, []), tenantPolicy()],
);

/** A patient whom messages may reach in the NHS App only: others may read their phone or email. */
export const sensitiveContacts = pgTable(
  "sensitive_contacts",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId, t.patientId], "sensitive_contacts_pk"),
    scopedForeignKey("sensitive_contacts_practice", t, t.practiceId, practices),
    tenantPolicy(),
  ],
);
