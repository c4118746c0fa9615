import "server-only";
import { z } from "zod";
import { idempotencyKey } from "../schemas/api-v1";
import {
  listMessagesQuery,
  previewMessageBody,
  sendMessageBody,
  toMessagePreviewResource,
  toMessageResource,
} from "../schemas/api-v1-messages";
import { pathId } from "../schemas/text";
import { deriveOperationId } from "../services/links/api";
import { listMessagesByApi, previewMessageByApi, sendMessageByApi } from "../services/messages/api";
import { cancelMessage } from "../services/messages/cancel";
import { getMessageById } from "../services/messages/read";
import { handleApiRequest, parseBody, parsePart, parseQuery } from "./handle-request";

/** Messages to one patient. Each parses its request, calls one service and shapes the response. */

export const preview = (request: Request) =>
  handleApiRequest(request, "v1.messages.preview", "messages.send", async (ctx) => {
    const body = await parseBody(request, previewMessageBody);
    return { status: 200, body: toMessagePreviewResource(await previewMessageByApi(ctx, body)) };
  });

/** The header is required: without it, a retry would send a second message. */
export const send = (request: Request) =>
  handleApiRequest(request, "v1.messages.send", "messages.send", async (ctx) => {
    const headerSchema = z.object({ "Idempotency-Key": idempotencyKey });
    const header = { "Idempotency-Key": request.headers.get("idempotency-key") ?? "" };
    const { "Idempotency-Key": key } = parsePart("header", headerSchema, header);
    const body = await parseBody(request, sendMessageBody);
    const { message, isRepeat } = await sendMessageByApi(ctx, deriveOperationId(ctx, key), body);
    return {
      status: isRepeat ? 200 : 201,
      body: toMessageResource(message),
      headers: {
        location: `/api/v1/messages/${message.id}`,
        ...(isRepeat && { "idempotency-replayed": "true" }),
      },
    };
  });

export const list = (request: Request) =>
  handleApiRequest(request, "v1.messages.list", "messages.read", async (ctx) => {
    const query = parseQuery(request, listMessagesQuery);
    const { items, nextCursor } = await listMessagesByApi(ctx, query);
    return {
      status: 200,
      body: { items: items.map(toMessageResource), nextCursor },
      ...(nextCursor && { headers: { link: `<${nextPageUrl(request, nextCursor)}>; rel="next"` } }),
    };
  });

/** The same query with the next cursor. */
function nextPageUrl(request: Request, cursor: string): string {
  const { searchParams } = new URL(request.url);
  searchParams.set("cursor", cursor);
  return `/api/v1/messages?${searchParams}`;
}

export const getMessageResource = (request: Request, messageId: string) =>
  handleApiRequest(request, "v1.messages.get", "messages.read", async (ctx) => ({
    status: 200,
    body: toMessageResource(await getMessageById(ctx, { messageId: pathId(messageId) })),
  }));

export const cancel = (request: Request, messageId: string) =>
  handleApiRequest(request, "v1.messages.cancel", "messages.send", async (ctx) => ({
    status: 200,
    body: toMessageResource(await cancelMessage(ctx, { messageId: pathId(messageId) })),
  }));
