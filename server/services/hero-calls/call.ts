import "server-only";
import { db } from "@/db/client";
import { NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import {
  type HeroCallRecord,
  type HeroConnection,
  type HeroLimiter,
  maxKeyAgeMs,
} from "../../hero/request";
import { actorId, type TenantContext } from "../../tenancy/context";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { type HeroCallPriority, heroLimiter } from "./limiter";

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

/** The limiter of a practice's key, for `callHeroForPractice`. */
export const limiterFor = (
  ctx: TenantContext,
  { credential }: PracticeWithKey,
  priority?: HeroCallPriority,
) => heroLimiter(`${ctx.environment}:${credential.fingerprint}`, actorId(ctx), priority);

/** The practice with its key as stored now. @throws HeroError `disconnected` */
async function reload(
  ctx: TenantContext,
  { id }: PracticeWithKey,
  operationName: string,
): Promise<PracticeWithKey> {
  try {
    return await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, id));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new HeroError("disconnected", operationName);
  }
}

/**
 * Waits for a turn with a practice's key before `run`, for work that writes nothing until it is certain
 * that Hero can be called. `run` gets a limiter for its one call, and the practice to call it for: its key
 * may have been replaced since `practice` was loaded.
 *
 * @throws HeroError `busy`, and `disconnected` when the practice was disconnected meanwhile
 */
export async function withHeroSlot<Result>(
  ctx: TenantContext,
  practice: PracticeWithKey,
  operation: Parameters<HeroLimiter["acquire"]>[0],
  run: (limiter: HeroLimiter, practice: PracticeWithKey) => Promise<Result>,
): Promise<Result> {
  const limiter = limiterFor(ctx, practice);
  const release = await limiter.acquire(operation);
  let current = practice;
  try {
    if (performance.now() - practice.loadedAt > maxKeyAgeMs) {
      current = await reload(ctx, practice, operation.name);
    }
    // The slot is one of the old key's.
    if (current.credential.fingerprint === practice.credential.fingerprint) {
      return await run({ ...limiter, acquire: async () => async () => undefined }, current);
    }
  } finally {
    void release();
  }
  return withHeroSlot(ctx, current, operation, run);
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
  const readApiKey = async () => (await reload(ctx, practice, "loadApiKey")).apiKey;
  return callHero(
    { environment, keyEnvironment, apiKey, readApiKey, practiceGroupId, limiter },
    run,
  );
}
