import "server-only";

/**
 * The ways a call to Hero can fail. `writeOutcome` is what that means for a write: `"no"` – Hero did
 * not apply it (assumption 41); `"unknown"` – it may have, and only reading can tell. A 401 or 429 can come
 * from something in front of Hero's own work, or after it.
 */
const errorKinds = {
  bad_request: { writeOutcome: "no", message: "Hero rejected the values sent." },
  unauthorised: { writeOutcome: "unknown", message: "Hero does not accept this API key." },
  forbidden: {
    writeOutcome: "no",
    message: "Hero does not allow this key to do that for this practice.",
  },
  not_found: { writeOutcome: "no", message: "Hero could not find it." },
  conflict: { writeOutcome: "no", message: "It conflicts with something already in Hero." },
  refused: { writeOutcome: "no", message: "Hero refused the request." },
  rate_limited: {
    writeOutcome: "unknown",
    message: "Hero is receiving too many requests. Try again shortly.",
  },
  busy: {
    writeOutcome: "no",
    message: "Too many requests with this key are waiting. Nothing was sent. Try again shortly.",
  },
  unreachable: { writeOutcome: "no", message: "Hero could not be reached. Nothing was sent." },
  wrong_environment: {
    writeOutcome: "no",
    message: "This key belongs to another environment. Nothing was sent.",
  },
  disconnected: {
    writeOutcome: "no",
    message: "The practice was disconnected meanwhile. Nothing was sent.",
  },
  upstream_failed: { writeOutcome: "unknown", message: "Hero had an error." },
  redirected: {
    writeOutcome: "unknown",
    message: "Hero replied with a redirect, which we do not follow.",
  },
  timed_out: { writeOutcome: "unknown", message: "Hero did not respond in time." },
  connection_lost: { writeOutcome: "unknown", message: "The connection to Hero was lost." },
  other_practice: {
    writeOutcome: "unknown",
    message: "Hero replied with the details of another practice.",
  },
  unreadable_reply: { writeOutcome: "unknown", message: "Hero's reply could not be read." },
} as const;

export type HeroErrorCode = keyof typeof errorKinds;

/** Refusals in a reply. Hero has finished with the request, so reading can prove at once what it did. */
const refusalCodes = ["rate_limited", "unauthorised"] as const satisfies HeroErrorCode[];

export const refusalOf = (code: string | null) => refusalCodes.find((refusal) => refusal === code);

/**
 * A failed call to Hero. The message is safe to show. Hero's own text is never stored, because it may
 * repeat what was sent.
 */
export class HeroError extends Error {
  override name = "HeroError";

  constructor(
    readonly code: HeroErrorCode,
    readonly operation: string,
    readonly details: {
      readonly status?: number;
      readonly upstreamRequestId?: string;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
      /** What reading proved of a write whose error leaves it open. */
      readonly writeOutcome?: "no";
      /** The inputs that Hero rejected, from its documented 400 body. */
      readonly fields?: readonly string[];
    } = {},
  ) {
    super(errorKinds[code].message, { cause: details.cause });
  }

  /** Whether Hero may have applied a write despite the error. */
  get writeOutcome(): "no" | "unknown" {
    return this.details.writeOutcome ?? errorKinds[this.code].writeOutcome;
  }
}

/** The code of an HTTP status outside 2xx. */
export function errorCodeOfStatus(status: number): HeroErrorCode {
  if (status >= 500 || status === 408) return "upstream_failed";
  if (status >= 400) {
    const codes: Partial<Record<number, HeroErrorCode>> = {
      400: "bad_request",
      401: "unauthorised",
      403: "forbidden",
      404: "not_found",
      409: "conflict",
      422: "bad_request",
      429: "rate_limited",
    };
    return codes[status] ?? "refused";
  }
  return status >= 300 ? "redirected" : "unreadable_reply";
}

// Errors before a connection: nothing was sent.
const notSentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

const timeoutCodes = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_ABORTED",
]);

/** The code of a network error, as undici reports it. */
export function errorCodeOfNetworkError(error: unknown): HeroErrorCode {
  if (!(error instanceof Error)) return "connection_lost";
  if (error.name === "TimeoutError" || error.name === "AbortError") return "timed_out";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (notSentCodes.has(code)) return "unreachable";
  if (timeoutCodes.has(code)) return "timed_out";
  return error.cause ? errorCodeOfNetworkError(error.cause) : "connection_lost";
}
