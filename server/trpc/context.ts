import "server-only";
import { readSessionToken } from "../auth/cookie";
import { readRequest, type RequestContext } from "../http/request-context";
import { findLiveSession, type LiveSession, resolveTenantContext } from "../tenancy/session";

/** A browser's request: who it claims to be, not yet proven. */
export type BrowserRequest = RequestContext & {
  readonly sessionToken: string | undefined;
  /** Called when a subscription has started. */
  readonly onStream?: () => void;
};

export function readBrowserRequest(headers: Headers): BrowserRequest {
  return { ...readRequest(headers), sessionToken: readSessionToken(headers.get("cookie")) };
}

/** The first two segments of a portal address, as they were requested. */
export type PortalPath = { readonly tenant: string; readonly environment: string };

/**
 * @param isActivity whether the request restarts the session's idle timeout
 * @throws UnauthenticatedError, NotFoundError
 */
export async function createPortalContext(
  request: BrowserRequest,
  path: PortalPath,
  isActivity = true,
) {
  const { requestId, sessionToken } = request;
  const scope = await resolveTenantContext(sessionToken, path, requestId, new Date(), isActivity);
  return { ...request, ...scope, slug: path.tenant };
}

export type PortalContext = Awaited<ReturnType<typeof createPortalContext>>;

export type AccountRequestContext = BrowserRequest & { readonly session: LiveSession | null };

export async function createAccountContext(
  request: BrowserRequest,
): Promise<AccountRequestContext> {
  return { ...request, session: await findLiveSession(request.sessionToken) };
}
