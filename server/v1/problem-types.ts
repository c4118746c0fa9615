import "server-only";
import { env } from "../env";
import type { ErrorCode } from "../errors";

/** What each kind of problem means, by the last part of its type's address. */
export const problemTypes: Record<ErrorCode, { title: string; meaning: string }> = {
  "invalid-request": {
    title: "Invalid request",
    meaning:
      "A body field, query parameter or header is missing, not recognised or not valid. `errors` lists each one.",
  },
  "malformed-json": {
    title: "Malformed JSON",
    meaning: "The body could not be parsed as JSON in UTF-8.",
  },
  "cursor-expired": {
    title: "Cursor expired",
    meaning:
      "Events are kept for 90 days and the cursor is older, so you may have missed events. Compare your records with the links in this API, then read without `cursor` to start with the oldest event.",
  },
  unauthenticated: {
    title: "Authentication required",
    meaning: "The API key is missing, not recognised or revoked.",
  },
  forbidden: {
    title: "Permission denied",
    meaning:
      "The API key does not have the permission in `requiredPermission`. Create a key that has it.",
  },
  "session-refused": {
    title: "Element session not valid",
    meaning:
      "The secret is missing, not recognised or already used, or the session has expired or ended. Nothing was sent to Hero.",
  },
  "origin-refused": {
    title: "Origin not allowed",
    meaning:
      "`Origin` is missing, or is not one of the placement's allowed origins. Nothing was sent to Hero.",
  },
  "placement-off": {
    title: "Placement turned off",
    meaning: "Turn the placement on in the portal. Nothing was sent to Hero.",
  },
  "practice-refused": {
    title: "Practice not allowed",
    meaning:
      "The practice is no longer connected, or is not one of the placement's practices. Nothing was sent to Hero.",
  },
  "not-found": {
    title: "Not found",
    meaning:
      "The address, link, appointment, message, practice or placement does not exist in the API key's organisation and environment. Nothing was sent to Hero.",
  },
  "method-not-allowed": {
    title: "Method not allowed",
    meaning: "`Allow` lists the methods of this address.",
  },
  conflict: {
    title: "Conflict",
    meaning:
      "The current state does not allow the request. A link is closed, was never created, or cannot be changed at Hero. A message has changed since its preview, or it is too late to cancel it.",
  },
  "content-too-large": {
    title: "Body too large",
    meaning: "A body can be at most 64 KiB.",
  },
  "unsupported-media-type": {
    title: "Unsupported media type",
    meaning: "Send `Content-Type: application/json`.",
  },
  "idempotency-key-reused": {
    title: "Idempotency key already used",
    meaning: "The key was already used with a different body. Nothing was done.",
  },
  "hero-refused": {
    title: "Hero refused the link",
    meaning:
      "No link was created at Hero. `heroCode` is the reason and `linkId` is the failed link. The same Idempotency-Key returns the same response. If `isRetryable` is true, retry with a new one.",
  },
  "change-refused": {
    title: "Hero refused the change",
    meaning:
      "The link at Hero is unchanged. `heroCode` is the reason. If `isRetryable` is true, retry later.",
  },
  "not-booked": {
    title: "Nothing was booked",
    meaning:
      "The time is no longer free, or Hero refused it. `slots` has the free times nearest to it, if they could be read. The same Idempotency-Key returns the same response; book another time with a new one.",
  },
  "too-many-requests": {
    title: "Too many requests",
    meaning: "The rate limit was exceeded. Retry after the number of seconds in `Retry-After`.",
  },
  "internal-error": {
    title: "Internal error",
    meaning: "Something went wrong on our side. Quote `instance` if you contact us.",
  },
  "hero-failed": {
    title: "Hero error",
    meaning:
      "Hero returned an error; `heroCode` is the reason. A new link or message was not requested. A change may or may not have been made: check the link at the practice, then send the same change again.",
  },
  "hero-unavailable": {
    title: "Hero cannot take the request now",
    meaning:
      "Too many requests are waiting for Hero, or Hero refused more, or it could not be reached; `heroCode` is the reason. Nothing was created or changed. Send the same request again after the number of seconds in `Retry-After`, with the same Idempotency-Key.",
  },
  unavailable: {
    title: "Service unavailable",
    meaning: "The portal is temporarily unavailable. Nothing was done. Retry later.",
  },
  "patient-not-checked": {
    title: "Patient could not be checked",
    meaning:
      "Hero did not say whether this patient may be contacted. Nothing was done and nothing was kept. Retry after the number of seconds in `Retry-After`; the same Idempotency-Key can be used.",
  },
  "hero-timed-out": {
    title: "Hero timed out",
    meaning:
      "Hero did not respond in time; `heroCode` is the reason. A new link or message was not requested. A change may or may not have been made: check the link at the practice, then send the same change again.",
  },
};

export const isProblemName = (name: string): name is ErrorCode => Object.hasOwn(problemTypes, name);

export const problemTypeUrl = (code: ErrorCode): string =>
  `${env().PUBLIC_URL.replace(/\/+$/, "")}/api/v1/problems/${code}`;
