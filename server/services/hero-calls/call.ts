import "server-only";
import { HeroError } from "../../hero/errors";
import type { HeroCallRecord, HeroConnection } from "../../hero/request";
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
  target: Pick<HeroConnection, "environment" | "keyEnvironment" | "apiKey" | "practiceGroupId"> & {
    fingerprint: string;
    actorId: string;
  },
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<HeroOutcome<Result>> {
  const records: HeroCallRecord[] = [];
  const { fingerprint, actorId, ...rest } = target;
  const hero: HeroConnection = {
    ...rest,
    limiter: heroLimiter(`${target.environment}:${fingerprint}`, actorId),
    onCall: (record) => records.push(record),
  };
  try {
    return { ok: true, result: await run(hero), records };
  } catch (error) {
    if (error instanceof HeroError) return { ok: false, error, records };
    throw error;
  }
}

/** `callHero` for a connected practice. Never call this inside a transaction. */
export function callHeroForPractice<Result>(
  ctx: TenantContext,
  practice: PracticeWithKey,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<HeroOutcome<Result>> {
  const { practiceGroupId, apiKey, credential } = practice;
  const { environment } = ctx;
  const { environment: keyEnvironment, fingerprint } = credential;
  const target = { environment, keyEnvironment, apiKey, practiceGroupId, fingerprint };
  return callHero({ ...target, actorId: actorId(ctx) }, run);
}
