import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { fingerprint } from "../../crypto/tokens";
import type { PracticeGroupId } from "../../hero/practice-group";
import type {
  ConnectionReport,
  ConnectNetworkPracticeInput,
  ConnectPracticeInput,
  PracticeView,
  VerifyNetworkPracticeInput,
  VerifyPracticeInput,
} from "../../schemas/practices";
import { actorId, type TenantContext } from "../../tenancy/context";
import { unverifiedPracticeGroupId } from "../../tenancy/ids";
import { requirePermission } from "../../tenancy/permissions";
import { callHero } from "../hero-calls/call";
import { heroLimiter } from "../hero-calls/limiter";
import { recordHeroCalls } from "../hero-calls/record";
import { consumeRateLimit, refundRateLimit } from "../rate-limits";
import { openStoredKey, rejectKeyOfOtherEnvironment, requireStoredKey } from "./stored-key";
import { explainRefusal, testConnection } from "./report";
import { saveCredential, savePractice } from "./save";

type Candidate = { apiKey: string; practiceGroupId: PracticeGroupId };

/**
 * Tests a key and practice group ID, and writes the request log.
 *
 * @throws RateLimitedError after 20 in an hour that Hero rejected
 * @throws InvalidInputError, HeroError
 */
export async function testCandidate(
  ctx: TenantContext,
  candidate: Candidate,
): Promise<ConnectionReport> {
  // Counted before the call, so that parallel attempts cannot exceed the limit.
  await consumeRateLimit("rejected-connection", actorId(ctx));
  const outcome = await callHero(
    {
      ...candidate,
      environment: ctx.environment,
      keyEnvironment: ctx.environment,
      limiter: heroLimiter(`${ctx.environment}:${fingerprint(candidate.apiKey)}`, actorId(ctx)),
    },
    testConnection,
  );
  await db.tenant(ctx, (tx) => recordHeroCalls(tx, ctx, outcome.records));
  const refusal = outcome.ok ? null : explainRefusal(outcome.error, ctx.environment);
  if (!(refusal instanceof InvalidInputError)) {
    await refundRateLimit("rejected-connection", actorId(ctx));
  }
  if (!outcome.ok) throw refusal;
  return outcome.result;
}

/** Tests a key and practice group ID; saves only the request log. */
export async function verifyPractice(
  ctx: TenantContext,
  input: VerifyPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  await rejectKeyOfOtherEnvironment(ctx, input.apiKey);
  return testCandidate(ctx, {
    apiKey: input.apiKey,
    practiceGroupId: unverifiedPracticeGroupId(input.practiceGroupId),
  });
}

/**
 * Tests the pair again and, if Hero accepts it, saves key and practice together.
 *
 * @throws InvalidInputError with the rejected field
 * @throws ConflictError when the practice is already connected in this environment
 * @throws HeroError when Hero is not available; nothing is saved then
 */
export async function connectPractice(
  ctx: TenantContext,
  input: ConnectPracticeInput,
): Promise<PracticeView> {
  const report = await verifyPractice(ctx, input);
  return db.tenant(ctx, async (tx) => {
    const credentialId = await saveCredential(tx, ctx, input);
    return savePractice(tx, ctx, { credentialId, nickname: input.nickname, report });
  });
}

/** Tests whether an existing key can access another practice of its Hero network. */
export async function verifyNetworkPractice(
  ctx: TenantContext,
  input: VerifyNetworkPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  const apiKey = await openStoredKey(ctx, input.credentialId);
  const practiceGroupId = unverifiedPracticeGroupId(input.practiceGroupId);
  return testCandidate(ctx, { apiKey, practiceGroupId });
}

/** Like `connectPractice`, with an existing key. */
export async function connectNetworkPractice(
  ctx: TenantContext,
  input: ConnectNetworkPracticeInput,
): Promise<PracticeView> {
  const report = await verifyNetworkPractice(ctx, input);
  const { credentialId, nickname } = input;
  return db.tenant(ctx, async (tx) => {
    await requireStoredKey(tx, ctx, credentialId);
    return savePractice(tx, ctx, { credentialId, nickname, report });
  });
}
