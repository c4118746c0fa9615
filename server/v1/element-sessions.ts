import "server-only";
import { ElementRefusedError } from "../errors";
import {
  createElementSessionBody,
  type ElementGrant,
  exchangeBody,
} from "../schemas/element-sessions";
import { elementReport } from "../schemas/element-reports";
import { env } from "../env";
import { countElementReport } from "../services/element-reports";
import { createElementSession } from "../services/element-sessions/create";
import { exchangeElementSecret } from "../services/element-sessions/exchange";
import { isPlacementOrigin } from "../tenancy/context";
import { readRequest } from "../trpc/context";
import { logFailure } from "../trpc/errors";
import { answerApi, readBody, readPart } from "./answer";
import { answerProblem, ProblemError } from "./problems";

/**
 * Element sessions: made by partners' servers with their key, exchanged by pages with a secret and an
 * origin. A page's request carries no cookie and no key, and says in `Origin` where it stands.
 */

export const createSession = (request: Request) =>
  answerApi(request, "v1.elementSessions.create", async (ctx) => {
    const body = await readBody(request, createElementSessionBody);
    return { status: 201, body: await createElementSession(ctx, body) };
  });

// A browser keeps the answer to its question beforehand for two hours at most.
const preflightSeconds = "7200";

const isKnownOrigin = async (origin: string | null): Promise<boolean> =>
  origin !== null && (origin === env().ELEMENTS_ORIGIN || (await isPlacementOrigin(origin)));

const corsOf = (origin: string) => ({ "access-control-allow-origin": origin });

/** What is not JSON is what a form can send from anywhere. @throws ElementRefusedError */
async function refuseForms(request: Request, origin: string | null): Promise<void> {
  const type = request.headers.get("content-type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  if (!(await isKnownOrigin(origin))) throw new ElementRefusedError("origin-refused");
}

/** A body without a secret, or none at all, is a request without a session. */
async function readSecret(request: Request): Promise<string> {
  if (!request.body) throw new ElementRefusedError("session-refused");
  const body = await readBody(request, exchangeBody.partial());
  if (!body.secret) throw new ElementRefusedError("session-refused");
  return body.secret;
}

/**
 * Answers a page's request for a token. A page may read a refusal too, unless it is of its own origin:
 * then it is told nothing.
 */
export async function exchangeSecret(request: Request): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  const origin = request.headers.get("origin");
  try {
    await refuseForms(request, origin);
    const secret = await readSecret(request);
    const grant: ElementGrant = await exchangeElementSecret({ secret, origin, requestId });
    return Response.json(grant, {
      headers: { "cache-control": "no-store", vary: "Origin", ...corsOf(origin ?? "") },
    });
  } catch (error) {
    const { response, mapped } = answerProblem(error, requestId);
    if (response.status >= 500) logFailure(mapped, "v1.elementSessions.token", requestId);
    response.headers.set("vary", "Origin");
    const isOfOrigin = error instanceof ElementRefusedError && error.reason === "origin-refused";
    if (origin && !isOfOrigin && (await isKnownOrigin(origin).catch(() => false))) {
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", "Retry-After");
    }
    return response;
  }
}

/** What a browser asks before it sends the secret: may this origin speak here at all? */
export async function answerExchangeOptions(request: Request): Promise<Response> {
  const origin = request.headers.get("origin");
  try {
    return answerOrigin(origin, origin !== null && (await isKnownOrigin(origin)));
  } catch (error) {
    const { requestId } = readRequest(request.headers);
    const { response, mapped } = answerProblem(error, requestId);
    logFailure(mapped, "v1.elementSessions.token", requestId);
    return response;
  }
}

function answerOrigin(origin: string | null, isKnown: boolean): Response {
  const headers: Record<string, string> = {
    allow: "POST, OPTIONS",
    "cache-control": "no-store",
    vary: "Origin",
  };
  if (origin === null) return new Response(null, { status: 204, headers });
  if (!isKnown) return new Response(null, { status: 403, headers });
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      ...corsOf(origin),
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": preflightSeconds,
    },
  });
}

const longestReportBytes = 400;

/**
 * Takes a loader's report, a beacon without an answer that anybody reads. 204 whatever it says of a
 * placement that nobody has: reports tell a stranger nothing.
 */
export async function takeReport(request: Request): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  const headers = { "cache-control": "no-store" };
  try {
    const report = readPart("body", elementReport, parseReport(await request.text()));
    await countElementReport(report, requestId);
    return new Response(null, { status: 204, headers });
  } catch (error) {
    const { response, mapped } = answerProblem(error, requestId);
    if (response.status === 404) return new Response(null, { status: 204, headers });
    if (response.status >= 500) logFailure(mapped, "v1.elementReports", requestId);
    return response;
  }
}

function parseReport(text: string): unknown {
  if (text.length > longestReportBytes) {
    throw new ProblemError("content-too-large", "A report has at most 400 characters.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError("malformed-json", "The body could not be read as JSON.");
  }
}

/** The portal's clock, for a page that looks for faults of its own. */
export const tellTime = () =>
  Response.json(
    { now: new Date().toISOString() },
    { headers: { "cache-control": "no-store", "access-control-allow-origin": "*" } },
  );
