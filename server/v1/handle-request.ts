import "server-only";
import { z } from "zod";
import { InvalidRequestError, NotFoundError, type RequestPart } from "../errors";
import { errorTable } from "../http/error-table";
import { logFailure } from "../http/errors";
import { readRequest } from "../http/request-context";
import type { Permission } from "../schemas/permissions";
import { consumeRateLimit } from "../services/rate-limits";
import { authenticateApiKey } from "../tenancy/api-key";
import { actorId, type TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";
import { isProblemName, problemTypes, problemTypeUrl } from "./problem-types";
import { ProblemError, problemResponse } from "./problems";

export type ApiResponse = { status: number; body: unknown; headers?: Record<string, string> };

const bearer = /^Bearer +([^\s,]+)$/i;

/** Much more than any request needs. `scripts/serve.ts` has a limit of its own. */
const maxBodyBytes = 64 * 1024;

/**
 * Handles a request from a partner's server. The API key gives the tenant and environment; cookies are
 * ignored. Every error is a problem (RFC 9457).
 */
export async function handleApiRequest(
  request: Request,
  operation: string,
  permission: Permission,
  handle: (ctx: TenantContext) => Promise<ApiResponse>,
): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  try {
    const key = bearer.exec(request.headers.get("authorization") ?? "")?.[1];
    const ctx = await authenticateApiKey(key, requestId);
    await consumeRateLimit("api-key", actorId(ctx));
    // Before the body is read: what is wrong with it is of no use to a key without the permission.
    requirePermission(ctx, permission);
    const { status, body, headers } = await handle(ctx);
    return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
  } catch (error) {
    logFailure(error, operation, requestId);
    return problemResponse(error, requestId);
  }
}

/** @throws InvalidRequestError */
export function parsePart<Output>(
  part: RequestPart,
  schema: z.ZodType<Output>,
  value: unknown,
): Output {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidRequestError(parsed.error, part);
  return parsed.data;
}

/** @throws ProblemError, InvalidRequestError */
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
    throw new ProblemError("content-too-large", "A body can be at most 64 KiB.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError("malformed-json", "The body could not be parsed as JSON.");
  }
}

/** A parameter sent twice becomes a list, which no schema accepts. @throws InvalidRequestError */
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

/** For the methods that an address does not have. */
export const methodNotAllowed = (allowed: string) => (request: Request) =>
  problemResponse(
    new ProblemError("method-not-allowed", `Allowed methods: ${allowed}.`, {}, { allow: allowed }),
    readRequest(request.headers).requestId,
  );

/** For OPTIONS. Without it, Next would also list the methods that are not allowed. */
export const optionsResponse = (allowed: string) => () =>
  new Response(null, { status: 204, headers: { allow: allowed, "cache-control": "no-store" } });

/** For addresses that do not exist. */
export const notFoundResponse = (request: Request) =>
  problemResponse(new NotFoundError(), readRequest(request.headers).requestId);

/** Describes a problem type, for those who open its address. */
export function problemTypeResponse(request: Request, name: string): Response {
  if (!isProblemName(name)) return notFoundResponse(request);
  return Response.json(
    { type: problemTypeUrl(name), status: errorTable[name].status, ...problemTypes[name] },
    { headers: { "cache-control": "public, max-age=300" } },
  );
}
