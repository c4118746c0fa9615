import "server-only";
import { z } from "zod";
import { NotFoundError } from "../errors";
import { countTry } from "../services/limits";
import { actorId, openApiContext, type TenantContext } from "../tenancy/context";
import { readRequest } from "../trpc/context";
import { logFailure } from "../trpc/errors";
import { isProblemName, problems, problemType } from "./problem-types";
import { answerProblem, InvalidPartError, type Part, ProblemError } from "./problems";

export type ApiAnswer = { status: number; body: unknown; headers?: Record<string, string> };

const bearer = /^Bearer +([^\s,]+)$/i;

/** Far more than any body of ours holds; the server in front has a limit of its own. */
const largestBodyBytes = 64 * 1024;

/**
 * Answers one request of a partner's server: its key says who and where, its share of the minute is
 * counted, and whatever goes wrong is a problem (RFC 9457). Cookies and other headers mean nothing here.
 */
export async function answerApi(
  request: Request,
  operation: string,
  work: (ctx: TenantContext) => Promise<ApiAnswer>,
): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  try {
    const key = bearer.exec(request.headers.get("authorization") ?? "")?.[1];
    const ctx = await openApiContext(key, requestId);
    await countTry("api-key", actorId(ctx));
    const { status, body, headers } = await work(ctx);
    return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
  } catch (error) {
    const { response, mapped } = answerProblem(error, requestId);
    if (response.status >= 500) logFailure(mapped, operation, requestId);
    return response;
  }
}

/** A part of the request as its schema reads it. @throws InvalidPartError */
export function readPart<Output>(part: Part, schema: z.ZodType<Output>, value: unknown): Output {
  const read = schema.safeParse(value);
  if (!read.success) throw new InvalidPartError(part, read.error);
  return read.data;
}

/** The body, as its schema reads it. @throws ProblemError, InvalidPartError */
export async function readBody<Output>(
  request: Request,
  schema: z.ZodType<Output>,
): Promise<Output> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ProblemError("unsupported-media-type", "Send the body as application/json.");
  }
  return readPart("body", schema, parseJson(await request.arrayBuffer()));
}

function parseJson(bytes: ArrayBuffer): unknown {
  if (bytes.byteLength > largestBodyBytes) {
    throw new ProblemError("content-too-large", "The body may have at most 64 KiB.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError("malformed-json", "The body could not be read as JSON.");
  }
}

/** The query as an object; a field given twice is refused. @throws InvalidPartError */
export function readQuery<Output>(request: Request, schema: z.ZodType<Output>): Output {
  const { searchParams } = new URL(request.url);
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    const [value = "", ...more] = searchParams.getAll(name);
    Object.defineProperty(fields, name, {
      value: more.length > 0 ? [value, ...more] : value,
      enumerable: true,
    });
  }
  return readPart("query", schema, fields);
}

/** What an address answers to a method it does not take. */
export const refuseMethod = (allowed: string) => (request: Request) =>
  answerProblem(
    new ProblemError(
      "method-not-allowed",
      `This address takes ${allowed}.`,
      {},
      { allow: allowed },
    ),
    readRequest(request.headers).requestId,
  ).response;

/** What an address answers to the question for its methods; Next would name the refused ones as well. */
export const answerOptions = (allowed: string) => () =>
  new Response(null, { status: 204, headers: { allow: allowed, "cache-control": "no-store" } });

/** What stands at no address answers, whatever is asked and whoever asks. */
export const answerNoAddress = (request: Request) =>
  answerProblem(new NotFoundError(), readRequest(request.headers).requestId).response;

/** What a kind of problem means, for whoever follows its `type`. */
export function answerProblemType(request: Request, name: string): Response {
  if (!isProblemName(name)) return answerNoAddress(request);
  return Response.json(
    { type: problemType(name), ...problems[name] },
    { headers: { "cache-control": "public, max-age=300" } },
  );
}
