import type { ElementErrorCode } from "@/server/schemas/element-reports";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { ownAddress, portalUrl } from "./current-script";

export type Trouble = {
  code: ElementErrorCode;
  /** Null where asking again cannot help; undefined where nobody said when. */
  retryInMs?: number | null | undefined;
};

type Session = {
  /** The only secret good for the next exchange; null where none is left. */
  secret: string | null;
  asking?: Promise<ElementGrant | Trouble> | undefined;
  refusal: Trouble;
  /** By `performance.now()`, which nobody sets. */
  refusedUntil: number;
};

/**
 * By their first secret, for as long as the page lives. A page that mounts, unmounts and mounts again with
 * what it was given goes on with the newest secret, and two who ask at once share one answer.
 */
const sessions = new Map<string, Session>();

/** Obtains a token. An answer that was lost is asked for once more, while the broker still gives it again. */
export function exchange(firstSecret: string): Promise<ElementGrant | Trouble> {
  let session = sessions.get(firstSecret);
  if (!session) {
    session = { secret: firstSecret, refusal: { code: "token-refused" }, refusedUntil: 0 };
    sessions.set(firstSecret, session);
  }
  const known = session;
  return (known.asking ??= ask(known).finally(() => {
    known.asking = undefined;
  }));
}

const longestAnswerMs = 12_000;
const retryLostMs = 1_500;
/** When a server says "later" without saying when, or where the page may not read it. */
const usualWaitMs = 30_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function ask(session: Session): Promise<ElementGrant | Trouble> {
  const { secret, refusal, refusedUntil } = session;
  if (secret === null) return { code: "token-refused", retryInMs: null };
  const waitMs = refusedUntil - performance.now();
  if (waitMs > 0) return { ...refusal, retryInMs: waitMs };

  let isBlocked = false;
  const notice = ({ disposition, blockedURI }: SecurityPolicyViolationEvent) => {
    isBlocked ||= disposition === "enforce" && `${blockedURI}/`.startsWith(`${portalUrl}/`);
  };
  document.addEventListener("securitypolicyviolation", notice);
  let answer = await post(secret);
  if (typeof answer === "string" && navigator.onLine) {
    await pause(retryLostMs);
    if (!isBlocked) answer = await post(secret);
  }
  document.removeEventListener("securitypolicyviolation", notice);

  if (isBlocked) return { code: "connect-blocked", retryInMs: null };
  if (typeof answer === "string") {
    // The broker names no origin but allowed ones, so that a refused page cannot read why.
    const isRefused = answer === "unreadable" && navigator.onLine && (await isPortalThere());
    return { code: isRefused ? "origin-refused" : "offline" };
  }
  if ("token" in answer) {
    session.secret = answer.next;
    return answer;
  }
  if (answer.retryInMs) {
    session.refusal = answer;
    session.refusedUntil = performance.now() + answer.retryInMs;
  }
  return answer;
}

async function post(secret: string): Promise<ElementGrant | Trouble | "unreadable" | "late"> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), longestAnswerMs);
  try {
    const reply = await fetch(`${portalUrl}/api/v1/element-sessions/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret }),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: limit.signal,
    });
    return reply.ok ? await reply.json() : await explain(reply);
  } catch {
    return limit.signal.aborted ? "late" : "unreadable";
  } finally {
    clearTimeout(timer);
  }
}

/** What a refusal means, by the last part of the problem's type; proxies in between know only the status. */
async function explain(reply: Response): Promise<Trouble> {
  const { status } = reply;
  const wait = reply.headers.get("retry-after");
  const retryInMs = wait ? Number(wait) * 1000 || usualWaitMs : undefined;
  if (status === 429) return { code: "rate-limited", retryInMs: retryInMs ?? usualWaitMs };
  if (status >= 500) return { code: "hero-unavailable", retryInMs };
  const problem = await reply.json().catch(() => ({}));
  const [reason] = /[^/]*$/.exec(String(problem.type)) ?? [];
  const isKnown = /^(origin-refused|placement-off|practice-refused)$/.test(reason ?? "");
  return { code: isKnown ? (reason as ElementErrorCode) : "token-refused", retryInMs: null };
}

/** Whether anything at all answers where this script came from. */
const isPortalThere = () =>
  fetch(ownAddress, {
    method: "HEAD",
    mode: "no-cors",
    cache: "no-store",
    credentials: "omit",
  }).then(
    () => true,
    () => false,
  );
