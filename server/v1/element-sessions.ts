import "server-only";
import { ElementRefusedError, NotFoundError, RateLimitedError } from "../errors";
import { logFailure } from "../http/errors";
import { readRequest } from "../http/request-context";
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
import { isPlacementOrigin } from "../tenancy/placement";
import { handleApiRequest, parseBody, parsePart } from "./handle-request";
import { ProblemError, problemResponse } from "./problems";

/**
 * Element sessions. Partners' servers create them with an API key; pages exchange a secret for a token. A
 * page sends no cookie and no key, only its `Origin`.
 */

export const createSession = (request: Request) =>
  handleApiRequest(request, "v1.elementSessions.create", "element_sessions.create", async (ctx) => {
    const body = await parseBody(request, createElementSessionBody);
    return { status: 201, body: await createElementSession(ctx, body) };
  });

// The longest that browsers cache a preflight response.
const preflightMaxAgeSeconds = "7200";

const isAllowedOrigin = async (origin: string | null): Promise<boolean> =>
  origin !== null && (origin === env().ELEMENTS_ORIGIN || (await isPlacementOrigin(origin)));

const corsHeaders = (origin: string) => ({ "access-control-allow-origin": origin });

/** Any page can send a form without a preflight, so only JSON is accepted. @throws ElementRefusedError */
async function requireJson(request: Request, origin: string | null): Promise<void> {
  const type = request.headers.get("content-type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  if (!(await isAllowedOrigin(origin))) throw new ElementRefusedError("origin-refused");
}

/** @throws ElementRefusedError for a missing body or secret */
async function parseSecret(request: Request): Promise<string> {
  if (!request.body) throw new ElementRefusedError("session-refused");
  const body = await parseBody(request, exchangeSecretBody.partial());
  if (!body.secret) throw new ElementRefusedError("session-refused");
  return body.secret;
}

/** Exchanges a secret for a token. Pages of allowed origins can read errors too; others read nothing. */
export async function exchangeSecret(request: Request): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  const origin = request.headers.get("origin");
  try {
    await requireJson(request, origin);
    const secret = await parseSecret(request);
    const grant: ElementGrant = await exchangeElementSecret({ secret, origin, requestId });
    return Response.json(grant, {
      headers: { "cache-control": "no-store", vary: "Origin", ...corsHeaders(origin ?? "") },
    });
  } catch (error) {
    logFailure(error, "v1.elementSessions.token", requestId);
    const response = problemResponse(error, requestId);
    response.headers.set("vary", "Origin");
    const isOriginRefused = error instanceof ElementRefusedError && error.code === "origin-refused";
    if (origin && !isOriginRefused && (await isAllowedOrigin(origin).catch(() => false))) {
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", "Retry-After");
    }
    return response;
  }
}

/** The preflight request of `exchangeSecret`. */
export async function exchangeOptionsResponse(request: Request): Promise<Response> {
  const origin = request.headers.get("origin");
  try {
    return preflightResponse(origin, origin !== null && (await isAllowedOrigin(origin)));
  } catch (error) {
    const { requestId } = readRequest(request.headers);
    logFailure(error, "v1.elementSessions.token", requestId);
    return problemResponse(error, requestId);
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
 * Receives an error report from the loader. 204 for unknown placements too, and for reports that are too
 * many to count, so it reveals nothing.
 */
export async function receiveReport(request: Request): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  const headers = { "cache-control": "no-store" };
  try {
    const report = parsePart("body", elementReport, parseReport(await request.text()));
    await recordElementReport(report, requestId);
    return new Response(null, { status: 204, headers });
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof RateLimitedError) {
      return new Response(null, { status: 204, headers });
    }
    logFailure(error, "v1.elementReports", requestId);
    return problemResponse(error, requestId);
  }
}

function parseReport(text: string): unknown {
  if (text.length > maxReportBytes) {
    throw new ProblemError("content-too-large", "A report can have at most 400 characters.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError("malformed-json", "The body could not be parsed as JSON.");
  }
}

/** The portal's clock, for the embed checker. */
export const getServerTime = () =>
  Response.json(
    { now: new Date().toISOString() },
    { headers: { "cache-control": "no-store", "access-control-allow-origin": "*" } },
  );
