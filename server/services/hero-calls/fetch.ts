import "server-only";
import { db } from "@/db/client";
import type { HeroConnection } from "../../hero/request";
import type { TenantContext } from "../../tenancy/context";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { callHeroForPractice } from "./call";
import { recordCallsForPractice } from "./record";

/**
 * Reads something from Hero for a practice: load the practice, call, record the calls.
 * @throws NotFoundError, HeroError
 */
export async function fetchFromHero<Result>(
  ctx: TenantContext,
  practiceId: string,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<Result> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const outcome = await callHeroForPractice(ctx, practice, run);
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) throw outcome.error;
  return outcome.result;
}
