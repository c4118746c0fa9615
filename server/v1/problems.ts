import "server-only";
import { DomainError, type ErrorCode, type FieldError, ForbiddenError } from "../errors";
import { errorTable } from "../http/error-table";
import { toFailure } from "../http/errors";
import type { Problem } from "../schemas/api-v1";
import { transientErrorCodes } from "../services/links/reserve";
import { problemTypes, problemTypeUrl } from "./problem-types";

/** An error of the HTTP request itself, or one that adds members or headers to the response. */
export class ProblemError extends DomainError {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly members: Partial<Problem> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/**
 * Whether the same request may succeed later, by the code of Hero's error. A key that Hero does not accept
 * must be replaced first.
 */
export const isRetryable = (heroCode: string | null) =>
  heroCode !== null && heroCode !== "unauthorised" && transientErrorCodes.includes(heroCode);

const maxFieldProblems = 50;

const jsonPointer = (path: readonly string[]) =>
  path.map((segment) => `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const toFieldProblem = ({ part, path, message }: FieldError) =>
  part === "body"
    ? { pointer: jsonPointer(path), detail: message }
    : { parameter: path.join("."), detail: message };

// The messages of these errors are written for people who are signed in to the portal.
const apiMessages: Partial<Record<ErrorCode, string>> = {
  "invalid-request": "Some fields are not valid.",
  unauthenticated: "Send a portal API key: Authorization: Bearer hpp_…",
  forbidden: "This API key does not have the required permission.",
  "idempotency-key-reused":
    "This Idempotency-Key was already used with a different body. Nothing was done.",
  "too-many-requests": "Too many requests. Wait for the number of seconds in Retry-After.",
};

const detailOf = (error: unknown) =>
  error instanceof ForbiddenError && error.permission
    ? `This API key does not have the permission ${error.permission}.`
    : undefined;

/**
 * The response to an error (RFC 9457). Our own faults include the request ID. Everything else is the same
 * for every caller, so that another tenant's link looks like one that does not exist.
 */
export function problemResponse(error: unknown, requestId: string): Response {
  const { code, message, details } = toFailure(error);
  const { fields, hero, retryAfterSeconds } = details;
  const { status } = errorTable[code];
  const { members, headers } =
    error instanceof ProblemError ? error : { members: undefined, headers: undefined };
  const body: Problem = {
    type: problemTypeUrl(code),
    title: problemTypes[code].title,
    status,
    detail: detailOf(error) ?? apiMessages[code] ?? message,
    ...(status >= 500 && { instance: requestId }),
    ...(error instanceof ForbiddenError &&
      error.permission && { requiredPermission: error.permission }),
    ...(fields && { errors: fields.slice(0, maxFieldProblems).map(toFieldProblem) }),
    ...(hero && { heroCode: hero.code }),
    ...(hero && code === "change-refused" && { isRetryable: isRetryable(hero.code) }),
    ...members,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(code === "unauthenticated" && { "www-authenticate": 'Bearer realm="portal"' }),
      ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
      ...headers,
    },
  });
}
