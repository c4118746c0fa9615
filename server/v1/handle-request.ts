import "server-only";
import { z } from "zod";
import { NotFoundError } from "../errors";
import { consumeRateLimit } from "../services/rate-limits";
import { actorId, authenticateApiKey, type TenantContext } from "../tenancy/context";
import { createRequestContext } from "../trpc/context";
import { logFailure } from "../trpc/errors";
import { isProblemName, problems, problemTypeUrl } from "./problem-types";
import {
  problemResponse,
  InvalidRequestPartError,
  type RequestPart,
  ProblemError,
} from "./problems";

export type ApiResponse = { status: number; body: unknown; headers?: Record<string, string> };

const bearer = /^Bearer +([^\s,]+)$/i;

/** Far more than any body of ours holds; the server in front has a limit of its own. */
const maxBodyBytes = 64 * 1024;

/**
 * Answers one request of a partner's server: its key says who and where, its share of the minute is
 * counted, and whatever goes wrong is a problem (RFC 9457). Cookies and other headers mean nothing here.
 */
export async function handleApiRequest(
  request: Request,
  operation: string,
  handle: (ctx: TenantContext) => Promise<ApiResponse>,
): Promise<Response> {
  const { requestId } = createRequestContext(request.headers);
  try {
    const key = bearer.exec(request.headers.get("authorization") ?? "")?.[1];
    const ctx = await authenticateApiKey(key, requestId);
    await consumeRateLimit("api-key", actorId(ctx));
    const { status, body, headers } = await handle(ctx);
    return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
  } catch (error) {
    const { response, mappedError } = problemResponse(error, requestId);
    if (response.status >= 500) logFailure(mappedError, operation, requestId);
    return response;
  }
}

/** A part of the request as its schema reads it. @throws InvalidPartError */
export function parsePart<Output>(
  part: RequestPart,
  schema: z.ZodType<Output>,
  value: unknown,
): Output {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidRequestPartError(part, parsed.error);
  return parsed.data;
}

/** The body, as its schema reads it. @throws ProblemError, InvalidPartError */
export async function parseBody<Output>(
  request: Request,
  schema: z.ZodType<Output>,
): Promise<Output> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ProblemError("unsupported-media-type", "Send the body as application/json.");
  }
  return parsePart("body", schema, parseJson(await request.arrayBuffer()));
}

function parseJson(bytes: ArrayBuffer): unknown {
  if (bytes.byteLength > maxBodyBytes) {
    throw new ProblemError("content-too-large", "The body may have at most 64 KiB.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError("malformed-json", "The body could not be read as JSON.");
  }
}

/** The query as an object; a field given twice is refused. @throws InvalidPartError */
export function parseQuery<Output>(request: Request, schema: z.ZodType<Output>): Output {
  const { searchParams } = new URL(request.url);
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    const [value = "", ...others] = searchParams.getAll(name);
    Object.defineProperty(fields, name, {
      value: others.length > 0 ? [value, ...others] : value,
      enumerable: true,
    });
  }
  return parsePart("query", schema, fields);
}

/** What an address answers to a method it does not take. */
export const methodNotAllowed = (allowed: string) => (request: Request) =>
  problemResponse(
    new ProblemError(
      "method-not-allowed",
      `This address takes ${allowed}.`,
      {},
      { allow: allowed },
    ),
    createRequestContext(request.headers).requestId,
  ).response;

/** What an address answers to the question for its methods; Next would name the refused ones as well. */
export const optionsResponse = (allowed: string) => () =>
  new Response(null, { status: 204, headers: { allow: allowed, "cache-control": "no-store" } });

/** What stands at no address answers, whatever is asked and whoever asks. */
export const notFoundResponse = (request: Request) =>
  problemResponse(new NotFoundError(), createRequestContext(request.headers).requestId).response;

/** What a kind of problem means, for whoever follows its `type`. */
export function problemTypeResponse(request: Request, name: string): Response {
  if (!isProblemName(name)) return notFoundResponse(request);
  return Response.json(
    { type: problemTypeUrl(name), ...problems[name] },
    { headers: { "cache-control": "public, max-age=300" } },
  );
}
