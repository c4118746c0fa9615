import "server-only";
import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { type RequestContext, createRequestContext } from "./context";
import { logFailure, toTrpcError } from "./errors";

const noStore = { "cache-control": "no-store" };

/**
 * Browsers say where a request comes from; a page of another site gets nowhere with our cookie. The
 * cookie is SameSite=Lax besides.
 */
function isCrossSite(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  // Browsers that do not say so still name the origin of what they post ("null" from a sandboxed frame).
  const origin = headers.get("origin");
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}

/** Serves a router over HTTP; what `open` throws is answered like a procedure's own error. */
export function serveRouter<Context extends RequestContext>(options: {
  request: Request;
  router: AnyTRPCRouter;
  resolveContext: (request: RequestContext) => Promise<Context>;
}): Promise<Response> {
  const { request, router, resolveContext } = options;
  // The procedure is the last segment, whatever the others are and however they are encoded.
  const { pathname } = new URL(request.url);
  const endpoint = pathname.slice(0, pathname.lastIndexOf("/"));
  return fetchRequestHandler({
    req: request,
    endpoint,
    router,
    allowBatching: false,
    createContext: async () => {
      if (isCrossSite(request.headers)) {
        throw new TRPCError({
          code: "FORBIDDEN",
          message: "Requests from other sites are refused.",
        });
      }
      const requestContext = createRequestContext(request.headers);
      try {
        return await resolveContext(requestContext);
      } catch (error) {
        const mappedError = toTrpcError(error);
        logFailure(mappedError, "gate", requestContext.requestId);
        throw mappedError;
      }
    },
    responseMeta: () => ({ headers: noStore }),
  });
}
