import type { IncomingMessage, ServerResponse } from "node:http";
import { allowServerOnly } from "./allow-server-only";
import { pathOf } from "./addresses";

/**
 * Sends webhooks straight to their service, without Next and without `Request` and `Response`, which cost
 * more than the work behind them (`docs/decisions/008-router-bypass.md`).
 */

const hookPath = /^\/api\/hooks\/([^/]+)$/;

export const isWebhook = ({ method, url = "" }: IncomingMessage): boolean =>
  method === "POST" && hookPath.test(pathOf(url));

/** The body, or undefined when the request ended before all of it had arrived. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });
}

/** Loads the service from source, as `loadBypassHandler` does. */
export async function loadWebhookIntake() {
  allowServerOnly();
  const { deliveryAnswer, receiveDelivery } = await import("../../server/services/webhooks/intake");
  const { flushEndpointCounts } = await import("../../server/services/webhooks/endpoint-counts");

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const urlToken = hookPath.exec(pathOf(request.url ?? ""))?.[1] ?? "";
    const rawBody = await readBody(request);
    // Too large, or gone.
    if (!rawBody || response.headersSent) return;
    const status = await receiveDelivery({ urlToken, headers: request.headers, rawBody });
    if (response.destroyed) return;
    const { headers, body } = deliveryAnswer(status);
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  }

  return { handle, stop: flushEndpointCounts };
}
