import "server-only";
import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  doublePrecision,
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
import { approvals } from "./approvals";
import { links } from "./links";
import { messageChannel, messageRecordWrite } from "./message-columns";
import { dataKeys } from "./organisations";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const messageBatchState = pgEnum("message_batch_state", [
  "collecting",
  "checking",
  "ready",
  "awaiting_approval",
  "scheduled",
  "sending",
  "paused",
  "finished",
  "stopped",
  "cancelled",
]);
/** Whose link each message has: none, one that anyone can use, or the recipient's own. */
export const messageBatchLink = pgEnum("message_batch_link", ["none", "shared", "own"]);

/**
 * One text to many patients of one practice, each of whom gets at most one message of it.
 *
 * `collecting` (recipients are added) → `checking` (a worker identifies each and reads the record) → `ready`
 * (to be reviewed) → `awaiting_approval` (a second person decides) → `scheduled` (until `sendAt`) → `sending`
 * ⇄ `paused` → `finished`. Small batches go from `ready` to `scheduled`. `stopped`: a person ended it while it was
 * being sent. `cancelled`: before anything was sent. A batch whose circumstances have changed since its
 * check goes back to `checking` when a person asks for it; nothing else leads back.
 *
 * Recipients and text cannot change after `collecting`. `snapshot` is a keyed hash of what was checked: text,
 * recipients and what each gets. `circumstances` is one of what it depends on: practice, key, capabilities, link.
 *
 * `sealedContent` has the text, its variables and the reminders' text.
 */
