import { maxBulkUploadRows, maxRowNumber, maxRowsPerChunk } from "./bulk-upload-limits";
import { timestamp } from "./date-fields";
import { linkFilters } from "./links/list";
import { nhsNumberMessage } from "./links/rules";
import {
  fallbackChannel,
  messageChannel,
  messageState,
  messageText,
  recordWrite,
  requiredText,
  messageVariables,
} from "./messages";
import { containsNhsNumber } from "./nhs-number";
import { patientDetails, patientIdentity } from "./patients";
import { heroId, optionalHeroId, pageSize, rowId, textLine } from "./text";
import { z } from "./zod";

const wholeNumber = (error: string, min: number, max: number) =>
  z.number({ error }).int({ error }).min(min, { error }).max(max, { error });

/** Shown in lists, emails and the audit. */
const lineWithoutNhsNumber = (label: string, maxCharacters: number) =>
  textLine(label, maxCharacters).refine((text) => !containsNhsNumber(text), {
    error: nhsNumberMessage,
  });

export const maxRecipients = maxBulkUploadRows;

/** See `db/schema/message-batches.ts`. */
const messageBatchState = z.enum(
  [
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
  ],
  { error: "Select a state from the list." },
);
export type MessageBatchState = z.infer<typeof messageBatchState>;

/** Whose link each message has: none, one that anyone can use, or the recipient's own. */
const batchLink = z.enum(["none", "shared", "own"], { error: "Select which link to add." });

/** Reminders to those who have not booked. `time` is UK time. */
const reminderPlan = z.object(
  {
    afterDays: wholeNumber("Enter 1 to 60 days.", 1, 60),
    maxTimes: wholeNumber("Enter 1 to 5 reminders.", 1, 5).default(1),
    time: z
      .string({ error: "Enter a time such as 14:00." })
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: "Enter a time such as 14:00." })
      .default("14:00"),
    /** Empty: the same text again. */
    text: messageText.default(""),
  },
  { error: "Enter the reminders, or leave them out." },
);
export type ReminderPlan = z.infer<typeof reminderPlan>;

/** A cohort's message. It has no contact of its own: each goes to the contact of the patient's record. */
const batchFields = {
  operationId: rowId,
  name: lineWithoutNhsNumber("a name", 80),
  practiceId: rowId,
  channel: messageChannel,
  fallbackChannel: fallbackChannel.nullable().default(null),
  text: requiredText,
  /** The same for every recipient; `first_name`, `practice_name` and `link` are filled in. */
  variables: messageVariables.default({}),
  link: batchLink.default("none"),
  /** With `shared`: a live booking or form link of the practice that anyone can use. */
  linkId: rowId.nullable().default(null),
  recordWrite: recordWrite.default("none"),
  reminders: reminderPlan.nullable().default(null),
};

/** A batch from a file: its recipients follow in chunks. The same operation ID returns the same batch. */
export const createMessageBatchInput = z.object({
  ...batchFields,
  rowCount: wholeNumber("A batch can have 1 to 50,000 recipients.", 1, maxRecipients),
});
export type CreateMessageBatchInput = z.infer<typeof createMessageBatchInput>;

/**
 * A batch to the patients of links: the ledger's links that the filters select, of the batch's practice and
 * of one patient each. With `own`, each message has the recipient's own link. Checked at once.
 */
export const createMessageBatchFromLinksInput = z.object({
  ...batchFields,
  filters: z.object(linkFilters.shape, { error: "Select links by filters." }),
});
export type CreateMessageBatchFromLinksInput = z.infer<typeof createMessageBatchFromLinksInput>;

/** A correction to exactly the recipients who were reached, or may have been. Checked at once. */
export const createCorrectionInput = z.object({
  operationId: rowId,
  batchId: rowId,
  name: lineWithoutNhsNumber("a name", 80),
  text: requiredText,
});
export type CreateCorrectionInput = z.infer<typeof createCorrectionInput>;

/** As a file says who a recipient is: an identity to look up, Hero's ID, or both, of one patient. */
export const messageRecipientRow = z
  .object(
    {
      rowNumber: wholeNumber("Enter a row number from 1 to 1,048,576.", 1, maxRowNumber),
      identity: patientIdentity.optional(),
      patientId: optionalHeroId("A Hero patient ID contains only digits."),
      otherDetails: patientDetails.optional(),
    },
    { error: "Enter a recipient." },
  )
  .refine(({ identity, patientId }) => identity !== undefined || patientId !== undefined, {
    error: "Enter an NHS number with a date of birth, or a Hero patient ID.",
  });
export type MessageRecipientRow = z.infer<typeof messageRecipientRow>;

/** Row numbers that were received before are ignored. */
export const addMessageRecipientsInput = z.object({
  batchId: rowId,
  rows: z
    .array(messageRecipientRow, { error: "Enter the recipients." })
    .min(1, { error: "Enter at least one recipient." })
    .max(maxRowsPerChunk, { error: "Enter up to 1,000 recipients at a time." }),
});
export type AddMessageRecipientsInput = z.infer<typeof addMessageRecipientsInput>;

