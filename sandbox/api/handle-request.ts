import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { SandboxState } from "../state/sandbox-state";
import { bodyOrNull, applyFault, jsonReply, type Reply, altersReply } from "./apply-fault";
import { dialectOf } from "./dialect";
import { errorBody } from "./problem";

export type ApiContext = Context<{ Bindings: HttpBindings }>;

/** Records the call, then runs the operation unless a scripted fault replaces it. */
export async function handleRequest(
  sandbox: SandboxState,
  c: ApiContext,
  operationId: string,
  handle: (isHalf: boolean) => Promise<Reply>,
): Promise<Response> {
  const key = c.req.header("x-api-key");
  const entry = sandbox.journal.record({
    operation: operationId,
    method: c.req.method,
    path: c.req.path,
    practiceGroupId: c.req.header("x-practice-group-id") ?? c.req.header("x-tenant-id") ?? null,
    keyLastFour: key ? key.slice(-4) : null,
    keyHash: key ? createHash("sha256").update(key).digest("hex") : null,
    bodyFields: [],
  });
  if (c.req.method !== "GET") {
    // A copy, because a body can be read once.
    const body = c.req.raw.clone().json();
    entry.bodyFields = fieldNames(await body.catch(() => null));
  }
  const fault = sandbox.faults.consume(operationId, key);
  const isAltered = fault !== undefined && altersReply(fault);
  const isHalf = fault?.afterHalf ?? false;
  const hasWork = isHalf || (fault?.afterWork ?? false);
  if (fault?.delayMs && !hasWork) await sleep(fault.delayMs);
  const original = isAltered && !hasWork ? null : await handle(isHalf);
  if (fault?.delayMs && hasWork) await sleep(fault.delayMs);
  if (isAltered) {
    const { response, status } = await applyFault(fault, original, c.env);
    entry.status = status;
    return response;
  }
  const reply = original ?? jsonReply(500, errorBody(500, "Unknown error"));
  entry.status = reply.status;
  const body = bodyOrNull(reply);
  if (body === null || !dialectOf(key).has("compression")) return new Response(body, reply);
  // As a proxy may, without a request for it.
  const headers = { ...reply.headers, "content-encoding": "gzip" };
  return new Response(gzipSync(body), { status: reply.status, headers });
}

/** The names that lead to each value of a body. */
function fieldNames(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return path.length > 0 ? [path.join(".")] : [];
  return Object.entries(value).flatMap(([name, item]) => fieldNames(item, [...path, name]));
}
