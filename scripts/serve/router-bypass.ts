import type { IncomingMessage, ServerResponse } from "node:http";
import { registerHooks } from "node:module";
import { incomingMessageToRequest } from "@trpc/server/adapters/node-http";

/**
 * Sends the most frequent API requests straight to the route files of `app/api`. Next's router costs
 * more than the work behind them (`docs/decisions/008-router-bypass.md`). Without this file everything
 * still works, through Next.
 */

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const accountPath = /^\/api\/trpc\/account\/[^/]+$/;
const exchangePath = "/api/v1/element-sessions/token";
const tenantPath = /^\/api\/trpc\/([^/]+)\/([^/]+)\/[^/]+$/;

export function bypassesNext(request: IncomingMessage): boolean {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === exchangePath) return request.method === "POST";
  const isCall = request.method === "GET" || request.method === "POST";
  return isCall && (accountPath.test(path) || tenantPath.test(path));
}

/** Loads the route files from source; Next has its own bundle of them. */
export async function loadBypassHandler(): Promise<RequestHandler> {
  // Outside Next `server-only` throws. This is a server, so there is nothing to guard.
  const emptyModule = new URL("../../node_modules/server-only/empty.js", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "server-only"
        ? { url: emptyModule, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
  });
  const account = await import("../../app/api/trpc/account/[trpc]/route");
  const portal = await import("../../app/api/trpc/[tenant]/[environment]/[trpc]/route");
  const tokens = await import("../../app/api/v1/element-sessions/token/route");

  return async (incoming, response) => {
    // From the headers as `normalizeHeaders` left them, not as the caller sent them.
    const request = incomingMessageToRequest(incoming, response, { maxBodySize: null });
    const { pathname } = new URL(request.url);
    const method = request.method === "GET" ? "GET" : "POST";
    const [, tenant = "", environment = ""] = tenantPath.exec(pathname) ?? [];
    const routeResponse =
      pathname === exchangePath
        ? await tokens.POST(request)
        : accountPath.test(pathname)
          ? await account[method](request)
          : await portal[method](request, { params: Promise.resolve({ tenant, environment }) });
    const body = Buffer.from(await routeResponse.arrayBuffer());
    if (response.destroyed) return;
    response.writeHead(routeResponse.status, {
      ...Object.fromEntries(routeResponse.headers),
      "content-length": body.length,
    });
    response.end(body);
  };
}
