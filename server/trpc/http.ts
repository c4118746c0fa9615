import "server-only";
import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { z } from "zod";
import { type BrowserRequest, readBrowserRequest } from "./context";
import { toLoggedTrpcError } from "./errors";

const noStore = { "cache-control": "no-store" };
const jsonHeaders = { "content-type": "application/json", ...noStore };
// A proxy that compresses would hold events back.
const streamHeaders = { "cache-control": "no-store, no-transform" };

const serializedError = z.looseObject({ data: z.looseObject({ httpStatus: z.number() }) });

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
  let isStreaming = false;
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
      const browserRequest = {
        ...readBrowserRequest(request.headers),
        onStream: () => {
          isStreaming = true;
        },
      };
      try {
        return await resolveContext(browserRequest);
      } catch (error) {
        throw toLoggedTrpcError(error, "authorise", browserRequest.requestId);
      }
    },
    responseMeta: () => ({ headers: noStore }),
  });
  if (isStreaming) {
    for (const [name, value] of Object.entries(streamHeaders)) response.headers.set(name, value);
    return response;
  }
  const isFailedStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const answer = isFailedStream ? await toErrorResponse(response) : response;
  // tRPC sends neither when it could not parse the request.
  for (const [name, value] of Object.entries(jsonHeaders)) answer.headers.set(name, value);
  return answer;
}

/** tRPC sends the error of a subscription that did not start as an event of a stream with status 200. */
async function toErrorResponse(stream: Response): Promise<Response> {
  const [, json = "null"] =
    /^event: serialized-error\ndata: (.*)$/m.exec(await stream.text()) ?? [];
  const error = serializedError.parse(JSON.parse(json));
  return Response.json({ error }, { status: error.data.httpStatus });
}