export const messageBatchIdInput = z.object({ batchId: rowId });
export type MessageBatchIdInput = z.infer<typeof messageBatchIdInput>;

export const messageBatchOperationInput = z.object({ operationId: rowId });
export type MessageBatchOperationInput = z.infer<typeof messageBatchOperationInput>;

export const foundMessageBatch = z.object({ batchId: z.string() }).nullable();
export type FoundMessageBatch = z.infer<typeof foundMessageBatch>;

/** What a person must confirm before a batch is sent. */
export const batchWarnings = [
  "much_larger_than_usual",
  "same_text_as_recent_batch",
  "recent_messages",
  "shared_contacts",
  "many_excluded",
  "url_in_text",
  "automatic_record_write",
  "unlinked_recipients",
] as const;
const batchWarning = z.enum(batchWarnings, { error: "Confirm the warnings that were shown." });
export type BatchWarning = z.infer<typeof batchWarning>;

const snapshot = z
  .string({ error: "Review the batch before you send it." })
  .regex(/^[0-9a-f]{64}$/, { error: "Review the batch before you send it." });

/** In production, the practice's name as the review page shows it. */
const practiceName = z
  .string({ error: "Enter the practice's name." })
  .max(200, { error: "Enter the practice's name." })
  .optional();

/**
 * Sends a reviewed batch, or requests a second person's approval when it has more recipients than the
 * organisation's threshold. `sendAt` null: after the delay in which it can be undone.
 */
export const sendMessageBatchInput = z.object({
  batchId: rowId,
  snapshot,
  confirmed: z
    .array(batchWarning, { error: "Confirm the warnings that were shown." })
    .max(batchWarnings.length, { error: "Confirm the warnings that were shown." })
    .default([]),
  practiceName,
  sendAt: timestamp("Select a date and time.").nullable().default(null),
});
export type SendMessageBatchInput = z.infer<typeof sendMessageBatchInput>;

export const approveMessageBatchInput = z.object({ batchId: rowId, snapshot, practiceName });
export type ApproveMessageBatchInput = z.infer<typeof approveMessageBatchInput>;

export const refuseMessageBatchInput = z.object({
  batchId: rowId,
  reason: lineWithoutNhsNumber("a reason", 500),
});
export type RefuseMessageBatchInput = z.infer<typeof refuseMessageBatchInput>;

/** A row of a batch as it is reviewed: rendered from Hero's record now. Nothing is stored. */
export const previewRecipientInput = z.object({
  batchId: rowId,
  rowNumber: wholeNumber("Enter a row number of this batch.", 1, maxRowNumber),
});
export type PreviewRecipientInput = z.infer<typeof previewRecipientInput>;

const cost = z.object({ lowestPence: z.number(), highestPence: z.number() }).nullable();

export const recipientPreview = z.object({
  rowNumber: z.number(),
  /** As it is sent; null when it cannot be. */
  text: z.string().nullable(),
  /** As the fallback shows it. */
  fallbackText: z.string().nullable(),
  /** The text of its reminders; null when there are none. */
  reminderText: z.string().nullable(),
  /** Masked, such as `07••• ••• 123`. */
  contact: z.string().nullable(),
  smsParts: z.number().nullable(),
  costlyCharacter: z.string().nullable(),
  cost,
  /** Why this recipient gets no message: now, or when the batch was checked. */
  refusal: z.string().nullable(),
  /** What this recipient would get now is not what was checked. */
  hasChanged: z.boolean(),
});
export type RecipientPreview = z.infer<typeof recipientPreview>;

/** What the review page shows. Costs are estimates in pence; durations are of sending, in seconds. */
export const batchReview = z.object({
  /** What was reviewed; sending and approving refuse another. */
  snapshot: z.string(),
  included: z.number(),
  excluded: z.number(),
  notChecked: z.number(),
  /** Why rows are left out, most frequent first. */
  exclusions: z.array(z.object({ code: z.string(), reason: z.string(), count: z.number() })),
  firstRow: z.number().nullable(),
  lastRow: z.number().nullable(),
  /** Three rows at random, the same until the next check. */
  sampleRows: z.array(z.number()),
  longest: z
    .object({
      rowNumber: z.number(),
      characters: z.number(),
      smsParts: z.number().nullable(),
    })
    .nullable(),
  cost,
  durationSeconds: z.number(),
  warnings: z.array(z.object({ code: batchWarning, message: z.string() })),
  /** More recipients than the organisation's threshold. */
  needsApproval: z.boolean(),
  approvalThreshold: z.number(),
  /** In production the practice's name is typed. */
  needsPracticeName: z.boolean(),
  /** What has changed since the check, as a sentence: it must be checked again. Null: nothing. */
  outdatedReason: z.string().nullable(),
  /** The earliest time outside quiet hours, in UTC. */
  earliestSendAt: z.string(),
});
export type BatchReview = z.infer<typeof batchReview>;

