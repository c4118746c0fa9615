import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import {
  type ForeignRegistration,
  webhookChecks,
  webhookRegistrations,
} from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { HeroError } from "../../hero/errors";
import { deleteWebhook, listWebhooks } from "../../hero/webhooks";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { type ComparedEndpoint, compareWithHero, type Comparison, isGivenUp } from "./compare";
import { findOwnTokens, loadEndpoints } from "./load";
import { explainRefusal, registerEndpoint } from "./register";
import { tokenOfUrl } from "./urls";

/** How often an endpoint is registered without a person when Hero's list never shows it. */
const maxUnattended = 3;

type Compared = { endpoints: ComparedEndpoint[]; comparison: Comparison };

/**
 * Compares a practice's registrations with Hero's list, and writes what it shows. Changes nothing at Hero.
 *
 * @returns null when the list could not be read; the reason is in the practice's last check
 * @throws NotFoundError unless the practice is connected
 */
export async function compareWebhooks(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<Compared | null> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  return compare(ctx, practice, now);
}

async function compare(
  ctx: TenantContext,
  practice: PracticeWithKey,
  now: Date,
): Promise<Compared | null> {
  const listedAt = new Date();
  const outcome = await callHeroForPractice(ctx, practice, listWebhooks);
  if (!outcome.ok) {
    const failure = explainRefusal(outcome.error, practice);
    await db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      await saveCheck(tx, ctx, practice.id, { failure, now });
    });
    return null;
  }
  const { webhooks, isComplete } = outcome.result;
  const tokens = webhooks.flatMap(({ url }) => tokenOfUrl(url) ?? []);
  const ownTokens = await findOwnTokens(ctx, practice.id, tokens);
  return db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    const endpoints = await loadEndpoints(tx, ctx, practice.id);
    const comparison = compareWithHero(endpoints, webhooks, {
      isComplete,
      listedAt,
      isOurs: (token) => ownTokens.has(token),
      now,
    });
    await applyUpdates(tx, ctx, practice, endpoints, comparison);
    await saveCheck(tx, ctx, practice.id, {
      failure: isComplete
        ? null
        : "Hero's list was not complete, so missing webhooks cannot be found.",
      foreign: comparison.foreign,
      now,
    });
    return { endpoints: await loadEndpoints(tx, ctx, practice.id), comparison };
  });
}

async function applyUpdates(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  endpoints: readonly ComparedEndpoint[],
  { updates, foreign }: Comparison,
): Promise<void> {
  const before = new Map(
    endpoints.flatMap(({ id: endpointId, registrations }) =>
      registrations.map((registration) => [registration.id, { ...registration, endpointId }]),
    ),
  );
  let lost = 0;
  // In one order, so that two comparisons at once cannot block each other.
  for (const { id, set } of updates.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const registration = before.get(id);
    if (!registration || registration.state === set.state) continue;
    if (set.state === "lost") lost += 1;
    await tx
      .update(webhookRegistrations)
      .set(set)
      .where(
        and(
          inScope(webhookRegistrations, ctx),
          eq(webhookRegistrations.id, id),
          // Another comparison may have been faster.
          eq(webhookRegistrations.state, registration.state),
        ),
      );
  }
  const [previous] = await tx
    .select({ foreign: webhookChecks.foreign })
    .from(webhookChecks)
    .where(and(inScope(webhookChecks, ctx), eq(webhookChecks.practiceId, practice.id)));
  const isKnown = ({ heroWebhookId }: ForeignRegistration) =>
    previous?.foreign.some((each) => each.heroWebhookId === heroWebhookId) ?? false;
  const found = foreign.filter((each) => !isKnown(each)).length;
  if (lost + found === 0) return;
  const subject = { type: "practice", id: practice.id, label: practice.name } as const;
  await recordAudit(tx, ctx, "webhook.difference_found", subject, { lost, foreign: found });
}

async function saveCheck(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  check: { failure: string | null; foreign?: ForeignRegistration[]; now: Date },
): Promise<void> {
  const values = {
    checkedAt: check.now,
    failure: check.failure,
    ...(check.foreign ? { foreign: check.foreign } : {}),
  };
  await tx
    .insert(webhookChecks)
    .values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      practiceId,
      foreign: [],
      ...values,
    })
    .onConflictDoUpdate({
      target: [webhookChecks.tenantId, webhookChecks.environment, webhookChecks.practiceId],
      set: values,
    });
  await recordChange(tx, ctx, "practices", practiceId);
}

/**
 * Makes a practice's registrations at Hero equal to what is wanted: reads the list, registers what is
 * missing, deletes what is not wanted, and reads the list again if anything was sent.
 *
 * @param isRepair also deletes registrations with a URL of this portal that it knows nothing of
 * @param isUnattended leaves what Hero refused or lost to a person
 * @throws NotFoundError unless the practice is connected
 * @throws HeroError `busy`; what was done until then stays
 */
export async function syncWebhooks(
  ctx: TenantContext,
  {
    practiceId,
    isRepair,
    isUnattended = false,
  }: { practiceId: string; isRepair: boolean; isUnattended?: boolean },
  now = new Date(),
): Promise<void> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const first = await compare(ctx, practice, now);
  if (!first) return;
  const missing = first.endpoints.filter(
    ({ removedAt, registrations }) =>
      !removedAt &&
      !registrations.some(({ state }) => state === "pending" || state === "active") &&
      (!isUnattended || (registrations.length < maxUnattended && registrations.every(isGivenUp))),
  );
  let sent = 0;
  for (const { id } of missing) {
    const outcome = await registerEndpoint(ctx, practice, id, { replaces: false });
    if (!outcome) continue;
    sent += 1;
    // The others would get the same answer.
    if (!outcome.ok && ["forbidden", "unauthorised"].includes(outcome.error.code)) break;
  }
  const { deletions, foreign } = first.comparison;
  const unwanted = [
    ...deletions,
    ...(isRepair ? foreign.map(({ heroWebhookId }) => heroWebhookId) : []),
  ];
  await deleteAtHero(ctx, practice, unwanted);
  if (sent + unwanted.length > 0) {
    const second = await compare(ctx, practice, now);
    // What a new registration replaced.
    const replaced = second?.comparison.deletions ?? [];
    const left = replaced.filter((id) => !unwanted.includes(id));
    if (left.length > 0) {
      await deleteAtHero(ctx, practice, left);
      await compare(ctx, practice, now);
    }
  }
  if (!isRepair) return;
  const subject = { type: "practice", id: practiceId, label: practice.name } as const;
  await db.tenant(ctx, (tx) =>
    recordAudit(tx, ctx, "webhook.repaired", subject, {
      registered: sent,
      deleted: unwanted.length,
    }),
  );
}

/** Best effort: the next list shows what is left. @throws HeroError `busy` */
async function deleteAtHero(
  ctx: TenantContext,
  practice: PracticeWithKey,
  heroWebhookIds: readonly string[],
): Promise<void> {
  for (const id of heroWebhookIds) {
    const outcome = await callHeroForPractice(ctx, practice, (hero) => deleteWebhook(hero, id));
    await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
    if (outcome.ok || outcome.error.code === "not_found") continue;
    const { code } = outcome.error;
    if (code === "busy") throw new HeroError("busy", "deleteWebhook", outcome.error.details);
    if (code === "forbidden" || code === "unauthorised") return;
  }
}
