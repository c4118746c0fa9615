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

export type LimitName = keyof typeof limits;

const made = new Map<LimitName, RateLimiterAbstract>();

/** Counters are shared through the database; while it is away each process counts for itself. */
function limiter(name: LimitName): RateLimiterAbstract {
  const known = made.get(name);
  if (known) return known;
  const settings = { keyPrefix: name, ...limits[name]() };
  const limiter = new RateLimiterDrizzle({
    ...settings,
    storeClient: db.shared,
    schema: rateLimits,
    insuranceLimiter: new RateLimiterMemory(settings),
  });
  made.set(name, limiter);
  return limiter;
}

/**
 * Counts one try, before it is made, so that parallel tries cannot slip through together.
 * Keys are stored as hashes.
 * @throws RateLimitedError
 */
export async function countTry(name: LimitName, key: string): Promise<void> {
  try {
    await limiter(name).consume(fingerprint(key));
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new RateLimitedError(Math.ceil(refused.msBeforeNext / 1000));
  }
}

/** Takes a try back after a success: only failures should add up. */
export async function forgiveTry(name: LimitName, key: string): Promise<void> {
  await limiter(name).reward(fingerprint(key), 1);
}

/** Forgets all tries of a key. */
export async function forgiveAll(name: LimitName, key: string): Promise<void> {
  await limiter(name).delete(fingerprint(key));
}
