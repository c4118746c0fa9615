import { practiceGroupId, queryLimit, utcTime } from "./api-v1";
import {
  type BatchResult,
  batchResult,
  batchReview,
  type BatchReview,
  createMessageBatchInput,
  listMessageBatchesInput,
  type MessageBatchView,
  messageBatchView,
  type MessageRecipientRow,
  messageRecipientRow,
  recipientOutcome,
  sendMessageBatchInput,
} from "./message-batches";
import { patientIdentity } from "./patients";
import { z } from "./zod";

/**
 * The requests and responses of `/api/v1/message-batches`. No response has a text, a name or a contact. Nothing
 * here approves: that is for a person in the portal.
 */

const batch = createMessageBatchInput.shape;

/** The body of `POST /api/v1/message-batches`. */
export const createMessageBatchBody = z
  .strictObject({
    practiceGroupId,
    name: batch.name.meta({
      description: "A name for your team. Do not enter patient details.",
    }),
    channel: batch.channel.meta({ description: "As for one message." }),
    fallbackChannel: batch.fallbackChannel.meta({ description: "As for one message." }),
    text: batch.text.meta({ description: "The text for all recipients, with variables." }),
    variables: batch.variables.meta({
      description: "Values of the variables, the same for all recipients.",
    }),
    linkId: batch.linkId.meta({
      description:
        "A live link of the practice that anyone can use. `{{link}}` in the text is its address.",
    }),
    recordWrite: batch.recordWrite.meta({ description: "As for one message." }),
    rowCount: batch.rowCount.meta({
      description: "How many recipients you are going to add.",
      example: 3,
    }),
  })
  .meta({ id: "MessageBatchRequest" });
export type CreateMessageBatchBody = z.infer<typeof createMessageBatchBody>;

/** As many as fit into a body of 64 KiB. */
const maxRowsPerRequest = 500;
const rowsError = `Enter 1 to ${maxRowsPerRequest} recipients at a time.`;

const row = messageRecipientRow.shape;
const [byNhsNumber] = patientIdentity.options;

const recipientRow = z
  .strictObject(
    {
      rowNumber: row.rowNumber,
      patientId: row.patientId,
      nhsNumber: byNhsNumber.shape.nhsNumber.optional(),
      dateOfBirth: byNhsNumber.shape.dateOfBirth.optional(),
    },
    { error: "Enter a recipient." },
  )
  .refine(
    ({ patientId, nhsNumber, dateOfBirth }) =>
      (nhsNumber === undefined) === (dateOfBirth === undefined) &&
      (nhsNumber !== undefined || patientId !== undefined),
    { error: "Enter an NHS number with a date of birth, or a Hero patient ID." },
  );

/** The body of `POST /api/v1/message-batches/{id}/recipients`. */
export const addRecipientsBody = z
  .strictObject({
    rows: z
      .array(recipientRow, { error: rowsError })
      .min(1, { error: rowsError })
      .max(maxRowsPerRequest, { error: rowsError })
      .meta({
        description:
          "Each has its `rowNumber` in your list and says who the patient is: `nhsNumber` and `dateOfBirth`, or Hero's `patientId`, or both. A row number that was received before is ignored, so a request can be repeated.",
      }),
  })
  .meta({ id: "MessageRecipientsRequest" });

type RecipientRow = z.infer<typeof recipientRow>;

export const toRecipient = ({
  rowNumber,
  patientId,
  nhsNumber,
  dateOfBirth,
}: RecipientRow): MessageRecipientRow => ({
  rowNumber,
  ...(patientId !== undefined && { patientId }),
  ...(nhsNumber !== undefined &&
    dateOfBirth !== undefined && { identity: { by: "nhs_number", nhsNumber, dateOfBirth } }),
});

const toSend = sendMessageBatchInput.shape;

