import type { ElementErrorCode } from "@/server/schemas/element-errors";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { portalUrl, scriptUrl } from "./current-script";

export type LoaderError = {
  code: ElementErrorCode;
  /** Null where retrying cannot help; undefined where the server gave no time. */
  retryInMs?: number | null | undefined;
};

/** A token, and until when by the page's clock it needs no renewal. */
export type ReceivedGrant = { grant: ElementGrant; receivedAt: number; renewAt: number };

const renewBeforeEndMs = 300_000;
const minFreshMs = 5_000;

function toReceivedGrant(grant: ElementGrant): ReceivedGrant {
  const receivedAt = Date.now();
  const lifeMs = grant.expiresIn * 1000;
  const freshForMs = Math.max(lifeMs - renewBeforeEndMs, lifeMs / 2, minFreshMs);
  return { grant, receivedAt, renewAt: receivedAt + freshForMs };
}

type Session = {
  /** The only secret the next exchange accepts; null where none is left. */
  secret: string | null;
  /** The newest token, for a page that mounts the session again. */
  received?: ReceivedGrant | undefined;
  pendingExchange?: Promise<ReceivedGrant | LoaderError> | undefined;
  rejection: LoaderError;
  /** By `performance.now()`, which clock changes do not affect. */
  rejectedUntil: number;
};

/**
 * By first secret, for the life of the page. A page that mounts the same session again continues with its
 * newest secret, and concurrent exchanges share one response.
 */
const sessions = new Map<string, Session>();

/**
 * Obtains a token. A lost response is requested once more, while the portal still replays it.
 *
 * @param isReuseAllowed Whether a token that needs no renewal yet will do.
 */
export function exchange(
  firstSecret: string,
  isReuseAllowed: boolean,
): Promise<ReceivedGrant | LoaderError> {
  let session = sessions.get(firstSecret);
  if (!session) {
    session = { secret: firstSecret, rejection: { code: "token-refused" }, rejectedUntil: 0 };
    sessions.set(firstSecret, session);
  }
  const current = session;
  const { received } = current;
  if (isReuseAllowed && received && Date.now() < received.renewAt) return Promise.resolve(received);
  return (current.pendingExchange ??= requestToken(current).finally(() => {
    current.pendingExchange = undefined;
  }));
}

const maxResponseMs = 12_000;
const retryDelayMs = 1_500;
/** Used when a rate-limited response has no `Retry-After` that the page may read. */
const defaultRetryMs = 30_000;

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function requestToken(session: Session): Promise<ReceivedGrant | LoaderError> {
  const { secret, rejection, rejectedUntil } = session;
  if (secret === null) return { code: "token-refused", retryInMs: null };
  const waitMs = rejectedUntil - performance.now();
  if (waitMs > 0) return { ...rejection, retryInMs: waitMs };

  let isBlocked = false;
  const onViolation = ({ disposition, blockedURI }: SecurityPolicyViolationEvent) => {
    isBlocked ||= disposition === "enforce" && `${blockedURI}/`.startsWith(`${portalUrl}/`);
  };
  document.addEventListener("securitypolicyviolation", onViolation);
  let response = await post(secret);
  if (typeof response === "string" && navigator.onLine) {
    await delay(retryDelayMs);
    if (!isBlocked) response = await post(secret);
  }
  document.removeEventListener("securitypolicyviolation", onViolation);

  if (isBlocked) return { code: "connect-blocked", retryInMs: null };
  if (typeof response === "string") {
    // The portal sends CORS headers to allowed origins only, so a refused page cannot read the reason.
    const isRefused = response === "unreadable" && navigator.onLine && (await isPortalReachable());
    return { code: isRefused ? "origin-refused" : "offline" };
  }
  if ("token" in response) {
    session.secret = response.next;
    return (session.received = toReceivedGrant(response));
  }
  if (response.retryInMs) {
    session.rejection = response;
    session.rejectedUntil = performance.now() + response.retryInMs;
  }
  return response;
}

async function post(
  secret: string,
): Promise<ElementGrant | LoaderError | "unreadable" | "timeout"> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), maxResponseMs);
  try {
    const response = await fetch(`${portalUrl}/api/v1/element-sessions/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret }),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: timeout.signal,
    });
    return response.ok ? await response.json() : await toLoaderError(response);
  } catch {
    return timeout.signal.aborted ? "timeout" : "unreadable";
  } finally {
    clearTimeout(timer);
  }
}

/** Goes by the last part of the problem's type; a proxy in between may send a status only. */
async function toLoaderError(response: Response): Promise<LoaderError> {
  const { status } = response;
  const retryAfter = response.headers.get("retry-after");
  const retryInMs = retryAfter ? Number(retryAfter) * 1000 || defaultRetryMs : undefined;
  if (status === 429) return { code: "rate-limited", retryInMs: retryInMs ?? defaultRetryMs };
  if (status >= 500) return { code: "hero-unavailable", retryInMs };
  const problem = await response.json().catch(() => ({}));
  const [reason] = /[^/]*$/.exec(String(problem.type)) ?? [];
  const isKnown = /^(origin-refused|placement-off|practice-refused)$/.test(reason ?? "");
  return { code: isKnown ? (reason as ElementErrorCode) : "token-refused", retryInMs: null };
}

/** An opaque response is enough: it distinguishes a refused origin from a lost network. */
const isPortalReachable = () =>
  fetch(scriptUrl, {
    method: "HEAD",
    mode: "no-cors",
    cache: "no-store",
    credentials: "omit",
  }).then(
    () => true,
    () => false,
  );
