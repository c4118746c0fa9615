import "server-only";

/**
 * What a call to Hero can end in other than well. `writeOutcome` says what that means for a write:
 * `"no"` – Hero certainly did nothing; `"unknown"` – it may have, and only reading can tell.
 */
const errorKinds = {
  bad_request: { writeOutcome: "no", message: "Hero refused the values that were sent." },
  unauthorised: { writeOutcome: "no", message: "Hero does not accept this API key." },
  forbidden: {
    writeOutcome: "no",
    message: "Hero does not allow this key to do that for this practice.",
  },
  not_found: { writeOutcome: "no", message: "Hero does not know what was asked for." },
  conflict: { writeOutcome: "no", message: "Hero says this clashes with something that exists." },
  refused: { writeOutcome: "no", message: "Hero refused the request." },
  rate_limited: {
    writeOutcome: "no",
    message: "Hero is asking us to slow down. Try again shortly.",
  },
  busy: {
    writeOutcome: "no",
    message: "Too many requests with this key are waiting. Nothing was sent; try again shortly.",
  },
  unreachable: { writeOutcome: "no", message: "Hero could not be reached. Nothing was sent." },
  wrong_environment: {
    writeOutcome: "no",
    message: "This key belongs to another environment. Nothing was sent.",
  },
  upstream_failed: { writeOutcome: "unknown", message: "Hero failed while answering." },
  redirected: {
    writeOutcome: "unknown",
    message: "Hero answered with a redirect, which we do not follow.",
  },
  timed_out: { writeOutcome: "unknown", message: "Hero did not answer in time." },
  connection_lost: { writeOutcome: "unknown", message: "The connection to Hero broke." },
  unreadable_reply: { writeOutcome: "unknown", message: "Hero's answer could not be understood." },
} as const;

export type HeroErrorCode = keyof typeof errorKinds;

/**
 * A call to Hero that did not end well. The message is ours and safe to show; Hero's own words are
 * never kept, because they may quote what was sent.
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
      /** Input names Hero complained about, from its documented 400 body. */
      readonly fields?: readonly string[];
    } = {},
  ) {
    super(errorKinds[code].message, { cause: details.cause });
  }

  /** Whether a write may have happened in spite of the error. */
  get writeOutcome(): "no" | "unknown" {
    return errorKinds[this.code].writeOutcome;
  }
}

/** The error of an HTTP status outside 2xx. */
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

// Faults before a connection stood: nothing of the request left this machine.
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

/** The error of a fault below HTTP, as undici reports it. */
export function errorCodeOfNetworkError(error: unknown): HeroErrorCode {
  if (!(error instanceof Error)) return "connection_lost";
  if (error.name === "TimeoutError" || error.name === "AbortError") return "timed_out";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (notSentCodes.has(code)) return "unreachable";
  if (timeoutCodes.has(code)) return "timed_out";
  return error.cause ? errorCodeOfNetworkError(error.cause) : "connection_lost";
}
