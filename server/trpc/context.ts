import "server-only";
import { randomUUID } from "node:crypto";
import { readSessionToken } from "../auth/cookie";
import { findLiveSession, type LiveSession, openTenantContext } from "../tenancy/context";

/** What every call starts from: the request, not yet who or where. */
export type RequestContext = {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly sessionToken: string | undefined;
};

/** The path of a portal call, as the route or page got it; proven by the gate, not here. */
export type PortalPath = { readonly tenant: string; readonly environment: string };

/** Reads what our server set on the request (`scripts/serve.ts`) and the session cookie. */
export function readRequest(headers: Headers): RequestContext {
  return {
    requestId: headers.get("x-request-id") ?? randomUUID(),
    clientAddress: headers.get("x-forwarded-for") ?? "unknown",
    sessionToken: readSessionToken(headers.get("cookie")),
  };
}

/** @throws UnauthenticatedError, NotFoundError */
export async function openPortalCall(request: RequestContext, path: PortalPath) {
  const scope = await openTenantContext(request.sessionToken, path, request.requestId);
  return { ...request, ...scope };
}

export type PortalCall = Awaited<ReturnType<typeof openPortalCall>>;

export type AccountCall = RequestContext & { readonly session: LiveSession | null };

export async function openAccountCall(request: RequestContext): Promise<AccountCall> {
  return { ...request, session: await findLiveSession(request.sessionToken) };
}
