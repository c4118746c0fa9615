import "server-only";
import type { TRPCError } from "@trpc/server";
import { type z, ZodError } from "zod";
import {
  ChangeRefusedError,
  ElementRefusedError,
  InvalidInputError,
  OperationReusedError,
  RateLimitedError,
} from "../errors";
import type { Problem } from "../schemas/api-v1";
import { passingRefusals } from "../services/links/make";
import { factsOf, toTrpcError } from "../trpc/errors";
import { type ProblemName, problems, problemType } from "./problem-types";

/** A request that is refused before any service sees it, or after one said no in its answer. */
export class ProblemError extends Error {
  override name = "ProblemError";

  constructor(
    readonly problem: ProblemName,
    readonly detail: string,
    readonly more: Partial<Problem> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(problem);
  }
}

/** Where the part of a request stands that a schema looked at. */
export type Part = "body" | "query" | "header";

/** A part of a request that its schema refused. */
export class InvalidPartError extends Error {
  override name = "InvalidPartError";

  constructor(
    readonly part: Part,
    readonly reason: ZodError,
  ) {
    super(part);
  }
}

type FieldProblem = NonNullable<Problem["errors"]>[number];

const pointerTo = (path: readonly PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function place(part: Part, path: readonly PropertyKey[]): Omit<FieldProblem, "detail"> {
  return part === "body" ? { pointer: pointerTo(path) } : { parameter: path.map(String).join(".") };
}

/** Our own sentence for a refused value, where its schema has none. */
function sentenceOf({ message, path }: z.core.$ZodIssue): string {
  if (!message.startsWith("Invalid")) return message;
  return path.length === 0 ? "The body must be a JSON object." : "This is not a valid value.";
}

/** Each unknown field is a problem of its own; their names are the caller's own, cut short. */
function fieldProblems(part: Part, error: ZodError): FieldProblem[] {
  return error.issues
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({
            ...place(part, [...issue.path, key.slice(0, 80)]),
            detail: "There is no such field.",
          }))
        : [{ ...place(part, issue.path), detail: sentenceOf(issue) }],
    )
    .slice(0, 50);
}

const names: Partial<Record<TRPCError["code"], ProblemName>> = {
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
const details: Partial<Record<ProblemName, string>> = {
  unauthenticated: "Send a portal API key: Authorization: Bearer hpp_…",
  forbidden: "This API key does not have the permission.",
  "too-many-requests": "Too many requests with this API key. Wait as long as Retry-After says.",
  "invalid-request": "Some fields need another look.",
};

/** What a thrown error is as a problem, by the portal's one error mapper. */
function describe(error: unknown, mapped: TRPCError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidPartError) {
    return new ProblemError("invalid-request", "Some fields need another look.", {
      errors: fieldProblems(error.part, error.reason),
    });
  }
  if (error instanceof ZodError) {
    return new ProblemError("invalid-request", "Some fields need another look.", {
      errors: fieldProblems("body", error),
    });
  }
  if (error instanceof OperationReusedError) {
    return new ProblemError(
      "idempotency-key-reused",
      "This Idempotency-Key was sent before with another body. Nothing was done.",
    );
  }
  if (error instanceof ChangeRefusedError) {
    const { heroCode, message } = error;
    const mayTryAgain = passingRefusals.includes(heroCode);
    return new ProblemError("change-refused", message, { heroCode, mayTryAgain });
  }
  if (error instanceof ElementRefusedError) return new ProblemError(error.reason, error.message);
  const name = names[mapped.code] ?? "internal-error";
  const detail = details[name] ?? mapped.message;
  if (error instanceof InvalidInputError) {
    return new ProblemError(name, detail, {
      errors: [{ pointer: `/${error.field}`, detail: error.message }],
    });
  }
  const heroCode = factsOf(mapped).hero?.code;
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
export function answerProblem(
  error: unknown,
  requestId: string,
): { response: Response; mapped: TRPCError } {
  const mapped = toTrpcError(error);
  const { problem: name, detail, more, headers } = describe(error, mapped);
  const { status, title } = problems[name];
  const body: Problem = {
    type: problemType(name),
    title,
    status,
    detail,
    ...(status >= 500 && { instance: requestId }),
    ...more,
  };
  const response = new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...headers,
    },
  });
  return { response, mapped };
}
