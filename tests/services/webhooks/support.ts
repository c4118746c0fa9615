import { beforeEach } from "vitest";
import { listActivity } from "@/server/services/activity";
import { listWebhooks } from "@/server/services/webhooks/read";
import { subscribe } from "@/server/services/webhooks/subscribe";
import { syncWebhooks } from "@/server/services/webhooks/sync";
import type { HeroEventType } from "@/server/schemas/event-catalogue";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice, listHeroCalls } from "../../support/hero";
import { listSandboxWebhooks } from "../../support/sandbox-webhooks";
import { createTenant, type TestTenant } from "../../support/tenants";

export const superuser = connectAsSuperuser();
export const practiceGroupId = "20533";

export let tenant: TestTenant;
export let ctx: TenantContext;
export let practiceId: string;
export let apiKey: string;

/** For each test a tenant with one connected practice. */
beforeEach(async () => {
  tenant = await createTenant();
  ctx = await tenant.asOwner();
  ({ apiKey } = await getSandboxPractice(practiceGroupId, "a"));
  ({ id: practiceId } = await tenant.connect({ practiceGroupId, apiKey }));
});

export const want = (eventTypes: HeroEventType[], context = ctx, id = practiceId) =>
  subscribe(context, { practices: [{ practiceId: id, eventTypes }] });

export const sync = (isRepair = false, now?: Date) =>
  syncWebhooks(ctx, { practiceId, isRepair }, now);

/** Subscribes, and does the job's work. */
export async function register(...eventTypes: HeroEventType[]): Promise<void> {
  await want(eventTypes);
  await sync();
}

export async function getPracticeView(now?: Date) {
  const { practices } = await listWebhooks(ctx, now);
  const [practice] = practices;
  if (!practice) throw new Error("There is no practice.");
  return practice;
}

export async function getEndpoint(now?: Date) {
  const [endpoint] = (await getPracticeView(now)).endpoints;
  if (!endpoint) throw new Error("There is no endpoint.");
  return endpoint;
}

/** The endpoints of a tenant's only practice. */
export const listEndpoints = async (context: TenantContext) =>
  (await listWebhooks(context)).practices.flatMap(({ endpoints }) => endpoints);

/** What Hero has for the practice. */
export const listAtHero = () => listSandboxWebhooks(apiKey);

export const countCalls = async (operation: string) =>
  (await listHeroCalls(apiKey, operation)).length;

export const listActions = async () =>
  (await listActivity(ctx, { limit: 100 })).items.map(({ action }) => action).reverse();

export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
