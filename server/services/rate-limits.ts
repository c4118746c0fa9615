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
 * Attempts per window in seconds. `…-address` counts by the request's network address. Functions, because
 * the build loads this file without the environment's settings.
 */
const limits = {
  /** By account and source together: a network address, or a browser that is known. */
  "sign-in-account": () => ({ points: 10, duration: 15 * 60 }),
  /** By account, from every address where its browser is not known. */
  "sign-in-account-total": () => ({ points: 100, duration: 60 * 60 }),
  /** A whole office may share an address. */
  "sign-in-address": () => ({ points: 300, duration: 15 * 60 }),
  /** By account and address together. */
  "mail-account": () => ({ points: 6, duration: 60 * 60 }),
  "mail-account-total": () => ({ points: 30, duration: 60 * 60 }),
  "mail-address": () => ({ points: 100, duration: 60 * 60 }),
  /** Attempts to create an organisation, by person: each tells whether a short name is taken. */
  organisation: () => ({ points: env().ORGANISATIONS_PER_PERSON * 3, duration: 60 * 60 }),
  /** Hero keys and practices that Hero rejects, by person. */
  "rejected-connection": () => ({ points: 20, duration: 60 * 60 }),
  /** Connection tests by person: each is several calls with the practice's key. */
  "connection-test": () => ({ points: 30, duration: 60 }),
  /** Connection tests of one practice that run at the same time: one, until it ends or its process dies. */
  "running-connection-test": () => ({ points: 1, duration: 60 }),
  /** Changes of one practice at Hero that run at the same time: one, until it ends or its process dies. */
  "practice-details-change": () => ({ points: 1, duration: 2 * 60 }),
  /** Changes of one task at Hero that run at the same time, as above. */
  "task-change": () => ({ points: 1, duration: 2 * 60 }),
  /** Look-ups that matched no patient, by person: on the screen, in files and through the API. */
  "patient-look-up": () => ({ points: env().PATIENT_LOOKUPS_PER_HOUR, duration: 60 * 60 }),
  /** Look-ups of one batch of messages in an hour, and those of them that matched no patient: counted only. */
  "batch-look-up": () => ({ points: 1_000_000, duration: 60 * 60 }),
  "batch-look-up-unmatched": () => ({ points: 1_000_000, duration: 60 * 60 }),
  /** Wrong dates of birth for one patient and action, by person. */
  "wrong-date-of-birth": () => ({ points: 3, duration: 10 * 60 }),
  /** Attempts of either kind that Hero has not answered yet. A process that dies leaves them behind. */
  "patient-look-up-in-progress": () => ({ points: 1_000_000, duration: 2 * 60 }),
  "wrong-date-of-birth-in-progress": () => ({ points: 1_000_000, duration: 2 * 60 }),
  /** How many dates of birth one person tries for one patient, and how often each. */
  "patient-birth-dates": () => ({ points: 1_000_000, duration: 24 * 60 * 60 }),
  "patient-birth-date": () => ({ points: 1_000_000, duration: 24 * 60 * 60 }),
  /** Requests of a server, by API key. */
  "api-key": () => ({ points: env().API_RATE_PER_MINUTE, duration: 60 }),
  /** Token exchanges by element session, including refused ones: each may call Hero. */
  "element-exchange": () => ({ points: env().ELEMENT_EXCHANGES_PER_MINUTE, duration: 60 }),
  /** Sessions for the portal's own pages, by user. */
  "element-session": () => ({ points: 60, duration: 60 * 60 }),
  /** Test events, by destination: each calls the partner's address. */
  "destination-test": () => ({ points: 10, duration: 60 }),
  /** Reports are unauthenticated: the limit, by placement, keeps one sender from inflating the counts. */
  "element-report": () => ({ points: 120, duration: 60 }),
};

export type RateLimitName = keyof typeof limits;

const limiters = new Map<RateLimitName, RateLimiterAbstract>();

/** Counters are shared through the database. While it is unavailable each process counts separately. */
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
 * Counts an attempt before it is made, so that parallel attempts cannot exceed the limit together. Keys are
 * stored as hashes.
 * @returns how many attempts of this window were counted, with this one
 * @throws RateLimitedError
 */
export async function consumeRateLimit(name: RateLimitName, key: string): Promise<number> {
  try {
    return (await limiterFor(name).consume(fingerprint(key))).consumedPoints;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new RateLimitedError(Math.ceil(error.msBeforeNext / 1000));
  }
}

/** Refunds attempts: only failures should add up. */
export async function refundRateLimit(
  name: RateLimitName,
  key: string,
  attempts = 1,
): Promise<void> {
  await limiterFor(name).reward(fingerprint(key), attempts);
}

/** Clears all attempts of a key. */
export async function resetRateLimit(name: RateLimitName, key: string): Promise<void> {
  await limiterFor(name).delete(fingerprint(key));
}

/** The attempts counted in this window, without another one, and for how long they still count. */
export async function readRateLimit(
  name: RateLimitName,
  key: string,
): Promise<{ attempts: number; limit: number; secondsLeft: number }> {
  const limiter = limiterFor(name);
  const current = await limiter.get(fingerprint(key));
  return {
    attempts: current?.consumedPoints ?? 0,
    limit: limiter.points,
    secondsLeft: Math.ceil((current?.msBeforeNext ?? 0) / 1000),
  };
}

/** Counts an attempt that has failed, without limiting it. @returns as `consumeRateLimit` */
export async function countFailure(name: RateLimitName, key: string): Promise<number> {
  return (await limiterFor(name).penalty(fingerprint(key))).consumedPoints;
}

/** Starts the window again with all attempts used, so that it lasts for its full time from now. */
export async function exhaustRateLimit(name: RateLimitName, key: string): Promise<void> {
  const limiter = limiterFor(name);
  await limiter.set(fingerprint(key), limiter.points, limiter.duration);
}