/** The body of `POST /api/v1/message-batches/{id}/send`. */
export const sendMessageBatchBody = z
  .strictObject({
    snapshot: toSend.snapshot.meta({ description: "Of the review." }),
    confirmed: toSend.confirmed.meta({
      description: "The codes of the review's `warnings`, after a person has checked them.",
    }),
    practiceName: toSend.practiceName.meta({
      description: "In production: the practice's name, as the batch has it.",
    }),
    sendAt: utcTime()
      .transform((text) => new Date(text).toISOString())
      .nullable()
      .default(null)
      .meta({
        description:
          "When the first message is sent: outside quiet hours. ISO 8601 in UTC. If omitted, as soon as it can no longer be undone.",
        format: "date-time",
        example: "2026-12-17T09:00:00Z",
      }),
  })
  .meta({ id: "SendMessageBatchRequest" });

/** The query of `GET /api/v1/message-batches`. */
export const listMessageBatchesQuery = z.strictObject({
  practiceGroupId: practiceGroupId.optional().meta({
    description: "Hero's practice group ID. Includes disconnected practices.",
  }),
  state: listMessageBatchesInput.shape.state.meta({ description: "The state now." }),
  cursor: listMessageBatchesInput.shape.cursor.meta({
    description: "`nextCursor` of the previous page.",
  }),
  limit: queryLimit("Batches per page. Default: 50."),
});
export type ListMessageBatchesQuery = z.infer<typeof listMessageBatchesQuery>;

/** The query of `GET /api/v1/message-batches/{id}/results`. */
export const listBatchResultsQuery = z.strictObject({
  outcome: recipientOutcome.optional().meta({ description: "Only rows with this result." }),
  cursor: z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,6})$/, { error: "Enter a row number." })
    .transform(Number)
    .optional()
    .meta({
      description: "`nextCursor` of the previous page: its last row number.",
      override: { type: "integer", pattern: undefined, minimum: 0 },
    }),
  limit: queryLimit("Rows per page. Default: 50."),
});

const view = messageBatchView.shape;
const approvalFields = view.approval.unwrap().shape;

/** A batch of `/api/v1`. Lists its fields by name: a new field of the view is private until it is here. */
export const messageBatchResource = z
  .object({
    id: z.string(),
    name: z.string(),
    state: view.state.meta({
      description:
        "`collecting`: recipients can be added. `checking`: each is looked up at Hero. `ready`: to be reviewed and sent. `awaiting_approval`: a second person decides in the portal. `scheduled`, `sending`. `paused`: a person continues or stops it, for example after the first messages. `finished`, `stopped`. `cancelled`: nothing was sent.",
    }),
    pauseReason: view.pauseReason.meta({
      description: "Why the portal paused it. null when a person did.",
    }),
    practice: z.object({ practiceGroupId: z.string(), name: z.string() }),
    channel: view.channel,
    fallbackChannel: view.fallbackChannel,
    linkId: z.string().nullable().meta({ description: "The link in all messages." }),
    recordWrite: view.recordWrite,
    rowCount: view.rowCount.meta({ description: "How many recipients were announced." }),
    counts: view.counts.meta({
      description:
        "Numbers of recipients. When the batch has ended, `sent`, `notSent` and `unknown` add up to `total`.",
    }),
    sendAt: view.sendAt,
    secondsLeft: view.secondsLeft.meta({ description: "An estimate, while it is being sent." }),
    approval: z
      .object({
        requestedBy: approvalFields.requestedBy,
        requestedAt: approvalFields.requestedAt,
        expiresAt: approvalFields.expiresAt,
        decision: approvalFields.decision,
        decidedBy: approvalFields.decidedBy,
        decidedAt: approvalFields.decidedAt,
        reason: approvalFields.reason,
        isExpired: approvalFields.isExpired,
      })
      .nullable()
      .meta({ description: "The second person's decision, if one was needed." }),
    correctsBatchId: view.correctsBatchId,
    createdBy: z.string().meta({ description: "A person's name, or `API key:` and its name." }),
    createdAt: z.string(),
    checkedAt: view.checkedAt,
    startedAt: view.startedAt,
    endedAt: view.endedAt,
  })
  .meta({ id: "MessageBatch" });

