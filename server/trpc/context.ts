import "server-only";
import { randomUUID } from "node:crypto";
import { readSessionToken } from "../auth/cookie";
import { findLiveSession, type LiveSession, resolveTenantContext } from "../tenancy/context";

/** What every call starts from: the request, not yet who or where. */
export type RequestContext = {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly sessionToken: string | undefined;
};

/** The path of a portal call, as the route or page got it; proven by the gate, not here. */
export type PortalPath = { readonly tenant: string; readonly environment: string };

/** Reads what our server set on the request (`scripts/serve.ts`) and the session cookie. */
export function createRequestContext(headers: Headers): RequestContext {
  return {
    requestId: headers.get("x-request-id") ?? randomUUID(),
    clientAddress: headers.get("x-forwarded-for") ?? "unknown",
    sessionToken: readSessionToken(headers.get("cookie")),
  };
}

/** @throws UnauthenticatedError, NotFoundError */
export async function createPortalContext(request: RequestContext, path: PortalPath) {
  const scope = await resolveTenantContext(request.sessionToken, path, request.requestId);
  return { ...request, ...scope };
}

export type PortalContext = Awaited<ReturnType<typeof createPortalContext>>;

export type AccountRequestContext = RequestContext & { readonly session: LiveSession | null };

export async function createAccountContext(
  request: RequestContext,
): Promise<AccountRequestContext> {
  return { ...request, session: await findLiveSession(request.sessionToken) };
}
