import "server-only";
import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { type BrowserRequest, readBrowserRequest } from "./context";
import { toLoggedTrpcError } from "./errors";

const noStore = { "cache-control": "no-store" };
const jsonHeaders = { "content-type": "application/json", ...noStore };

/** Refuses requests that another site's page sends with our cookie, which is SameSite=Lax as well. */
function isCrossSite(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  // Older browsers send only the origin, and only with a POST ("null" from a sandboxed frame).
  const origin = headers.get("origin");
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}

/** Serves a router over HTTP. Errors of `resolveContext` are returned like those of a procedure. */
export async function serveRouter<Context extends BrowserRequest>(options: {
  request: Request;
  router: AnyTRPCRouter;
  resolveContext: (request: BrowserRequest) => Promise<Context>;
}): Promise<Response> {
  const { request, router, resolveContext } = options;
  // The procedure is the last segment, however the others are encoded.
  const { pathname } = new URL(request.url);
  const endpoint = pathname.slice(0, pathname.lastIndexOf("/"));
  const response = await fetchRequestHandler({
    req: request,
    endpoint,
    router,
    allowBatching: false,
    createContext: async () => {
      if (isCrossSite(request.headers)) {
        throw new TRPCError({
          code: "FORBIDDEN",
          message: "Requests from other sites are not allowed.",
        });
      }
      const browserRequest = readBrowserRequest(request.headers);
      try {
        return await resolveContext(browserRequest);
      } catch (error) {
        throw toLoggedTrpcError(error, "authorise", browserRequest.requestId);
      }
    },
    responseMeta: () => ({ headers: noStore }),
  });
  // tRPC sends neither when it could not parse the request.
  for (const [name, value] of Object.entries(jsonHeaders)) response.headers.set(name, value);
  return response;
}
