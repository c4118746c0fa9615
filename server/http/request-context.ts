import "server-only";
import { randomUUID } from "node:crypto";

/** A request before anyone is authenticated. */
export type RequestContext = { readonly requestId: string; readonly clientAddress: string };

/** Reads the two headers that `scripts/serve.ts` sets on every request. */
export function readRequest(headers: Headers): RequestContext {
  return {
    requestId: headers.get("x-request-id") ?? randomUUID(),
    clientAddress: headers.get("x-forwarded-for") ?? "unknown",
  };
}
