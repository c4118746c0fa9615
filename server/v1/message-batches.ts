import "server-only";
import { z } from "zod";
import { idempotencyKey } from "../schemas/api-v1";
import {
  addRecipientsBody,
  createMessageBatchBody,
  listBatchResultsQuery,
  listMessageBatchesQuery,
  sendMessageBatchBody,
  toBatchResultResource,
  toBatchReviewResource,
  toMessageBatchResource,
  toRecipient,
} from "../schemas/api-v1-message-batches";
import { pathId } from "../schemas/text";
import { deriveOperationId } from "../services/links/api";
import { addMessageRecipients } from "../services/message-batches/add-recipients";
import {
  createBatchByApi,
  listBatchesByApi,
  stopBatchByApi,
} from "../services/message-batches/api";
import { getMessageBatch } from "../services/message-batches/read";
import { checkMessageBatch } from "../services/message-batches/request-check";
import { listBatchResults } from "../services/message-batches/results";
import { reviewMessageBatch } from "../services/message-batches/review";
import { sendMessageBatch } from "../services/message-batches/send";
import {
  type ApiResponse,
  handleApiRequest,
  parseBody,
  parsePart,
  parseQuery,
} from "./handle-request";

/** Batches of messages. Each parses its request, calls one service and shapes the response. */

export const create = (request: Request) =>
  handleApiRequest(request, "v1.messageBatches.create", "messages.send", async (ctx) => {
    const headerSchema = z.object({ "Idempotency-Key": idempotencyKey });
    const header = { "Idempotency-Key": request.headers.get("idempotency-key") ?? "" };
    const { "Idempotency-Key": key } = parsePart("header", headerSchema, header);
    const body = await parseBody(request, createMessageBatchBody);
    const { batch, isRepeat } = await createBatchByApi(ctx, deriveOperationId(ctx, key), body);
    return {
      status: isRepeat ? 200 : 201,
      body: toMessageBatchResource(batch),
      headers: {
        location: `/api/v1/message-batches/${batch.id}`,
        ...(isRepeat && { "idempotency-replayed": "true" }),
      },
    };
  });

/** A page of a list, with the address of the next one. */
function pageResponse(
  request: Request,
  items: unknown[],
  nextCursor: string | number | null,
): ApiResponse {
  const { pathname, searchParams } = new URL(request.url);
  if (nextCursor !== null) searchParams.set("cursor", String(nextCursor));
  return {
    status: 200,
    body: { items, nextCursor },
    ...(nextCursor !== null && {
      headers: { link: `<${pathname}?${searchParams}>; rel="next"` },
    }),
  };
}

export const list = (request: Request) =>
  handleApiRequest(request, "v1.messageBatches.list", "messages.read", async (ctx) => {
    const query = parseQuery(request, listMessageBatchesQuery);
    const { items, nextCursor } = await listBatchesByApi(ctx, query);
    return pageResponse(request, items.map(toMessageBatchResource), nextCursor);
  });

export const get = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.get", "messages.read", async (ctx) => ({
    status: 200,
    body: toMessageBatchResource(await getMessageBatch(ctx, { batchId: pathId(batchId) })),
  }));

export const addRecipients = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.addRecipients", "messages.send", async (ctx) => {
    const { rows } = await parseBody(request, addRecipientsBody);
    const batch = await addMessageRecipients(ctx, {
      batchId: pathId(batchId),
      rows: rows.map(toRecipient),
    });
    return { status: 200, body: toMessageBatchResource(batch) };
  });

export const check = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.check", "messages.send", async (ctx) => ({
    status: 200,
    body: toMessageBatchResource(await checkMessageBatch(ctx, { batchId: pathId(batchId) })),
  }));

export const review = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.review", "messages.read", async (ctx) => ({
    status: 200,
    body: toBatchReviewResource(await reviewMessageBatch(ctx, { batchId: pathId(batchId) })),
  }));

/** Sends it, or requests the approval that it needs. There is no operation that approves. */
export const send = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.send", "messages.send", async (ctx) => {
    const body = await parseBody(request, sendMessageBatchBody);
    const batch = await sendMessageBatch(ctx, { batchId: pathId(batchId), ...body });
    return { status: 200, body: toMessageBatchResource(batch) };
  });

export const stop = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.stop", "messages.send", async (ctx) => ({
    status: 200,
    body: toMessageBatchResource(await stopBatchByApi(ctx, pathId(batchId))),
  }));

export const listResults = (request: Request, batchId: string) =>
  handleApiRequest(request, "v1.messageBatches.results", "messages.read", async (ctx) => {
    const query = parseQuery(request, listBatchResultsQuery);
    const { items, nextCursor } = await listBatchResults(ctx, {
      batchId: pathId(batchId),
      ...query,
    });
    return pageResponse(request, items.map(toBatchResultResource), nextCursor);
  });