export const messageBatches = pgTable(
  "message_batches",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    /** Tells a repeat from another request: a keyed hash, because it covers the text. */
    requestHash: text("request_hash").notNull(),
    name: text("name").notNull(),
    practiceId: uuid("practice_id").notNull(),
    channel: messageChannel("channel").notNull(),
    fallbackChannel: messageChannel("fallback_channel"),
    link: messageBatchLink("link").notNull().default("none"),
    /** The link that all messages share. */
    linkId: uuid("link_id"),
    recordWrite: messageRecordWrite("record_write").notNull().default("none"),
    sealedContent: bytea("sealed_content"),
    contentErasedAt: timestamptz("content_erased_at"),
    dataKeyId: uuid("data_key_id").notNull(),
    state: messageBatchState("state").notNull().default("collecting"),
    /** How many recipients were announced; the rows received may be fewer while it is `collecting`. */
    rowCount: integer("row_count").notNull(),
    /** What the check found, for the review: numbers only. */
    summary: jsonb("summary").$type<Record<string, number | null>>(),
    snapshot: text("snapshot"),
    circumstances: text("circumstances"),
    checkedAt: timestamptz("checked_at"),
    approvalId: uuid("approval_id"),
    /** When its first message leaves: never before it can be undone. */
    sendAt: timestamptz("send_at"),
    /** The UK date whose limits it counts towards, and how many messages of it do. */
    countedOn: date("counted_on"),
    countedMessages: integer("counted_messages"),
    /** After how many messages it pauses by itself, once; null: it does not. */
    firstSlice: integer("first_slice"),
    /** Why the portal paused it, or its reminders wait, as a sentence; null when a person paused it. */
    pauseReason: text("pause_reason"),
    /** Failures up to this row were there when a person last continued it, and do not pause it again. */
    continuedAfterRow: integer("continued_after_row"),
    /** Reminders to recipients who have not booked; null: none. Times are UK time, such as `14:00`. */
    reminderAfterDays: integer("reminder_after_days"),
    reminderMaxTimes: integer("reminder_max_times"),
    reminderTime: text("reminder_time"),
    /** Rounds that are done. */
    reminderNumber: integer("reminder_number").notNull().default(0),
    nextReminderAt: timestamptz("next_reminder_at"),
    /** Why no more reminders follow, as a sentence. */
    remindersEndedReason: text("reminders_ended_reason"),
    /** The batch whose recipients this one corrects. */
    correctsBatchId: uuid("corrects_batch_id"),
    /** The run that has it, and until when: a worker that dies cannot release it. */
    leasedUntil: timestamptz("leased_until"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    startedBy: uuid("started_by"),
    startedAt: timestamptz("started_at"),
    endedBy: uuid("ended_by"),
    endedAt: timestamptz("ended_at"),
    eraseAt: timestamptz("erase_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("message_batches_practice", t, t.practiceId, practices),
    scopedForeignKey("message_batches_link", t, t.linkId, links),
    scopedForeignKey("message_batches_approval", t, t.approvalId, approvals),
    foreignKey({
      name: "message_batches_corrects",
      columns: [t.tenantId, t.environment, t.correctsBatchId],
      foreignColumns: [t.tenantId, t.environment, t.id],
    }),
    foreignKey({
      name: "message_batches_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    check(
      "message_batches_content_until_erased",
      sql`(${t.sealedContent} is null) = (${t.contentErasedAt} is not null)`,
    ),
    check("message_batches_own_link", sql`(${t.link} = 'shared') = (${t.linkId} is not null)`),
    uniqueIndex("message_batches_operation").on(t.tenantId, t.operationId),
    index("message_batches_newest").on(t.tenantId, t.environment, t.id),
    index("message_batches_work")
      .on(t.tenantId, t.environment, t.practiceId)
      .where(sql`${t.state} in ('checking', 'scheduled', 'sending')`),
    index("message_batches_awaiting")
      .on(t.tenantId, t.environment, t.approvalId)
      .where(sql`${t.state} = 'awaiting_approval'`),
    index("message_batches_reminders")
      .on(t.tenantId, t.environment, t.nextReminderAt)
      .where(sql`${t.nextReminderAt} is not null`),
    index("message_batches_counted")
      .on(t.tenantId, t.environment, t.countedOn)
      .where(sql`${t.countedOn} is not null`),
    index("message_batches_erase")
      .on(t.tenantId, t.environment, t.eraseAt)
      .where(sql`${t.sealedContent} is not null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

export const messageRecipientState = pgEnum("message_recipient_state", [
  "waiting",
  "included",
  "excluded",
  "not_checked",
]);

/**
 * A row of a batch: `waiting` → `included` (gets a message) | `excluded` (`reason` says why: not found, died, no
 * mobile number, the same patient as another row …) | `not_checked` (Hero gave no answer). What became of its
 * message says the row of `messages` with its batch and row number.
 *
 * `sealed` is what the row says of its patient, deleted once the patient is known; `patientId` is Hero's.
 * `contactHash` is a keyed hash of where the message goes, to count patients who share a phone or an email.
 * `previewFingerprint` is one of the whole message, compared before it is sent.
 */
export const messageRecipients = pgTable(
  "message_recipients",
  {
    ...scopeColumns(),
    batchId: uuid("batch_id").notNull(),
    /** As a spreadsheet numbers the rows of the file. */
    rowNumber: integer("row_number").notNull(),
    /** Of its message. */
    operationId: uuid("operation_id").notNull(),
    state: messageRecipientState("state").notNull().default("waiting"),
    sealed: bytea("sealed"),
    patientId: text("patient_id"),
    /** The recipient's own link. */
    linkId: uuid("link_id"),
    reason: text("reason"),
    reasonCode: text("reason_code"),
    previewFingerprint: text("preview_fingerprint"),
    contactHash: text("contact_hash"),
    textLength: integer("text_length"),
    smsParts: integer("sms_parts"),
    lowestPence: doublePrecision("lowest_pence"),
    highestPence: doublePrecision("highest_pence"),
    /** A message of this patient's left in the week before the check. */
    hasRecentMessage: boolean("has_recent_message").notNull().default(false),
    leasedUntil: timestamptz("leased_until"),
    /** Its row of `messages` is written. */
    isQueued: boolean("is_queued").notNull().default(false),
    /** The last reminder that was queued for it, from 1. */
    remindersQueued: integer("reminders_queued").notNull().default(0),
    /** Why it gets no more reminders, as a sentence. */
    remindersEndedReason: text("reminders_ended_reason"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.batchId, t.rowNumber], "message_recipients_pk"),
    scopedForeignKey("message_recipients_batch", t, t.batchId, messageBatches),
    scopedForeignKey("message_recipients_link", t, t.linkId, links),
    uniqueIndex("message_recipients_operation").on(t.tenantId, t.operationId),
    // One message for a patient, however the rows name them.
    uniqueIndex("message_recipients_patient")
      .on(t.tenantId, t.environment, t.batchId, t.patientId)
      .where(sql`${t.state} = 'included'`),
    index("message_recipients_state").on(
      t.tenantId,
      t.environment,
      t.batchId,
      t.state,
      t.rowNumber,
    ),
    index("message_recipients_next")
      .on(t.tenantId, t.environment, t.batchId, t.rowNumber)
      .where(sql`${t.state} = 'included' and not ${t.isQueued}`),
    tenantPolicy(),
  ],
);
