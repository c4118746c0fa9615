import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import type { Fault } from "../state/faults";
import { errorBody, validationBody } from "./problem";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonReply(status: number, body: unknown): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** True unless the fault only delays the response. */
export function altersReply(fault: Fault): boolean {
  return Boolean(
    fault.hang ||
      fault.reset ||
      fault.truncate ||
      fault.malformed ||
      fault.empty ||
      fault.status !== undefined ||
      fault.body !== undefined ||
      fault.headers !== undefined ||
      fault.retryAfter !== undefined,
  );
}

/**
 * Sends the faulty response. `status` is null when no complete response was sent; `original` is the
 * real response, when the operation ran.
 */
export async function applyFault(
  fault: Fault,
  original: Reply | null,
  { incoming, outgoing }: HttpBindings,
): Promise<{ response: Response; status: number | null }> {
  if (fault.hang) {
    await new Promise<void>((resolve) => outgoing.once("close", resolve));
    return { response: RESPONSE_ALREADY_SENT, status: null };
  }
  if (fault.reset) {
    incoming.socket.resetAndDestroy();
    return { response: RESPONSE_ALREADY_SENT, status: null };
  }
  const reply = buildReply(fault, original);
  if (fault.truncate) {
    const bytes = Buffer.from(reply.body);
    outgoing.writeHead(reply.status, {
      ...reply.headers,
      "content-length": String(Math.max(bytes.length, 2)),
    });
    outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () =>
      incoming.socket.destroy(),
    );
    return { response: RESPONSE_ALREADY_SENT, status: null };
  }
  return { response: new Response(bodyOrNull(reply), reply), status: reply.status };
}

/** HTTP allows no body with some statuses. */
export function bodyOrNull(reply: Reply): string | null {
  return [204, 205, 304].includes(reply.status) ? null : reply.body;
}

function buildReply(fault: Fault, original: Reply | null): Reply {
  const status = fault.status ?? (fault.retryAfter === undefined ? (original?.status ?? 200) : 429);
  const headers = {
    ...jsonReply(status, null).headers,
    ...(fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
    ...fault.headers,
  };
  return { status, headers, body: buildBody(fault, original, status) };
}

function buildBody(fault: Fault, original: Reply | null, status: number): string {
  if (fault.empty) return "";
  if (fault.malformed) return '{"data":[{"id":"1","name":';
  if (typeof fault.body === "string") return fault.body;
  if (fault.body !== undefined) return JSON.stringify(fault.body);
  if (fault.status === undefined && fault.retryAfter === undefined && original)
    return original.body;
  return JSON.stringify(defaultBody(status));
}

function defaultBody(status: number): object {
  if (status < 400) return { data: [], count: 0 };
  if (status === 400) {
    return validationBody([{ code: "custom", expected: "something else", path: [] }]);
  }
  return errorBody(status, `Scripted fault ${status}`);
}
