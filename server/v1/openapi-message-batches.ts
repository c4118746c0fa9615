import "server-only";
import { z } from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { idempotencyKey } from "../schemas/api-v1";
import {
  addRecipientsBody,
  batchResultResourcePage,
  batchReviewResource,
  createMessageBatchBody,
  listBatchResultsQuery,
  listMessageBatchesQuery,
  messageBatchResource,
  messageBatchResourcePage,
  sendMessageBatchBody,
} from "../schemas/api-v1-message-batches";
import { rowId } from "../schemas/text";
import { bodyProblems, json, problemResponses } from "./openapi-parts";

const pathParams = z.object({ id: rowId.meta({ description: "The ID of the batch." }) });

const batchResponse = (description: string) => ({
  description,
  content: json(messageBatchResource),
});

const createdResponse = (description: string) => ({
  ...batchResponse(description),
  headers: z.object({
    Location: z.string().meta({ description: "The address of the batch in this API." }),
    "Idempotency-Replayed": z.string().optional().meta({
      description: "`true` if the Idempotency-Key was used before.",
    }),
  }),
});

const pageHeaders = z.object({
  Link: z.string().optional().meta({
    description: 'The next page, with rel="next". Not sent with the last page.',
  }),
});

/** One text to many patients of a practice. */
export const messageBatchPaths: ZodOpenApiPathsObject = {
  "/api/v1/message-batches": {
    post: {
      operationId: "createMessageBatch",
      summary: "Create a batch of messages",
      description:
        "Creates a batch: one text to many patients of one practice. Each patient gets at most one message of it. Add the recipients, then check, review and send it. Nothing is sent before that. Requires the `messages.send` permission.",
      requestParams: {
        header: z.object({
          "Idempotency-Key": idempotencyKey.meta({
            description:
              "A unique key that you generate for each batch. A retry with the same key and body returns the same batch.",
            example: "flu-2026-12",
          }),
        }),
      },
      requestBody: { required: true, content: json(createMessageBatchBody) },
      responses: {
        "200": createdResponse("The batch that was created earlier with this Idempotency-Key."),
        "201": createdResponse("The new batch."),
        ...problemResponses(...bodyProblems, "not-found", "conflict", "idempotency-key-reused"),
      },
    },
    get: {
      operationId: "listMessageBatches",
      summary: "List batches of messages",
      description:
        "Returns a page of the batches in the API key's organisation and environment, newest first, including those of people in the portal. Requires the `messages.read` permission.",
      requestParams: { query: listMessageBatchesQuery },
      responses: {
        "200": {
          description: "A page of batches.",
          headers: pageHeaders,
          content: json(messageBatchResourcePage),
        },
        ...problemResponses("invalid-request", "not-found"),
      },
    },
  },
  "/api/v1/message-batches/{id}": {
    get: {
      operationId: "getMessageBatch",
      summary: "Get a batch of messages",
      description:
        "Returns the state of a batch and the numbers of its recipients. Requires the `messages.read` permission.",
      requestParams: { path: pathParams },
      responses: { "200": batchResponse("The batch."), ...problemResponses("not-found") },
    },
  },
  "/api/v1/message-batches/{id}/recipients": {
    post: {
      operationId: "addMessageRecipients",
      summary: "Add recipients to a batch",
      description:
        "Adds up to 500 recipients to a batch that is `collecting`. They are encrypted until Hero has found each patient, then deleted. Requires the `messages.send` permission.",
      requestParams: { path: pathParams },
      requestBody: { required: true, content: json(addRecipientsBody) },
      responses: {
        "200": batchResponse("The batch."),
        ...problemResponses(...bodyProblems, "not-found", "conflict"),
      },
    },
  },
  "/api/v1/message-batches/{id}/check": {
    post: {
      operationId: "checkMessageBatch",
      summary: "Check a batch",
      description:
        "Starts the check when all recipients were added, or again when something has changed. Each patient is looked up and read at Hero. Excluded are patients who were not found, have died, are restricted, archived, marked as sensitive, or under 16, cannot be reached on the channel, or were messaged in the last days; and other rows of the same patient. Read the batch until it is `ready`. The request has no body. Requires the `messages.send` permission.",
      requestParams: { path: pathParams },
      responses: {
        "200": batchResponse("The batch, which is `checking`."),
        ...problemResponses("not-found", "conflict"),
      },
    },
  },
  "/api/v1/message-batches/{id}/review": {
    get: {
      operationId: "reviewMessageBatch",
      summary: "Review a batch",
      description:
        "Returns what a person must check before a batch is sent: how many get a message and who does not, the cost, the time it takes, and warnings. Show it to a person. Requires the `messages.read` permission.",
      requestParams: { path: pathParams },
      responses: {
        "200": { description: "The review.", content: json(batchReviewResource) },
        ...problemResponses("not-found", "conflict"),
      },
    },
  },
  "/api/v1/message-batches/{id}/send": {
    post: {
      operationId: "sendMessageBatch",
      summary: "Send a batch, or request its approval",
      description:
        "Sends a batch that was reviewed. With more recipients than the organisation's threshold it is `awaiting_approval` instead: a second person approves or refuses it in the portal. That is never the person who created the API key, and no operation of this API approves. Anything that changes in between voids the request. A batch sends its first messages, then it is `paused` until a person has checked their results and continues it in the portal. Requires the `messages.send` permission.",
      requestParams: { path: pathParams },
      requestBody: { required: true, content: json(sendMessageBatchBody) },
      responses: {
        "200": batchResponse("The batch: `scheduled` or `awaiting_approval`."),
        ...problemResponses(...bodyProblems, "not-found", "conflict"),
      },
    },
  },
  "/api/v1/message-batches/{id}/stop": {
    post: {
      operationId: "stopMessageBatch",
      summary: "Stop a batch",
      description:
        "Ends a batch permanently. It is `cancelled` if nothing was sent, otherwise `stopped`: `counts` says how many messages had left, which cannot be recalled. The request has no body. Requires the `messages.send` permission.",
      requestParams: { path: pathParams },
      responses: {
        "200": batchResponse("The batch."),
        ...problemResponses("not-found", "conflict"),
      },
    },
  },
  "/api/v1/message-batches/{id}/results": {
    get: {
      operationId: "listMessageBatchResults",
      summary: "List the results of a batch",
      description:
        "Returns a page of the rows of a batch by their numbers, with what became of each. Requires the `messages.read` permission.",
      requestParams: { path: pathParams, query: listBatchResultsQuery },
      responses: {
        "200": {
          description: "A page of results.",
          headers: pageHeaders,
          content: json(batchResultResourcePage),
        },
        ...problemResponses("invalid-request", "not-found"),
      },
    },
  },
};
