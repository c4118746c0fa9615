import "server-only";
import type { ZodError } from "zod";

/** Every kind of error that a caller can receive. `server/http/error-table.ts` has a row for each. */
export type ErrorCode =
  | "invalid-request"
  | "malformed-json"
  | "cursor-expired"
  | "unauthenticated"
  | "forbidden"
  | "session-refused"
  | "origin-refused"
  | "placement-off"
  | "practice-refused"
  | "not-found"
  | "method-not-allowed"
  | "conflict"
  | "content-too-large"
  | "unsupported-media-type"
  | "idempotency-key-reused"
  | "hero-refused"
  | "change-refused"
  | "not-booked"
  | "too-many-requests"
  | "internal-error"
  | "hero-failed"
  | "hero-unavailable"
  | "unavailable"
  | "patient-not-checked"
  | "hero-timed-out";

/** The part of an HTTP request that holds the input. */
export type RequestPart = "body" | "query" | "header";

/** One invalid value: where it is in the input, and a sentence about it. */
export type FieldError = {
  readonly part: RequestPart;
  readonly path: readonly string[];
  readonly message: string;
};

/** What a caller may learn of an error besides its code and its sentence. */
export type ErrorDetails = {
  readonly fields?: readonly FieldError[];
  readonly hero?: { code: string; status: number | null; requestId: string | null };
  readonly retryAfterSeconds?: number;
};

/**
 * An expected error. Services throw these and `server/http/errors.ts` maps them to responses. The message
 * is shown to people, so it never contains secrets, other tenants' data or Hero's own words.
 */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  readonly details: ErrorDetails = {};

  override get name(): string {
    return this.constructor.name;
  }
}

/** Missing, or another tenant's: the message is the same for both. */
export class NotFoundError extends DomainError {
  readonly code = "not-found";

  constructor(message = "Not found.") {
    super(message);
  }
}

/** No live session and no valid API key. */
export class UnauthenticatedError extends DomainError {
  readonly code = "unauthenticated";

  constructor() {
    super("Sign in to continue.");
  }
}

/** A member without the permission. Non-members get `NotFoundError`. */
export class ForbiddenError extends DomainError {
  readonly code = "forbidden";

  constructor(readonly permission?: string) {
    super("You do not have permission to do this. Ask an owner or admin of your organisation.");
  }
}

/** The current state of a record does not allow the request. */
export class ConflictError extends DomainError {
  readonly code: ErrorCode = "conflict";
}

/** An operation ID that was already used for a different request. */
export class OperationIdReusedError extends ConflictError {
  override readonly code = "idempotency-key-reused";
}

/** Hero did not make a change. `heroCode` is the code of its `HeroError`. */
export class ChangeRefusedError extends ConflictError {
  override readonly code = "change-refused";
  override readonly details: ErrorDetails;

  constructor(heroCode: string, message: string) {
    super(message);
    this.details = { hero: { code: heroCode, status: null, requestId: null } };
  }
}

const elementRefusalMessages = {
  "session-refused":
    "This session has expired, ended or is not recognised. Request a new one from your server.",
  "origin-refused": "This origin is not allowed for the placement.",
  "placement-off": "This placement is turned off.",
  "practice-refused": "The practice is not connected, or is not allowed for the placement.",
} as const;

/** Why a page gets no token for an element. Nothing was sent to Hero. */
export class ElementRefusedError extends DomainError {
  constructor(readonly code: keyof typeof elementRefusalMessages) {
    super(elementRefusalMessages[code]);
  }
}

/** A value that is wrong for a reason its schema cannot know. `field` is its name in the input. */
export class InvalidInputError extends DomainError {
  readonly code = "invalid-request";
  override readonly details: ErrorDetails;

  constructor(
    readonly field: string,
    message: string,
    part: RequestPart = "body",
  ) {
    super(message);
    this.details = { fields: [{ part, path: field.split("."), message }] };
  }
}

/** A reader of events was away for so long that events it has not read may be deleted. */
export class CursorExpiredError extends DomainError {
  readonly code = "cursor-expired";
}

/** Hero did not say whether a patient may be contacted. Nothing was done, and nothing is kept. */
export class PatientNotCheckedError extends DomainError {
  readonly code = "patient-not-checked";
  override readonly details: ErrorDetails;

  /** @param cause why, as a sentence */
  constructor(cause: string, retryAfterSeconds: number) {
    super(`${cause} We could not check this patient. Nothing was done. Try again.`);
    this.details = { retryAfterSeconds };
  }
}

/** Input that its schema rejected. */
export class InvalidRequestError extends DomainError {
  readonly code = "invalid-request";
  override readonly details: ErrorDetails;

  constructor(error: ZodError, part: RequestPart = "body") {
    super("Some fields are not valid.");
    this.details = { fields: fieldErrorsOf(error, part) };
  }
}

/** Zod's own messages are not written for people; ours never start with "Invalid". */
function fieldErrorsOf({ issues }: ZodError, part: RequestPart): FieldError[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    // The names are the caller's own, so they are cut short.
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          part,
          path: [...path, key.slice(0, 80)],
          message: "This field is not recognised.",
        }))
      : [
          {
            part,
            path,
            message: issue.message.startsWith("Invalid") ? invalidValue(path) : issue.message,
          },
        ];
  });
}

const invalidValue = (path: readonly string[]) =>
  path.length === 0 ? "Send a JSON object." : "This value is not valid.";

/** Too many attempts within a rate limit's window. */
export class RateLimitedError extends DomainError {
  readonly code = "too-many-requests";
  override readonly details: ErrorDetails;

  /** @param what happened, as a sentence */
  constructor(
    readonly retryAfterSeconds: number,
    what = "Too many attempts.",
  ) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    super(`${what} Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`} and try again.`);
    this.details = { retryAfterSeconds };
  }
}

/** Look-ups of a person, key or file are paused. Nothing was sent to Hero. */
export class LookupsPausedError extends RateLimitedError {}

/** This process holds as many streams as it may, or is about to stop. */
export class NoStreamLeftError extends DomainError {
  readonly code = "unavailable";

  constructor() {
    super("Too many pages are open. This page checks for changes every few seconds instead.");
  }
}