export const toMessageBatchResource = (
  found: MessageBatchView,
): z.infer<typeof messageBatchResource> => {
  const { approval } = found;
  return {
    id: found.id,
    name: found.name,
    state: found.state,
    pauseReason: found.pauseReason,
    practice: {
      practiceGroupId: found.practice.practiceGroupId,
      name: found.practice.publicName,
    },
    channel: found.channel,
    fallbackChannel: found.fallbackChannel,
    linkId: found.sharedLink?.id ?? null,
    recordWrite: found.recordWrite,
    rowCount: found.rowCount,
    counts: found.counts,
    sendAt: found.sendAt,
    secondsLeft: found.secondsLeft,
    approval: approval && {
      requestedBy: approval.requestedBy,
      requestedAt: approval.requestedAt,
      expiresAt: approval.expiresAt,
      decision: approval.decision,
      decidedBy: approval.decidedBy,
      decidedAt: approval.decidedAt,
      reason: approval.reason,
      isExpired: approval.isExpired,
    },
    correctsBatchId: found.correctsBatchId,
    createdBy: found.createdBy,
    createdAt: found.createdAt,
    checkedAt: found.checkedAt,
    startedAt: found.startedAt,
    endedAt: found.endedAt,
  };
};

export const messageBatchResourcePage = z
  .object({
    items: z.array(messageBatchResource),
    nextCursor: z.string().nullable().meta({ description: "null on the last page." }),
  })
  .meta({ id: "MessageBatchPage" });

const review = batchReview.shape;

/** What a person must check before the batch is sent: numbers and reasons. */
export const batchReviewResource = z
  .object({
    snapshot: review.snapshot.meta({ description: "Send it with the batch." }),
    included: review.included.meta({ description: "Recipients who get a message." }),
    excluded: review.excluded,
    notChecked: review.notChecked.meta({ description: "Hero gave no answer. They get none." }),
    exclusions: review.exclusions.meta({ description: "Why rows are left out, and how many." }),
    longest: review.longest.meta({ description: "The longest text." }),
    cost: review.cost.meta({ description: "An estimate in pence. null without prices." }),
    durationSeconds: review.durationSeconds,
    warnings: review.warnings.meta({ description: "What a person must check." }),
    needsApproval: review.needsApproval.meta({
      description: "Whether a second person must approve it in the portal.",
    }),
    approvalThreshold: review.approvalThreshold,
    needsPracticeName: review.needsPracticeName.meta({
      description: "Whether `practiceName` must be sent.",
    }),
    outdatedReason: review.outdatedReason.meta({
      description: "What has changed since the check: check it again. null: nothing.",
    }),
    earliestSendAt: review.earliestSendAt,
  })
  .meta({ id: "MessageBatchReview" });

export const toBatchReviewResource = (found: BatchReview): z.infer<typeof batchReviewResource> => ({
  snapshot: found.snapshot,
  included: found.included,
  excluded: found.excluded,
  notChecked: found.notChecked,
  exclusions: found.exclusions,
  longest: found.longest,
  cost: found.cost,
  durationSeconds: found.durationSeconds,
  warnings: found.warnings,
  needsApproval: found.needsApproval,
  approvalThreshold: found.approvalThreshold,
  needsPracticeName: found.needsPracticeName,
  outdatedReason: found.outdatedReason,
  earliestSendAt: found.earliestSendAt,
});

const result = batchResult.shape;

export const batchResultResource = z
  .object({
    rowNumber: result.rowNumber,
    outcome: result.outcome.meta({
      description:
        "Of the row (`waiting`, `included`, `excluded`, `not_checked`) until it has a message, then the state of the message.",
    }),
    reason: result.reason,
    patientId: result.patientId.meta({ description: "Hero's ID, if the patient is known." }),
    messageId: result.messageId.meta({ description: "The message in this API." }),
    heroMessageId: result.heroMessageId,
    sentAt: result.sentAt,
    deliveredAt: result.deliveredAt,
  })
  .meta({ id: "MessageBatchResult" });

export const toBatchResultResource = (found: BatchResult): z.infer<typeof batchResultResource> => ({
  rowNumber: found.rowNumber,
  outcome: found.outcome,
  reason: found.reason,
  patientId: found.patientId,
  messageId: found.messageId,
  heroMessageId: found.heroMessageId,
  sentAt: found.sentAt,
  deliveredAt: found.deliveredAt,
});

export const batchResultResourcePage = z
  .object({
    items: z.array(batchResultResource),
    nextCursor: z.number().int().nullable().meta({ description: "null on the last page." }),
  })
  .meta({ id: "MessageBatchResultPage" });