/** Numbers of recipients. `sent + notSent + unknown` is their total once the batch has ended. */
const batchCounts = z.object({
  total: z.number(),
  /** Not yet checked. */
  waiting: z.number(),
  included: z.number(),
  excluded: z.number(),
  notChecked: z.number(),
  /** Included, and no message has left yet. */
  toSend: z.number(),
  /** Hero's ID is stored: sent, delivered or opened. */
  sent: z.number(),
  delivered: z.number(),
  opened: z.number(),
  failed: z.number(),
  unknown: z.number(),
  held: z.number(),
  cancelled: z.number(),
  /** Excluded, not checked, failed, held or cancelled. */
  notSent: z.number(),
});
export type BatchCounts = z.infer<typeof batchCounts>;

export const messageBatchView = z.object({
  id: z.string(),
  operationId: z.string(),
  name: z.string(),
  state: messageBatchState,
  /** Why the portal paused it, as a sentence; null when a person did. */
  pauseReason: z.string().nullable(),
  practice: z.object({
    id: z.string(),
    name: z.string(),
    publicName: z.string(),
    practiceGroupId: z.string(),
  }),
  channel: messageChannel,
  fallbackChannel: fallbackChannel.nullable(),
  link: batchLink,
  sharedLink: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  recordWrite,
  rowCount: z.number(),
  counts: batchCounts,
  sendAt: z.string().nullable(),
  /** Until it leaves it can be cancelled as if it had never been sent. */
  canUndo: z.boolean(),
  /** Messages that left in the last minute; null if there are none. */
  sentPerMinute: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  approval: z
    .object({
      requestedBy: z.string(),
      requestedAt: z.string(),
      expiresAt: z.string(),
      decision: z.enum(["approved", "refused", "withdrawn"]).nullable(),
      decidedBy: z.string().nullable(),
      decidedAt: z.string().nullable(),
      reason: z.string().nullable(),
      isExpired: z.boolean(),
      /** The caller may approve or refuse it: another person than the one who requested it. */
      canDecide: z.boolean(),
    })
    .nullable(),
  reminders: z
    .object({
      afterDays: z.number(),
      maxTimes: z.number(),
      time: z.string(),
      /** Rounds that have been sent. */
      rounds: z.number(),
      nextAt: z.string().nullable(),
      /** Why the next ones wait longer than planned, as a sentence. */
      waitReason: z.string().nullable(),
      /** When the rounds that are left are due, in UTC: as planned until the batch has been sent. */
      planned: z.array(z.string()),
      /** What became of each round. */
      timeline: z.array(
        z.object({
          round: z.number(),
          /** When its first reminder left; null before that. */
          startedAt: z.string().nullable(),
          /** Left, or may have left. */
          sent: z.number(),
          waiting: z.number(),
          notSent: z.number(),
        }),
      ),
      endedReason: z.string().nullable(),
    })
    .nullable(),
  correctsBatchId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  checkedAt: z.string().nullable(),
  startedBy: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedBy: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Whether the text can still be shown. */
  hasText: z.boolean(),
});
export type MessageBatchView = z.infer<typeof messageBatchView>;

/** Batches of the environment, newest first. */
export const listMessageBatchesInput = z.object({
  practiceId: rowId.optional(),
  state: messageBatchState.optional(),
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListMessageBatchesInput = Partial<z.infer<typeof listMessageBatchesInput>>;

export const messageBatchPage = z.object({
  items: z.array(messageBatchView),
  nextCursor: z.string().nullable(),
});
export type MessageBatchPage = z.infer<typeof messageBatchPage>;

/** What became of a recipient: of the row, and of its message once it has one. */
export const recipientOutcome = z.enum(
  ["waiting", "included", "excluded", "not_checked", ...messageState.options],
  { error: "Select a result from the list." },
);
export type RecipientOutcome = z.infer<typeof recipientOutcome>;

export const batchResult = z.object({
  rowNumber: z.number(),
  outcome: recipientOutcome,
  reason: z.string().nullable(),
  patientId: z.string().nullable(),
  messageId: z.string().nullable(),
  heroMessageId: z.string().nullable(),
  sentAt: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  linkId: z.string().nullable(),
  reminders: z.number(),
  remindersEndedReason: z.string().nullable(),
});
export type BatchResult = z.infer<typeof batchResult>;

/** Rows of a batch in the order of their numbers. `cursor` is the last row number of the page before. */
export const listBatchResultsInput = z.object({
  batchId: rowId,
  outcome: recipientOutcome.optional(),
  cursor: wholeNumber("Enter a row number.", 0, maxRowNumber).optional(),
  limit: pageSize(50),
});
export type ListBatchResultsInput = z.input<typeof listBatchResultsInput>;

export const batchResultPage = z.object({
  items: z.array(batchResult),
  nextCursor: z.number().nullable(),
});
export type BatchResultPage = z.infer<typeof batchResultPage>;

/** Ends reminders for one recipient: one who rang, for example. */
export const stopRemindersForRecipientInput = z.object({
  batchId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
});
export type StopRemindersForRecipientInput = z.infer<typeof stopRemindersForRecipientInput>;
