import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { webhookRegistrations } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { HeroError } from "../../hero/errors";
import { createWebhook, type HeroWebhook } from "../../hero/webhooks";
import { heroEventType } from "../../schemas/event-types";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { callHeroForPractice, type HeroOutcome, withHeroSlot } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import type { PracticeWithKey } from "../practices/load-with-key";
import { lockEndpoint } from "./load";
import { createSigningKey } from "./signing-key";
import { endpointUrl } from "./urls";

const operation = { name: "createWebhook", method: "POST" } as const;

/**
 * Registers an endpoint at Hero with a new signing key: first a turn with the practice's key, then a pending
 * row, then the one call. The row stays pending until Hero's list shows the registration; a request whose
 * reply was lost is never sent again (assumption 61).
 *
 * @param replaces for a new key beside the present registration; otherwise nothing happens when there is one
 * @throws NotFoundError for an endpoint that is not wanted any more
 * @throws HeroError `busy`, `disconnected`; nothing is written then
 * @returns what Hero replied; undefined when there was nothing to do, or another request is under way
 */
export async function registerEndpoint(
  ctx: TenantContext,
  practice: PracticeWithKey,
  endpointId: string,
  { replaces }: { replaces: boolean },
): Promise<HeroOutcome<HeroWebhook> | undefined> {
  return withHeroSlot(ctx, practice, operation, async (limiter, current) => {
    const reserved = await reserve(ctx, endpointId, replaces);
    if (!reserved) return undefined;
    const { registrationId, signingKey, url, eventType } = reserved;
    const outcome = await callHeroForPractice(
      ctx,
      current,
      (hero) =>
        createWebhook(hero, {
          event_type: eventType,
          url,
          description: "Hero Partner Portal",
          signing_key: signingKey,
        }),
      limiter,
    );
    await saveOutcome(ctx, current, { registrationId, endpointId, url }, outcome);
    return outcome;
  });
}

async function reserve(ctx: TenantContext, endpointId: string, replaces: boolean) {
  return db.tenant(ctx, async (tx) => {
    const endpoint = await lockEndpoint(tx, ctx, endpointId);
    const present = await tx
      .select({ state: webhookRegistrations.state })
      .from(webhookRegistrations)
      .where(
        and(
          inScope(webhookRegistrations, ctx),
          eq(webhookRegistrations.endpointId, endpointId),
          inArray(webhookRegistrations.state, replaces ? ["pending"] : ["pending", "active"]),
        ),
      );
    if (present.length > 0) return undefined;
    const registrationId = uuidv7();
    const { signingKey, ...sealed } = await createSigningKey(tx, ctx, registrationId);
    await tx.insert(webhookRegistrations).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: registrationId,
      endpointId,
      ...sealed,
    });
    const eventType = heroEventType.parse(endpoint.eventType);
    return { registrationId, signingKey, url: endpointUrl(endpoint.urlToken), eventType };
  });
}

async function saveOutcome(
  ctx: TenantContext,
  practice: PracticeWithKey,
  { registrationId, endpointId, url }: { registrationId: string; endpointId: string; url: string },
  outcome: HeroOutcome<HeroWebhook>,
): Promise<void> {
  const isOurs = outcome.ok && outcome.result.url === url;
  const error = outcome.ok ? new HeroError("unreadable_reply", operation.name) : outcome.error;
  const isUnknown = error.writeOutcome === "unknown";
  const failure = isUnknown
    ? `${error.message} The webhook may be registered: Hero's list will show it.`
    : explainRefusal(error, practice);
  const subject = { type: "webhook", id: endpointId, label: practice.name } as const;
  await db.tenant(ctx, async (tx) => {
    // First, as in a comparison: both lock the practice and the registration.
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    await tx
      .update(webhookRegistrations)
      .set(
        isOurs
          ? { heroWebhookId: outcome.result.id }
          : { ...(isUnknown ? {} : { state: "failed" }), failure, failureCode: error.code },
      )
      .where(
        and(
          inScope(webhookRegistrations, ctx),
          eq(webhookRegistrations.id, registrationId),
          eq(webhookRegistrations.state, "pending"),
        ),
      );
    const action = isUnknown ? "webhook.registration_unknown" : "webhook.registration_failed";
    await recordAudit(tx, ctx, isOurs ? "webhook.registered" : action, subject, {
      errorCode: isOurs ? null : error.code,
    });
    await recordChange(tx, ctx, "practices", practice.id);
  });
}

/** Why Hero did not create the registration, and what to do. */
export function explainRefusal(error: HeroError, practice: PracticeWithKey): string {
  if (error.code === "forbidden") {
    return `Hero does not allow this key to use webhooks. Ask ${practice.publicName} to allow it in its Hero settings, then select Repair.`;
  }
  if (error.code === "unauthorised") {
    return `${error.message} Replace the API key of ${practice.publicName}.`;
  }
  if (error.code === "bad_request") {
    return "Hero rejected the event type or the portal's address. It may not offer this event type yet.";
  }
  return error.message;
}
