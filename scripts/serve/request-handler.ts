import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { ServeSettings } from "../settings";
import { readActionBody } from "./action-body";
import { findAddress } from "./addresses";
import type { SendError } from "./error-response";
import { responseHeaders } from "./headers";
import {
  isAction,
  isScriptedAction,
  limitBody,
  normalizeHeaders,
  rejectionStatus,
  replayRequest,
} from "./requests";
import { bypassesNext } from "./router-bypass";
import { isWebhook } from "./webhook-intake";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Rejects what the portal never handles, makes the headers of everything else trustworthy and passes it to
 * one of the handlers.
 */
export function createRequestHandler(
  settings: ServeSettings,
  {
    handleWithNext,
    handleBypassed,
    handleWebhook,
    sendError,
    isStopping,
  }: {
    handleWithNext: Handler;
    handleBypassed: Handler;
    handleWebhook: Handler;
    sendError: SendError;
    isStopping: () => boolean;
  },
): (request: IncomingMessage, response: ServerResponse) => void {
  /** Passes on a server action whose body Next can decode. */
  async function handleAction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await buffer(request);
    if (response.headersSent) return;
    const type = request.headers["content-type"] ?? "";
    const accepted = await readActionBody(received, type, isScriptedAction(request));
    if (!accepted) {
      sendError(response, 400, findAddress(request.url ?? ""));
      return;
    }
    await handleWithNext(replayRequest(request, accepted), response);
  }

  function handlerOf(request: IncomingMessage): Handler {
    if (isWebhook(request)) return handleWebhook;
    if (bypassesNext(request)) return handleBypassed;
    return isAction(request) ? handleAction : handleWithNext;
  }

  return (request, response) => {
    const requestId = randomUUID();
    response.setHeader("x-request-id", requestId);
    const headers = responseHeaders(request.url ?? "", settings);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isStopping()) response.setHeader("connection", "close");

    const address = findAddress(request.url ?? "");
    const rejection = rejectionStatus(request, settings);
    if (rejection !== undefined) {
      sendError(response, rejection, address);
      return;
    }
    normalizeHeaders(request, requestId, settings);
    // This response closes the connection, so the rest of the body is never read.
    limitBody(request, () => sendError(response, 413, address));
    handlerOf(request)(request, response).catch(() => sendError(response, 500, address));
  };
}
