import "server-only";
import type { TRPCError } from "@trpc/server";
import { type z, ZodError } from "zod";
import { env } from "../env";
import { InvalidInputError, OperationReusedError, RateLimitedError } from "../errors";
import type { Problem } from "../schemas/api-v1";
import { factsOf, toTrpcError } from "../trpc/errors";

/** Every kind of problem that `/api/v1` answers with, by the last part of its type's address. */
export const problems = {
  "invalid-request": {
    status: 400,
    title: "The request is not valid",
    meaning:
      "A field, a query field or a header is missing, unknown or wrong; `errors` names each.",
  },
  "malformed-json": {
    status: 400,
    title: "The body is not JSON",
    meaning: "The body could not be read as JSON in UTF-8.",
  },
  unauthenticated: {
    status: 401,
    title: "No valid API key",
    meaning: "The request has no portal API key, or one that is unknown or revoked.",
  },
  forbidden: {
    status: 403,
    title: "The API key may not do this",
    meaning: "The key lacks the permission. Make one that has it.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    meaning:
      "There is no such link or practice in the key's organisation and environment. Nothing was sent to Hero.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    meaning: "The address does not take this method; `Allow` names those it takes.",
  },
  conflict: {
    status: 409,
    title: "It cannot be done as things stand",
    meaning: "The link is closed, was never made, or cannot be changed at Hero.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The body must be JSON",
    meaning: "Send `content-type: application/json`.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "The Idempotency-Key stands for another request",
    meaning: "The key was sent before with another body, and its link was asked for then.",
  },
  "hero-refused": {
    status: 422,
    title: "Hero did not make the link",
    meaning:
      "Nothing was made. `heroCode` says why, `linkId` is the failed link. The same Idempotency-Key gives this answer again; where `mayTryAgain` is true, ask once more with another.",
  },
  "too-many-requests": {
    status: 429,
    title: "Too many requests",
    meaning:
      "The key has used up its share of the minute; `Retry-After` says how many seconds to wait.",
  },
  "internal-error": {
    status: 500,
    title: "Something went wrong on our side",
    meaning: "It has been logged under `instance`.",
  },
  "hero-failed": {
    status: 502,
    title: "Hero did not answer as it should",
    meaning:
      "`heroCode` says how. Of a link to make, nothing was asked for yet; whether a change was made is not known, so read the link before you ask again.",
  },
  unavailable: {
    status: 503,
    title: "The portal is not available just now",
    meaning: "Nothing was done. Try again in a moment.",
  },
  "hero-timed-out": {
    status: 504,
    title: "Hero did not answer in time",
    meaning:
      "`heroCode` says how. Of a link to make, nothing was asked for yet; whether a change was made is not known, so read the link before you ask again.",
  },
} as const satisfies Record<string, { status: number; title: string; meaning: string }>;

export type ProblemName = keyof typeof problems;

export const isProblemName = (name: string): name is ProblemName => Object.hasOwn(problems, name);

export const problemType = (name: ProblemName): string =>
  `${env().PUBLIC_URL.replace(/\/+$/, "")}/api/v1/problems/${name}`;

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
