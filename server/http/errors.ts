import "server-only";
import { isDatabaseUnavailable } from "@/db/errors";
import { DomainError, type ErrorCode, type ErrorDetails } from "../errors";
import { HeroError, type HeroErrorCode } from "../hero/errors";
import { describeError, log } from "../log";

/** An error as a caller may see it. */
export type Failure = { code: ErrorCode; message: string; details: ErrorDetails };

const messages = {
  "internal-error": "Something went wrong on our side. It has been logged.",
  unavailable: "The portal cannot reach its database. Try again in a moment.",
};

/** Hero's errors that pass by themselves, with nothing done. */
const heroUnavailableCodes: readonly HeroErrorCode[] = ["busy", "rate_limited", "unreachable"];
const defaultRetryAfterMs = 10_000;

/**
 * The only place that decides what callers learn of an error. Domain errors and Hero's keep their message;
 * anything unexpected gets a fixed one, because its own may quote data.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof DomainError) {
    const { code, message, details } = error;
    return { code, message, details };
  }
  if (error instanceof HeroError) {
    const { status = null, upstreamRequestId: requestId = null, retryAfterMs } = error.details;
    const hero = { code: error.code, status, requestId };
    // A refused change that may have been made is not one with nothing done.
    const isOpenChange =
      error.operation === "updateBookingLink" && error.writeOutcome === "unknown";
    if (error.code === "disconnected") {
      return { code: "conflict", message: error.message, details: {} };
    }
    if (heroUnavailableCodes.includes(error.code) && !isOpenChange) {
      const retryAfterSeconds = Math.ceil((retryAfterMs ?? defaultRetryAfterMs) / 1000);
      return {
        code: "hero-unavailable",
        message: error.message,
        details: { hero, retryAfterSeconds },
      };
    }
    return {
      code: error.code === "timed_out" ? "hero-timed-out" : "hero-failed",
      message: error.message,
      details: { hero },
    };
  }
  const code = isDatabaseUnavailable(error) ? "unavailable" : "internal-error";
  return { code, message: messages[code], details: {} };
}

/** Logs our own faults. Callers' mistakes are not logged, and calls to Hero have a log of their own. */
export function logFailure(error: unknown, operation: string, requestId: string): void {
  const { code } = toFailure(error);
  if (code !== "internal-error" && code !== "unavailable") return;
  log("error", "request failed", { operation, requestId, ...describeError(error) });
}
