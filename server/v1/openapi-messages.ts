import "server-only";
import { z } from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { idempotencyKey } from "../schemas/api-v1";
import {
  listMessagesQuery,
  messagePreviewResource,
  messageResource,
  messageResourcePage,
  previewMessageBody,
  sendMessageBody,
} from "../schemas/api-v1-messages";
import { rowId } from "../schemas/text";
import { bodyProblems, json, problemResponses } from "./openapi-parts";

const pathParams = z.object({ id: rowId.meta({ description: "The ID of the message." }) });

const messageResponse = (description: string) => ({
  description,
  content: json(messageResource),
});

const sentResponse = (description: string) => ({
  ...messageResponse(description),
  headers: z.object({
    Location: z.string().meta({ description: "The address of the message in this API." }),
    "Idempotency-Replayed": z.string().optional().meta({
      description: "`true` if the Idempotency-Key was used before.",
    }),
  }),
});

/** Messages to one patient. */
export const messagePaths: ZodOpenApiPathsObject = {
  "/api/v1/messages/preview": {
    post: {
      operationId: "previewMessage",
      summary: "Preview a message",
      description:
        "Reads the patient from Hero now and returns what a person must check before the message is sent: whether it can be sent, on which channels, the cost, and warnings. Nothing is sent or stored. The text is not returned, because it may contain the patient's name. Requires the `messages.send` permission.",
      requestBody: { required: true, content: json(previewMessageBody) },
      responses: {
        "200": { description: "The preview.", content: json(messagePreviewResource) },
        ...problemResponses(
          ...bodyProblems,
          "not-found",
          "conflict",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
          "patient-not-checked",
        ),
      },
    },
  },
  "/api/v1/messages": {
    post: {
      operationId: "sendMessage",
      summary: "Send a message",
      description:
        "Sends a message that you have previewed to one patient. Send the same values, the `previewFingerprint` and the codes of the warnings in `confirmed`. The message is `scheduled`: it can be cancelled until `sendAt`. Then everything is read again. If something has changed since the preview, or the API key was revoked, the message is `held` and not sent. Each message is sent to Hero once. If Hero's reply is lost, the message stays `unknown` and is never sent again. In quiet hours send `sendAt`, at the preview's `earliestSendAt` or later. Why a message cannot be sent is an error at `text`. Requires the `messages.send` permission.",
      requestParams: {
        header: z.object({
          "Idempotency-Key": idempotencyKey.meta({
            description:
              "A unique key that you generate for each message. A retry with the same key and body returns the same message and sends nothing more.",
            example: "recall-2026-12-0042",
          }),
        }),
      },
      requestBody: { required: true, content: json(sendMessageBody) },
      responses: {
        "200": sentResponse(
          "The message that was requested earlier with this Idempotency-Key, as it is now.",
        ),
        "201": sentResponse("The scheduled message."),
        ...problemResponses(
          ...bodyProblems,
          "not-found",
          "conflict",
          "idempotency-key-reused",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
          "patient-not-checked",
        ),
      },
    },
    get: {
      operationId: "listMessages",
      summary: "List messages",
      description:
        "Returns a page of the messages in the API key's organisation and environment, newest first, including those sent by people in the portal. Requires the `messages.read` permission.",
      requestParams: { query: listMessagesQuery },
      responses: {
        "200": {
          description: "A page of messages.",
          headers: z.object({
            Link: z.string().optional().meta({
              description: 'The next page, with rel="next". Not sent with the last page.',
            }),
          }),
          content: json(messageResourcePage),
        },
        ...problemResponses("invalid-request", "not-found"),
      },
    },
  },
  "/api/v1/messages/{id}": {
    get: {
      operationId: "getMessage",
      summary: "Get a message",
      description:
        "Returns a message as last read from Hero, at `refreshedAt`. Instead of asking again and again, read the `message.…` events. Requires the `messages.read` permission.",
      requestParams: { path: pathParams },
      responses: { "200": messageResponse("The message."), ...problemResponses("not-found") },
    },
  },
  "/api/v1/messages/{id}/cancel": {
    post: {
      operationId: "cancelMessage",
      summary: "Cancel a message",
      description:
        "Cancels a message that is `scheduled` or `held`: it is never sent. A message that is being sent, or was sent, cannot be stopped, and the status is 409. A cancelled message is returned as it is. The request has no body. Requires the `messages.send` permission.",
      requestParams: { path: pathParams },
      responses: {
        "200": messageResponse("The cancelled message."),
        ...problemResponses("not-found", "conflict"),
      },
    },
  },
};
