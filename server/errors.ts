import "server-only";

/**
 * The domain's ways of saying no. Services throw them; `server/trpc/errors.ts` is the one place that
 * turns them into replies. A message is a sentence for the person at the screen and holds no data of
 * others, no secret and nothing Hero wrote.
 */
export abstract class DomainError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Absent, or someone else's: the words are the same for both. */
export class NotFoundError extends DomainError {
  constructor(message = "Not found.") {
    super(message);
  }
}

/** Nobody is signed in, or the session has ended. */
export class UnauthenticatedError extends DomainError {
  constructor() {
    super("Sign in to continue.");
  }
}

/** A member without the permission; strangers get `NotFoundError` instead. */
export class ForbiddenError extends DomainError {
  constructor() {
    super("Your role does not allow this. Ask an owner or admin of your organisation.");
  }
}

/** The request cannot be done as things stand. */
export class ConflictError extends DomainError {}

/** An operation id that stands for another request already. */
export class OperationIdReusedError extends ConflictError {}

/** Hero certainly did not make a change; `heroCode` is the code of its `HeroError`. */
export class ChangeRefusedError extends ConflictError {
  constructor(
    readonly heroCode: string,
    message: string,
  ) {
    super(message);
  }
}

const elementRefusalMessages = {
  "session-refused":
    "This session is unknown, spent, expired or ended. Ask your server for another.",
  "origin-refused": "Pages of this origin are not on the placement's list.",
  "placement-off": "This placement is switched off.",
  "practice-refused": "The practice is not connected, or not on the placement's list.",
} as const;

/** Why a page gets no token for an element; nothing was asked of Hero. */
export class ElementRefusedError extends DomainError {
  constructor(readonly reason: keyof typeof elementRefusalMessages) {
    super(elementRefusalMessages[reason]);
  }
}

/** A value that passed the schema and is still wrong; `field` names the input it belongs to. */
export class InvalidInputError extends DomainError {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Too many tries. */
export class RateLimitedError extends DomainError {
  constructor(readonly retryAfterSeconds: number) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    super(
      `Too many tries. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`} and try again.`,
    );
  }
}
