import "server-only";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { ZodError } from "zod";
import { InvalidRequestError } from "../errors";
import { errorTable } from "../http/error-table";
import { logFailure, toFailure } from "../http/errors";

/** What the browser receives besides tRPC's own code and the message. */
export type TrpcErrorDetails = {
  fieldErrors?: Record<string, string>;
  hero?: { code: string; status: number | null; requestId: string | null };
};

/** Maps what a procedure threw. tRPC's own errors, such as an unknown procedure, stay as they are. */
export function toTrpcError(error: unknown): TRPCError {
  let cause = error instanceof TRPCError && error.cause ? error.cause : error;
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") {
    if (!(cause instanceof ZodError)) return error;
    cause = new InvalidRequestError(cause);
  }
  const { code, message } = toFailure(cause);
  return new TRPCError({ code: errorTable[code].trpcCode, message, cause });
}

/** The same, and logs it if it is our fault. */
export function toLoggedTrpcError(error: unknown, operation: string, requestId: string): TRPCError {
  const mapped = toTrpcError(error);
  // The cause of tRPC's own errors is not mapped, and is the caller's mistake.
  if (getHTTPStatusCodeFromError(mapped) >= 500) logFailure(mapped.cause, operation, requestId);
  return mapped;
}

export function errorDetailsOf({ cause }: TRPCError): TrpcErrorDetails {
  const { fields, hero } = toFailure(cause).details;
  if (!fields) return hero ? { hero } : {};
  const fieldErrors: Record<string, string> = {};
  for (const { path, message } of fields) fieldErrors[path.join(".")] ??= message;
  return { fieldErrors };
}
