import "server-only";
import { db } from "@/db/client";
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
import type { TenantContext } from "../../tenancy/context";
import { practiceGroupIdUnderTest } from "../../tenancy/ids";
import { requirePermission } from "../../tenancy/permissions";
import { callHero, recordHeroCalls } from "../hero/access";
import { openHeldKey, refuseForeignKey, requireHeldKey } from "./held-key";
import { explainRefusal, testConnection } from "./report";
import { saveCredential, savePractice } from "./save";

type Candidate = { apiKey: string; practiceGroupId: PracticeGroupId };

/** Tries a pair against Hero and leaves the request log. @throws InvalidInputError, HeroError */
export async function tryCandidate(
  ctx: TenantContext,
  candidate: Candidate,
): Promise<ConnectionReport> {
  const outcome = await callHero(
    {
      ...candidate,
      environment: ctx.environment,
      keyEnvironment: ctx.environment,
      fingerprint: fingerprint(candidate.apiKey),
    },
    testConnection,
  );
  await db.tenant(ctx, (tx) => recordHeroCalls(tx, ctx, outcome.records));
  if (!outcome.ok) throw explainRefusal(outcome.error, ctx.environment);
  return outcome.result;
}

/** Tries a key and practice group id; saves nothing but the request log. */
export async function verifyPractice(
  ctx: TenantContext,
  input: VerifyPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  await refuseForeignKey(ctx, input.apiKey);
  return tryCandidate(ctx, {
    apiKey: input.apiKey,
    practiceGroupId: practiceGroupIdUnderTest(input.practiceGroupId),
  });
}

/**
 * Tries the pair again and, if Hero accepts it, saves key and practice together.
 *
 * @throws InvalidInputError with the refused field
 * @throws ConflictError when the practice is already connected in this environment
 * @throws HeroError when Hero cannot answer; nothing is saved then
 */
export async function connectPractice(
  ctx: TenantContext,
  input: ConnectPracticeInput,
): Promise<PracticeView> {
  const report = await verifyPractice(ctx, input);
  return db.tenant(ctx, async (tx) => {
    const credentialId = await saveCredential(tx, ctx, input);
    return savePractice(tx, ctx, { credentialId, alias: input.alias, report });
  });
}

/** Tries whether a held key reaches a further practice of its Hero network (guide §4). */
export async function verifyNetworkPractice(
  ctx: TenantContext,
  input: VerifyNetworkPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  const apiKey = await openHeldKey(ctx, input.credentialId);
  const practiceGroupId = practiceGroupIdUnderTest(input.practiceGroupId);
  return tryCandidate(ctx, { apiKey, practiceGroupId });
}

/** As `connectPractice`, with a key that is already held. */
export async function connectNetworkPractice(
  ctx: TenantContext,
  input: ConnectNetworkPracticeInput,
): Promise<PracticeView> {
  const report = await verifyNetworkPractice(ctx, input);
  const { credentialId, alias } = input;
  return db.tenant(ctx, async (tx) => {
    await requireHeldKey(tx, ctx, credentialId);
    return savePractice(tx, ctx, { credentialId, alias, report });
  });
}
