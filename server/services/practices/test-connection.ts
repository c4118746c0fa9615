import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { RateLimitedError } from "../../errors";
import type { PracticeIdInput, PracticeView } from "../../schemas/practices";
import { isLearnedByUse } from "../../schemas/hero-capabilities";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import { consumeRateLimit, readRateLimit, resetRateLimit } from "../rate-limits";
import { loadPracticeWithKey } from "./load-with-key";
import { testConnection } from "./report";
import { getPracticeView } from "./view";

/**
 * Tests whether a practice's key still works and stores the result. A failed test is a result, not an
 * error.
 *
 * @throws NotFoundError
 */
export async function testPractice(ctx: TenantContext, practiceId: string): Promise<PracticeView> {
  requirePermission(ctx, "practices.read");
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const outcome = await callHeroForPractice(ctx, practice, testConnection);
  return db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    const now = new Date();
    const fields = outcome.ok
      ? {
          name: outcome.result.name,
          sector: outcome.result.sector,
          capabilities: outcome.result.capabilities,
          // A test cannot disprove what real calls have shown.
          capabilityChecks: [
            ...outcome.result.capabilityChecks,
            ...practice.capabilityChecks.filter(({ capability }) => isLearnedByUse(capability)),
          ],
          lastSuccessAt: now,
          lastFailure: null,
        }
      : { lastFailure: outcome.error.message };
    await tx
      .update(practices)
      .set({ ...fields, lastCheckedAt: now })
      .where(and(inScope(practices, ctx), eq(practices.id, practiceId)));
    await recordChange(tx, ctx, "practices", practiceId);
    return getPracticeView(tx, ctx, practiceId);
  });
}

/** How often and how long to look whether another process has ended its test. */
const pollMs = 200;
const maxWaitMs = 30_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tests a practice, or waits for the test of another process and returns what it stored. */
async function testUnlessRunning(
  ctx: TenantContext,
  practiceId: string,
  key: string,
): Promise<PracticeView> {
  const isFirst = await consumeRateLimit("running-connection-test", key).then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof RateLimitedError)) throw error;
      return false;
    },
  );
  if (isFirst) {
    try {
      return await testPractice(ctx, practiceId);
    } finally {
      await resetRateLimit("running-connection-test", key);
    }
  }
  const deadline = performance.now() + maxWaitMs;
  while (performance.now() < deadline) {
    if ((await readRateLimit("running-connection-test", key)).attempts === 0) break;
    await sleep(pollMs);
  }
  return db.tenant(ctx, (tx) => getPracticeView(tx, ctx, practiceId));
}

/** The tests of this process that are running, or wait for one, by tenant, environment and practice. */
const runningTests = new Map<string, Promise<PracticeView>>();

/**
 * The "Test now" button. A test that is running, in any process, is shared, because each is several calls
 * with the key that the practice's links need too.
 *
 * @throws RateLimitedError after 30 in a minute by one person
 * @throws NotFoundError
 */
export async function testPracticeNow(
  ctx: TenantContext,
  { practiceId }: PracticeIdInput,
): Promise<PracticeView> {
  requirePermission(ctx, "practices.read");
  await consumeRateLimit("connection-test", actorId(ctx));
  const key = `${ctx.tenantId}/${ctx.environment}/${practiceId}`;
  const running = runningTests.get(key);
  if (running) return running;
  const test = testUnlessRunning(ctx, practiceId, key).finally(() => runningTests.delete(key));
  runningTests.set(key, test);
  return test;
}
