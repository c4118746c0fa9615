import "server-only";
import type { TRPCError } from "@trpc/server";
import { type z, ZodError } from "zod";
import {
  ChangeRefusedError,
  ElementRefusedError,
  InvalidInputError,
  OperationIdReusedError,
  RateLimitedError,
} from "../errors";
import type { Problem } from "../schemas/api-v1";
import { transientErrorCodes } from "../services/links/create-once";
import { errorDetailsOf, toTrpcError } from "../trpc/errors";
import { type ProblemName, problems, problemTypeUrl } from "./problem-types";

/** A request that is refused before any service sees it, or after one said no in its answer. */
export class ProblemError extends Error {
  override name = "ProblemError";

  constructor(
    readonly problem: ProblemName,
    readonly detail: string,
    readonly extensions: Partial<Problem> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(problem);
  }
}

/** Where the part of a request stands that a schema looked at. */
export type RequestPart = "body" | "query" | "header";

/** A part of a request that its schema refused. */
export class InvalidRequestPartError extends Error {
  override name = "InvalidPartError";

  constructor(
    readonly part: RequestPart,
    readonly zodError: ZodError,
  ) {
    super(part);
  }
}

type FieldProblem = NonNullable<Problem["errors"]>[number];

const jsonPointer = (path: readonly PropertyKey[]) =>
  path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function fieldLocation(
  part: RequestPart,
  path: readonly PropertyKey[],
): Omit<FieldProblem, "detail"> {
  return part === "body"
    ? { pointer: jsonPointer(path) }
    : { parameter: path.map(String).join(".") };
}

/** Our own sentence for a refused value, where its schema has none. */
function fieldMessage({ message, path }: z.core.$ZodIssue): string {
  if (!message.startsWith("Invalid")) return message;
  return path.length === 0 ? "The body must be a JSON object." : "This is not a valid value.";
}

/** Each unknown field is a problem of its own; their names are the caller's own, cut short. */
function fieldProblems(part: RequestPart, error: ZodError): FieldProblem[] {
  return error.issues
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({
            ...fieldLocation(part, [...issue.path, key.slice(0, 80)]),
            detail: "There is no such field.",
          }))
        : [{ ...fieldLocation(part, issue.path), detail: fieldMessage(issue) }],
    )
    .slice(0, 50);
}

const problemNames: Partial<Record<TRPCError["code"], ProblemName>> = {
  UNAUTHORIZED: "unauthenticated",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not-found",
  CONFLICT: "conflict",
  BAD_REQUEST: "invalid-request",
  TOO_MANY_REQUESTS: "too-many-requests",
  BAD_GATEWAY: "hero-failed",
  GATEWAY_TIMEOUT: "hero-timed-out",
  SERVICE_UNAVAILABLE: "unavailable",
};

// The words of these errors are for people at a screen.
const problemDetails: Partial<Record<ProblemName, string>> = {
  unauthenticated: "Send a portal API key: Authorization: Bearer hpp_…",
  forbidden: "This API key does not have the permission.",
  "too-many-requests": "Too many requests with this API key. Wait as long as Retry-After says.",
  "invalid-request": "Some fields need another look.",
};

/** What a thrown error is as a problem, by the portal's one error mapper. */
function toProblemError(error: unknown, mapped: TRPCError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidRequestPartError) {
    return new ProblemError("invalid-request", "Some fields need another look.", {
      errors: fieldProblems(error.part, error.zodError),
    });
  }
  if (error instanceof ZodError) {
    return new ProblemError("invalid-request", "Some fields need another look.", {
      errors: fieldProblems("body", error),
    });
  }
  if (error instanceof OperationIdReusedError) {
    return new ProblemError(
      "idempotency-key-reused",
      "This Idempotency-Key was sent before with another body. Nothing was done.",
    );
  }
  if (error instanceof ChangeRefusedError) {
    const { heroCode, message } = error;
    const isRetryable = transientErrorCodes.includes(heroCode);
    return new ProblemError("change-refused", message, { heroCode, isRetryable });
  }
  if (error instanceof ElementRefusedError) return new ProblemError(error.reason, error.message);
  const name = problemNames[mapped.code] ?? "internal-error";
  const detail = problemDetails[name] ?? mapped.message;
  if (error instanceof InvalidInputError) {
    return new ProblemError(name, detail, {
      errors: [{ pointer: `/${error.field}`, detail: error.message }],
    });
  }
  const heroCode = errorDetailsOf(mapped).hero?.code;
  const headers: Record<string, string> =
    error instanceof RateLimitedError
      ? { "retry-after": String(error.retryAfterSeconds) }
      : name === "unauthenticated"
        ? { "www-authenticate": 'Bearer realm="portal"' }
        : {};
  return new ProblemError(name, detail, heroCode ? { heroCode } : {}, headers);
}

/**
 * The answer to an error (RFC 9457). Faults of ours carry the request id; a refusal reads the same for
 * everybody, so that somebody else's link cannot be told from one that does not exist.
 */
export function problemResponse(
  error: unknown,
  requestId: string,
): { response: Response; mappedError: TRPCError } {
  const mappedError = toTrpcError(error);
  const { problem: name, detail, extensions, headers } = toProblemError(error, mappedError);
  const { status, title } = problems[name];
  const body: Problem = {
    type: problemTypeUrl(name),
    title,
    status,
    detail,
    ...(status >= 500 && { instance: requestId }),
    ...extensions,
  };
  const response = new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...headers,
    },
  });
  return { response, mappedError };
}
