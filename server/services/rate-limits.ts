import "server-only";
import {
  RateLimiterDrizzle,
  RateLimiterMemory,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { db } from "@/db/client";
import { rateLimits } from "@/db/schema/processes";
import { env } from "../env";
import { fingerprint } from "../crypto/tokens";
import { RateLimitedError } from "../errors";

/**
 * Tries per window of seconds; an address is the network address a request came from.
 * Asked when the first try is counted: the build loads this file without the environment's settings.
 */
const limits = {
  "sign-in-account": () => ({ points: 10, duration: 15 * 60 }),
  "sign-in-address": () => ({ points: 100, duration: 15 * 60 }),
  "mail-account": () => ({ points: 6, duration: 60 * 60 }),
  "mail-address": () => ({ points: 100, duration: 60 * 60 }),
  "patient-look-up": () => ({ points: 120, duration: 60 * 60 }),
  /** Requests of a partner's server, by API key. */
  "api-key": () => ({ points: env().API_RATE_PER_MINUTE, duration: 60 }),
  /** Tokens for a page, by element session, refused tries too; each is a call against the practice's share at Hero. */
  "element-exchange": () => ({ points: env().ELEMENT_EXCHANGES_PER_MINUTE, duration: 60 }),
  /** Sessions for the portal's own pages, by person. */
  "element-session": () => ({ points: 60, duration: 60 * 60 }),
  /** Anybody may send these; the placement's share keeps a counter from being driven up without end. */
  "element-report": () => ({ points: 120, duration: 60 }),
};

export type RateLimitName = keyof typeof limits;

const limiters = new Map<RateLimitName, RateLimiterAbstract>();

/** Counters are shared through the database; while it is away each process counts for itself. */
function limiterFor(name: RateLimitName): RateLimiterAbstract {
  const existing = limiters.get(name);
  if (existing) return existing;
  const settings = { keyPrefix: name, ...limits[name]() };
  const limiter = new RateLimiterDrizzle({
    ...settings,
    storeClient: db.shared,
    schema: rateLimits,
    insuranceLimiter: new RateLimiterMemory(settings),
  });
  limiters.set(name, limiter);
  return limiter;
}

/**
 * Counts one try, before it is made, so that parallel tries cannot slip through together.
 * Keys are stored as hashes.
 * @throws RateLimitedError
 */
export async function consumeRateLimit(name: RateLimitName, key: string): Promise<void> {
  try {
    await limiterFor(name).consume(fingerprint(key));
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new RateLimitedError(Math.ceil(error.msBeforeNext / 1000));
  }
}

/** Takes a try back after a success: only failures should add up. */
export async function refundRateLimit(name: RateLimitName, key: string): Promise<void> {
  await limiterFor(name).reward(fingerprint(key), 1);
}

/** Forgets all tries of a key. */
export async function resetRateLimit(name: RateLimitName, key: string): Promise<void> {
  await limiterFor(name).delete(fingerprint(key));
}
