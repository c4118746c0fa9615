import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { incomingMessageToRequest } from "@trpc/server/adapters/node-http";
import { allowServerOnly } from "./allow-server-only";

/**
 * Sends the most frequent API requests straight to the route files of `app/api`. Next's router costs
 * more than the work behind them (`docs/decisions/008-router-bypass.md`). Without this file everything
 * still works, through Next.
 */

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The paths and methods that bypass Next; `loadRoutes` has a route file for each. */
const bypassed = {
  account: { path: /^\/api\/trpc\/account\/[^/]+$/, methods: ["GET", "POST"] },
  portal: { path: /^\/api\/trpc\/([^/]+)\/([^/]+)\/([^/]+)$/, methods: ["GET", "POST"] },
  links: { path: /^\/api\/v1\/links$/, methods: ["GET", "POST"] },
  link: { path: /^\/api\/v1\/links\/([A-Za-z0-9-]+)$/, methods: ["GET", "PATCH"] },
  events: { path: /^\/api\/v1\/events$/, methods: ["GET"] },
  sessions: { path: /^\/api\/v1\/element-sessions$/, methods: ["POST"] },
  tokens: { path: /^\/api\/v1\/element-sessions\/token$/, methods: ["POST"] },
};

type RouteName = keyof typeof bypassed;

const routeNames = Object.keys(bypassed) as RouteName[];

function findRoute({ url = "", method = "" }: IncomingMessage) {
  const [path = ""] = url.split("?", 1);
  // The account's path has the shape of a portal path too, and comes first.
  const name = routeNames.find((candidate) => bypassed[candidate].path.test(path));
  if (!name || !bypassed[name].methods.includes(method)) return undefined;
  return { name, method, segments: bypassed[name].path.exec(path)?.slice(1) ?? [] };
}

export const bypassesNext = (request: IncomingMessage): boolean => findRoute(request) !== undefined;

type RouteHandler = (request: Request, segments: string[]) => Promise<Response>;

async function loadRoutes(): Promise<Record<RouteName, Partial<Record<string, RouteHandler>>>> {
  const account = await import("../../app/api/trpc/account/[trpc]/route");
  const portal = await import("../../app/api/trpc/[tenant]/[environment]/[trpc]/route");
  const links = await import("../../app/api/v1/links/route");
  const link = await import("../../app/api/v1/links/[linkId]/route");
  const events = await import("../../app/api/v1/events/route");
  const sessions = await import("../../app/api/v1/element-sessions/route");
  const tokens = await import("../../app/api/v1/element-sessions/token/route");
  const scopeOf = ([tenant = "", environment = "", trpc = ""]: string[]) => ({
    params: Promise.resolve({ tenant, environment, trpc }),
  });
  const linkOf = ([linkId = ""]: string[]) => ({ params: Promise.resolve({ linkId }) });
  return {
    account: { GET: account.GET, POST: account.POST },
    portal: {
      GET: (request, segments) => portal.GET(request, scopeOf(segments)),
      POST: (request, segments) => portal.POST(request, scopeOf(segments)),
    },
    links: { GET: links.GET, POST: links.POST },
    link: {
      GET: (request, segments) => link.GET(request, linkOf(segments)),
      PATCH: (request, segments) => link.PATCH(request, linkOf(segments)),
    },
    events: { GET: events.GET },
    sessions: { POST: sessions.POST },
    tokens: { POST: tokens.POST },
  };
}

/** Sends events as they come, and no faster than the caller reads them. */
async function sendStream(stream: Response, response: ServerResponse): Promise<void> {
  response.writeHead(stream.status, Object.fromEntries(stream.headers));
  if (!stream.body) return void response.end();
  // Whoever goes away ends the stream.
  await pipeline(stream.body, response).catch(() => undefined);
}

/** Loads the route files from source; Next has its own bundle of them. */
export async function loadBypassHandler(): Promise<RequestHandler> {
  allowServerOnly();
  const routes = await loadRoutes();

  return async (incoming, response) => {
    const route = findRoute(incoming);
    const handle = route && routes[route.name][route.method];
    if (!handle) throw new Error(`No route file for ${incoming.method} ${incoming.url}.`);
    // From the headers as `normalizeHeaders` left them, not as the caller sent them.
    const request = incomingMessageToRequest(incoming, response, { maxBodySize: null });
    const routeResponse = await handle(request, route.segments);
    if (routeResponse.headers.get("content-type")?.startsWith("text/event-stream")) {
      await sendStream(routeResponse, response);
      return;
    }
    // Every other response is text, which Node sends with the headers in one write.
    const body = await routeResponse.text();
    if (response.destroyed) return;
    response.writeHead(routeResponse.status, {
      ...Object.fromEntries(routeResponse.headers),
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  };
}

/** Ends the streams of changes, which would otherwise hold up a shutdown. */
export async function closeStreams(): Promise<void> {
  const { stopLiveStreams } = await import("../../server/services/live/hub");
  await stopLiveStreams();
}
