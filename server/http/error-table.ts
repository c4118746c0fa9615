import "server-only";
import type { ErrorCode } from "../errors";

/**
 * How each error leaves the server: the HTTP status of both APIs, and tRPC's name for that status. The code
 * itself is the last part of the problem type in `/api/v1`.
 */
export const errorTable = {
  "invalid-request": { status: 400, trpcCode: "BAD_REQUEST" },
  "malformed-json": { status: 400, trpcCode: "BAD_REQUEST" },
  "cursor-expired": { status: 400, trpcCode: "BAD_REQUEST" },
  unauthenticated: { status: 401, trpcCode: "UNAUTHORIZED" },
  "session-refused": { status: 401, trpcCode: "UNAUTHORIZED" },
  forbidden: { status: 403, trpcCode: "FORBIDDEN" },
  "origin-refused": { status: 403, trpcCode: "FORBIDDEN" },
  "placement-off": { status: 403, trpcCode: "FORBIDDEN" },
  "practice-refused": { status: 403, trpcCode: "FORBIDDEN" },
  "not-found": { status: 404, trpcCode: "NOT_FOUND" },
  "method-not-allowed": { status: 405, trpcCode: "METHOD_NOT_SUPPORTED" },
  conflict: { status: 409, trpcCode: "CONFLICT" },
  "not-booked": { status: 409, trpcCode: "CONFLICT" },
  "content-too-large": { status: 413, trpcCode: "PAYLOAD_TOO_LARGE" },
  "unsupported-media-type": { status: 415, trpcCode: "UNSUPPORTED_MEDIA_TYPE" },
  "idempotency-key-reused": { status: 422, trpcCode: "UNPROCESSABLE_CONTENT" },
  "hero-refused": { status: 422, trpcCode: "UNPROCESSABLE_CONTENT" },
  "change-refused": { status: 422, trpcCode: "UNPROCESSABLE_CONTENT" },
  "too-many-requests": { status: 429, trpcCode: "TOO_MANY_REQUESTS" },
  "internal-error": { status: 500, trpcCode: "INTERNAL_SERVER_ERROR" },
  "hero-failed": { status: 502, trpcCode: "BAD_GATEWAY" },
  "hero-unavailable": { status: 503, trpcCode: "SERVICE_UNAVAILABLE" },
  unavailable: { status: 503, trpcCode: "SERVICE_UNAVAILABLE" },
  "patient-not-checked": { status: 503, trpcCode: "SERVICE_UNAVAILABLE" },
  "hero-timed-out": { status: 504, trpcCode: "GATEWAY_TIMEOUT" },
} as const satisfies Record<ErrorCode, { status: number; trpcCode: string }>;
