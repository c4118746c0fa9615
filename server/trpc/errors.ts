import "server-only";
import { TRPCError, type TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { ZodError } from "zod";
import { isDatabaseUnavailable } from "@/db/client";
import {
  ConflictError,
  DomainError,
  ElementRefusedError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  UnauthenticatedError,
} from "../errors";
import { HeroError } from "../hero/errors";
import { describeError, log } from "../log";

/** What the browser learns of a failure, beside tRPC's own code and the sentence. */
export type ErrorDetails = {
  fieldErrors?: Record<string, string>;
  hero?: { code: string; status: number | null; requestId: string | null };
};

const trpcCodes: [
  typeof DomainError | (new (...args: never[]) => DomainError),
  TRPC_ERROR_CODE_KEY,
][] = [
  [NotFoundError, "NOT_FOUND"],
  [UnauthenticatedError, "UNAUTHORIZED"],
  [ForbiddenError, "FORBIDDEN"],
  [ConflictError, "CONFLICT"],
  [ElementRefusedError, "CONFLICT"],
  [InvalidInputError, "BAD_REQUEST"],
  [RateLimitedError, "TOO_MANY_REQUESTS"],
];

const internalErrorMessage = "Something went wrong on our side. It has been logged.";
const databaseUnavailableMessage =
  "The portal cannot reach its database just now. Try again in a moment.";

/** The first sentence for each field that a schema refused, by the field's path. */
function fieldErrorsOf(error: ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) fields[issue.path.join(".")] ??= issue.message;
  return fields;
}

/**
 * The one error mapper: domain errors keep their sentence, upstream trouble its own code, and whatever
 * was not foreseen becomes a fixed sentence, with the cause in the log and not in the reply.
 */
export function toTrpcError(error: unknown): TRPCError {
  const cause = error instanceof TRPCError && error.cause ? error.cause : error;
  if (cause instanceof DomainError) {
    const code = trpcCodes.find(([kind]) => cause instanceof kind)?.[1] ?? "BAD_REQUEST";
    return new TRPCError({ code, message: cause.message, cause });
  }
  if (cause instanceof ZodError && error instanceof TRPCError && error.code === "BAD_REQUEST") {
    return new TRPCError({
      code: "BAD_REQUEST",
      message: "Some answers need another look.",
      cause,
    });
  }
  if (cause instanceof HeroError) {
    const code = cause.code === "timed_out" ? "GATEWAY_TIMEOUT" : "BAD_GATEWAY";
    return new TRPCError({ code, message: cause.message, cause });
  }
  if (isDatabaseUnavailable(cause)) {
    return new TRPCError({
      code: "SERVICE_UNAVAILABLE",
      message: databaseUnavailableMessage,
      cause,
    });
  }
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error;
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: internalErrorMessage, cause });
}

export function errorDetailsOf(error: TRPCError): ErrorDetails {
  const { cause } = error;
  if (cause instanceof InvalidInputError) return { fieldErrors: { [cause.field]: cause.message } };
  if (cause instanceof ZodError) return { fieldErrors: fieldErrorsOf(cause) };
  if (cause instanceof HeroError) {
    const { status = null, upstreamRequestId = null } = cause.details;
    return { hero: { code: cause.code, status, requestId: upstreamRequestId } };
  }
  return {};
}

/** Faults of ours and of the database go to the log; a person's mistakes do not. */
export function logFailure(error: TRPCError, procedure: string, requestId: string): void {
  if (error.code === "INTERNAL_SERVER_ERROR" || error.code === "SERVICE_UNAVAILABLE") {
    log("error", "procedure failed", {
      procedure,
      requestId,
      ...describeError(error.cause ?? error),
    });
  }
}
