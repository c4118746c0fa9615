import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { World } from "../state/world";
import { bodyOrNull, breakReply, jsonReply, type Reply, spoilsReply } from "./break-reply";
import { errorBody } from "./problem";

export type ApiContext = Context<{ Bindings: HttpBindings }>;

/** Notes the call, then does the work unless a scripted fault comes in between. */
export async function serve(
  world: World,
  c: ApiContext,
  operationId: string,
  work: () => Promise<Reply>,
): Promise<Response> {
  const key = c.req.header("x-api-key");
  const entry = world.journal.arrive({
    operation: operationId,
    method: c.req.method,
    path: c.req.path,
    practiceGroupId: c.req.header("x-practice-group-id") ?? c.req.header("x-tenant-id") ?? null,
    keyLastFour: key ? key.slice(-4) : null,
  });
  const fault = world.faults.take(operationId, key);
  const isSpoilt = fault !== undefined && spoilsReply(fault);
  if (fault?.delayMs && !fault.afterWork) await sleep(fault.delayMs);
  const real = isSpoilt && !fault.afterWork ? null : await work();
  if (fault?.delayMs && fault.afterWork) await sleep(fault.delayMs);
  if (isSpoilt) {
    const { response, status } = await breakReply(fault, real, c.env);
    entry.status = status;
    return response;
  }
  const reply = real ?? jsonReply(500, errorBody(500, "Unknown error"));
  entry.status = reply.status;
  return new Response(bodyOrNull(reply), reply);
}
