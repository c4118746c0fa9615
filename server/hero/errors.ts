import "server-only";

/**
 * What a call to Hero can end in other than well. `isDone` says what that means for a write:
 * `"no"` – Hero certainly did nothing; `"unknown"` – it may have, and only reading can tell.
 */
const kinds = {
  bad_request: { isDone: "no", sentence: "Hero refused the values that were sent." },
  unauthorised: { isDone: "no", sentence: "Hero does not accept this API key." },
  forbidden: {
    isDone: "no",
    sentence: "Hero does not allow this key to do that for this practice.",
  },
  not_found: { isDone: "no", sentence: "Hero does not know what was asked for." },
  conflict: { isDone: "no", sentence: "Hero says this clashes with something that exists." },
  refused: { isDone: "no", sentence: "Hero refused the request." },
  rate_limited: { isDone: "no", sentence: "Hero is asking us to slow down. Try again shortly." },
  busy: {
    isDone: "no",
    sentence: "Too many requests with this key are waiting. Nothing was sent; try again shortly.",
  },
  unreachable: { isDone: "no", sentence: "Hero could not be reached. Nothing was sent." },
  wrong_environment: {
    isDone: "no",
    sentence: "This key belongs to another environment. Nothing was sent.",
  },
  upstream_failed: { isDone: "unknown", sentence: "Hero failed while answering." },
  redirected: {
    isDone: "unknown",
    sentence: "Hero answered with a redirect, which we do not follow.",
  },
  timed_out: { isDone: "unknown", sentence: "Hero did not answer in time." },
  connection_lost: { isDone: "unknown", sentence: "The connection to Hero broke." },
  unreadable_reply: { isDone: "unknown", sentence: "Hero's answer could not be understood." },
} as const;

export type HeroErrorCode = keyof typeof kinds;

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
    super(kinds[code].sentence, { cause: details.cause });
  }

  /** Whether a write may have happened in spite of the error. */
  get isDone(): "no" | "unknown" {
    return kinds[this.code].isDone;
  }
}

/** The error of an HTTP status outside 2xx. */
export function codeOfStatus(status: number): HeroErrorCode {
  if (status >= 500 || status === 408) return "upstream_failed";
  if (status >= 400) {
    const known: Partial<Record<number, HeroErrorCode>> = {
      400: "bad_request",
      401: "unauthorised",
      403: "forbidden",
      404: "not_found",
      409: "conflict",
      422: "bad_request",
      429: "rate_limited",
    };
    return known[status] ?? "refused";
  }
  return status >= 300 ? "redirected" : "unreadable_reply";
}

// Faults before a connection stood: nothing of the request left this machine.
const neverSent = new Set([
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

const tooSlow = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_ABORTED"]);

/** The error of a fault below HTTP, as undici reports it. */
export function codeOfFault(fault: unknown): HeroErrorCode {
  if (!(fault instanceof Error)) return "connection_lost";
  if (fault.name === "TimeoutError" || fault.name === "AbortError") return "timed_out";
  const code = "code" in fault && typeof fault.code === "string" ? fault.code : "";
  if (neverSent.has(code)) return "unreachable";
  if (tooSlow.has(code)) return "timed_out";
  return fault.cause ? codeOfFault(fault.cause) : "connection_lost";
}
