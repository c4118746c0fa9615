import "server-only";
import { HeroError } from "../../hero/errors";
import type { HeroCallRecord, HeroConnection, HeroLimiter } from "../../hero/request";
import { actorId, type TenantContext } from "../../tenancy/context";
import type { PracticeWithKey } from "../practices/load-with-key";
import { heroLimiter } from "./limiter";

/** The result of working with Hero, with a record of each call made. */
export type HeroOutcome<Result> = (
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: HeroError }
) & { readonly records: readonly HeroCallRecord[] };

/** Runs `run` against Hero. A `HeroError` becomes an outcome; other errors are bugs and are thrown. */
export async function callHero<Result>(
  target: Omit<HeroConnection, "onCall">,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<HeroOutcome<Result>> {
  const records: HeroCallRecord[] = [];
  const hero: HeroConnection = { ...target, onCall: (record) => records.push(record) };
  try {
    return { ok: true, result: await run(hero), records };
  } catch (error) {
    if (error instanceof HeroError) return { ok: false, error, records };
    throw error;
  }
}

const limiterFor = (ctx: TenantContext, { credential }: PracticeWithKey) =>
  heroLimiter(`${ctx.environment}:${credential.fingerprint}`, actorId(ctx));

/**
 * Waits for a turn with a practice's key before `run`, for work that writes nothing until it is certain
 * that Hero can be called. `run` gets a limiter for its one call.
 *
 * @throws HeroError `busy`
 */
export async function withHeroSlot<Result>(
  ctx: TenantContext,
  practice: PracticeWithKey,
  operation: Parameters<HeroLimiter["acquire"]>[0],
  run: (limiter: HeroLimiter) => Promise<Result>,
): Promise<Result> {
  const limiter = limiterFor(ctx, practice);
  const release = await limiter.acquire(operation);
  try {
    return await run({ ...limiter, acquire: async () => async () => undefined });
  } finally {
    void release();
  }
}

/** `callHero` for a connected practice. Never call this inside a transaction. */
export function callHeroForPractice<Result>(
  ctx: TenantContext,
  practice: PracticeWithKey,
  run: (hero: HeroConnection) => Promise<Result>,
  limiter = limiterFor(ctx, practice),
): Promise<HeroOutcome<Result>> {
  const { practiceGroupId, apiKey, credential } = practice;
  const { environment } = ctx;
  const { environment: keyEnvironment } = credential;
  return callHero({ environment, keyEnvironment, apiKey, practiceGroupId, limiter }, run);
}
