import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { heroRequests } from "@/db/schema/activity";
import { credentials, practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { HeroError } from "../../hero/errors";
import type { HeroCallRecord } from "../../hero/request";
import { enqueue } from "../../queue/enqueue";
import { capabilityOfOperation, isLearnedByUse } from "../../schemas/hero-capabilities";
import type { CapabilityCheck } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { recordEvent } from "../events/record";
import type { PracticeWithKey } from "../practices/load-with-key";

/** Writes the request log. */
export async function recordHeroCalls(
  tx: Transaction,
  ctx: TenantContext,
  records: readonly HeroCallRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.insert(heroRequests).values(
    records.map((record) => ({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      requestId: ctx.requestId,
      ...record,
    })),
  );
}

/** After calls for a practice: the request log, and what the replies say about key and capabilities. */
export async function recordCallsForPractice(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  records: readonly HeroCallRecord[],
): Promise<void> {
  await recordHeroCalls(tx, ctx, records);
  await updateCredentialState(tx, ctx, practice, records);
  await updateCapabilityChecks(tx, ctx, practice, records);
}

/**
 * A 401 marks the key and emails the people who can replace it (assumption 3); a later success clears
 * the mark. The last use is written once a minute: more often, all calls with a key would queue for its row.
 */
async function updateCredentialState(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  records: readonly HeroCallRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const { credential } = practice;
  const now = new Date();
  const isRejected = records.some(({ errorCode }) => errorCode === "unauthorised");
  const isAccepted = records.some(({ errorCode }) => errorCode === null);
  const state = isRejected ? "needs_new_key" : isAccepted ? "working" : credential.state;
  // The key may have been replaced during the call.
  const sameKey = and(
    inScope(credentials, ctx),
    eq(credentials.id, credential.id),
    eq(credentials.fingerprint, credential.fingerprint),
  );
  if (state === credential.state) {
    if (now.getTime() - (credential.lastUsedAt?.getTime() ?? 0) > 60_000) {
      await tx.update(credentials).set({ lastUsedAt: now }).where(sameKey);
    }
    return;
  }
  const changed = await tx
    .update(credentials)
    .set({ state, lastUsedAt: now })
    .where(and(sameKey, eq(credentials.state, credential.state)))
    .returning({ id: credentials.id });
  if (changed.length === 0) return;
  const subject = { type: "credential", id: credential.id, label: practice.name } as const;
  await recordAudit(tx, ctx, isRejected ? "credential.rejected" : "credential.recovered", subject);
  if (isRejected) {
    await recordEvent(tx, ctx, {
      type: "practice.key_refused",
      // Once for each time: the update above found the key accepted.
      key: `${practice.id}:${credential.id}:${now.toISOString()}`,
      subjectId: practice.id,
      data: { practiceId: practice.id },
    });
    const { tenantId, environment } = ctx;
    const job = { tenantId, environment, practiceId: practice.id };
    await enqueue("key-rejected-mail", job, { within: tx });
  }
}

/** A 403 marks a capability as missing. What other calls found since the practice was loaded stays. */
async function updateCapabilityChecks(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  records: readonly HeroCallRecord[],
): Promise<void> {
  if (records.reduce(applyRecord, practice.capabilityChecks) === practice.capabilityChecks) return;
  const samePractice = and(inScope(practices, ctx), eq(practices.id, practice.id));
  const [current] = await tx
    .select({ capabilityChecks: practices.capabilityChecks })
    .from(practices)
    .where(samePractice)
    .for("no key update");
  if (!current) return;
  const capabilityChecks = records.reduce(applyRecord, current.capabilityChecks);
  await tx.update(practices).set({ capabilityChecks }).where(samePractice);
}

/** The checks after one call; the same array when it says nothing new. */
function applyRecord(
  checks: CapabilityCheck[],
  { operation, errorCode, durationMs }: HeroCallRecord,
): CapabilityCheck[] {
  const capability = capabilityOfOperation(operation);
  const isForbidden = errorCode === "forbidden";
  if (!capability) return checks;
  const isCheckedByUse = isLearnedByUse(capability);
  if (!isForbidden && !(isCheckedByUse && errorCode === null)) return checks;
  const isAvailable = !isForbidden;
  const reason = isForbidden ? new HeroError("forbidden", operation).message : null;
  const previous = checks.find((check) => check.capability === capability);
  if (previous?.isAvailable === isAvailable) return checks;
  if (previous) {
    return checks.map((check) => (check === previous ? { ...check, isAvailable, reason } : check));
  }
  return isCheckedByUse ? [...checks, { capability, isAvailable, reason, durationMs }] : checks;
}
