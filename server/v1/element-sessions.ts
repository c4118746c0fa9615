import "server-only";
import { ElementRefusedError } from "../errors";
import {
  createElementSessionBody,
  type ElementGrant,
  exchangeSecretBody,
} from "../schemas/element-sessions";
import { elementReport } from "../schemas/element-reports";
import { env } from "../env";
import { recordElementReport } from "../services/element-reports";
import { createElementSession } from "../services/element-sessions/create";
import { exchangeElementSecret } from "../services/element-sessions/exchange";
import { isPlacementOrigin } from "../tenancy/context";
import { createRequestContext } from "../trpc/context";
import { logFailure } from "../trpc/errors";
import { handleApiRequest, parseBody, parsePart } from "./handle-request";
import { problemResponse, ProblemError } from "./problems";

/**
 * Element sessions: made by partners' servers with their key, exchanged by pages with a secret and an
 * origin. A page's request carries no cookie and no key, and says in `Origin` where it stands.
 */

export const createSession = (request: Request) =>
  handleApiRequest(request, "v1.elementSessions.create", async (ctx) => {
    const body = await parseBody(request, createElementSessionBody);
    return { status: 201, body: await createElementSession(ctx, body) };
  });

// A browser keeps the answer to its question beforehand for two hours at most.
const preflightMaxAgeSeconds = "7200";

const isAllowedOrigin = async (origin: string | null): Promise<boolean> =>
  origin !== null && (origin === env().ELEMENTS_ORIGIN || (await isPlacementOrigin(origin)));

const corsHeaders = (origin: string) => ({ "access-control-allow-origin": origin });

/** What is not JSON is what a form can send from anywhere. @throws ElementRefusedError */
async function requireJson(request: Request, origin: string | null): Promise<void> {
  const type = request.headers.get("content-type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  if (!(await isAllowedOrigin(origin))) throw new ElementRefusedError("origin-refused");
}

/** A body without a secret, or none at all, is a request without a session. */
async function parseSecret(request: Request): Promise<string> {
  if (!request.body) throw new ElementRefusedError("session-refused");
  const body = await parseBody(request, exchangeSecretBody.partial());
  if (!body.secret) throw new ElementRefusedError("session-refused");
  return body.secret;
}

/**
 * Answers a page's request for a token. A page may read a refusal too, unless it is of its own origin:
 * then it is told nothing.
 */
export async function exchangeSecret(request: Request): Promise<Response> {
  const { requestId } = createRequestContext(request.headers);
  const origin = request.headers.get("origin");
  try {
    await requireJson(request, origin);
    const secret = await parseSecret(request);
    const grant: ElementGrant = await exchangeElementSecret({ secret, origin, requestId });
    return Response.json(grant, {
      headers: { "cache-control": "no-store", vary: "Origin", ...corsHeaders(origin ?? "") },
    });
  } catch (error) {
    const { response, mappedError } = problemResponse(error, requestId);
    if (response.status >= 500) logFailure(mappedError, "v1.elementSessions.token", requestId);
    response.headers.set("vary", "Origin");
    const isOriginRefused =
      error instanceof ElementRefusedError && error.reason === "origin-refused";
    if (origin && !isOriginRefused && (await isAllowedOrigin(origin).catch(() => false))) {
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", "Retry-After");
    }
    return response;
  }
}

/** What a browser asks before it sends the secret: may this origin speak here at all? */
export async function exchangeOptionsResponse(request: Request): Promise<Response> {
  const origin = request.headers.get("origin");
  try {
    return preflightResponse(origin, origin !== null && (await isAllowedOrigin(origin)));
  } catch (error) {
    const { requestId } = createRequestContext(request.headers);
    const { response, mappedError } = problemResponse(error, requestId);
    logFailure(mappedError, "v1.elementSessions.token", requestId);
    return response;
  }
}

function preflightResponse(origin: string | null, isAllowed: boolean): Response {
  const headers: Record<string, string> = {
    allow: "POST, OPTIONS",
    "cache-control": "no-store",
    vary: "Origin",
  };
  if (origin === null) return new Response(null, { status: 204, headers });
  if (!isAllowed) return new Response(null, { status: 403, headers });
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      ...corsHeaders(origin),
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": preflightMaxAgeSeconds,
    },
  });
}

const maxReportBytes = 400;

/**
 * Takes a loader's report, a beacon without an answer that anybody reads. 204 whatever it says of a
 * placement that nobody has: reports tell a stranger nothing.
 */
export async function receiveReport(request: Request): Promise<Response> {
  const { requestId } = createRequestContext(request.headers);
  const headers = { "cache-control": "no-store" };
  try {
    const report = parsePart("body", elementReport, parseReport(await request.text()));
    await recordElementReport(report, requestId);
    return new Response(null, { status: 204, headers });
  } catch (error) {
    const { response, mappedError } = problemResponse(error, requestId);
    if (response.status === 404) return new Response(null, { status: 204, headers });
    if (response.status >= 500) logFailure(mappedError, "v1.elementReports", requestId);
    return response;
  }
}

function parseReport(text: string): unknown {
  if (text.length > maxReportBytes) {
    throw new ProblemError("content-too-large", "A report has at most 400 characters.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError("malformed-json", "The body could not be read as JSON.");
  }
}

/** The portal's clock, for a page that looks for faults of its own. */
export const getServerTime = () =>
  Response.json(
    { now: new Date().toISOString() },
    { headers: { "cache-control": "no-store", "access-control-allow-origin": "*" } },
  );
