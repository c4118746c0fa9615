import "server-only";
import { env } from "../env";

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
  "session-refused": {
    status: 401,
    title: "The element session gives no token",
    meaning:
      "The secret is missing, unknown or spent, or the session has expired or was ended. Nothing was asked of Hero.",
  },
  "origin-refused": {
    status: 403,
    title: "Pages of this origin get no token",
    meaning: "`Origin` is missing, or is not on the placement's list. Nothing was asked of Hero.",
  },
  "placement-off": {
    status: 403,
    title: "The placement is switched off",
    meaning: "Nothing was asked of Hero. Switch it on in the portal.",
  },
  "practice-refused": {
    status: 403,
    title: "The placement does not act for this practice",
    meaning:
      "The practice is not connected any more, or is not on the placement's list. Nothing was asked of Hero.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    meaning:
      "There is no such address, or no such link, practice or placement in the key's organisation and environment. Nothing was sent to Hero.",
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
  "content-too-large": {
    status: 413,
    title: "The body is too large",
    meaning: "A body has at most 64 KiB.",
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
      "Nothing was made. `heroCode` says why, `linkId` is the failed link. The same Idempotency-Key gives this answer again; where `isRetryable` is true, ask once more with another.",
  },
  "change-refused": {
    status: 422,
    title: "Hero did not make the change",
    meaning:
      "`heroCode` says why. Hero kept what it had; where `isRetryable` is true, ask again in a while.",
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
      "`heroCode` says how. A link to make was not asked for yet; whether a change was made is not known, so look at the practice's own list, then ask for the same change again.",
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
      "`heroCode` says how. A link to make was not asked for yet; whether a change was made is not known, so look at the practice's own list, then ask for the same change again.",
  },
} as const satisfies Record<string, { status: number; title: string; meaning: string }>;

export type ProblemName = keyof typeof problems;

export const isProblemName = (name: string): name is ProblemName => Object.hasOwn(problems, name);

export const problemTypeUrl = (name: ProblemName): string =>
  `${env().PUBLIC_URL.replace(/\/+$/, "")}/api/v1/problems/${name}`;
