import { beforeAll, beforeEach } from "vitest";
import { db } from "@/db/client";
import { listActivity } from "@/server/services/activity";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice } from "../../support/hero";
import { createTenant, type TestTenant } from "../../support/tenants";

export const superuser = connectAsSuperuser();

export type SandboxPractice = Awaited<ReturnType<typeof getSandboxPractice>>;

/** In one network: 20533, 20690 and 20417. */
export let millbrook: SandboxPractice;
export let kingsway: SandboxPractice;
export let otherKey: SandboxPractice;

/** A new tenant for each test, with nothing connected. */
export let tenant: TestTenant;
export let ctx: TenantContext;

beforeAll(async () => {
  millbrook = await getSandboxPractice("20533", "a");
  otherKey = await getSandboxPractice("20533", "b");
  kingsway = await getSandboxPractice("kingsway-31", "c");
});

beforeEach(async () => {
  tenant = await createTenant();
  ctx = await tenant.asOwner();
});

export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => error,
  );

/** A tenant's saved connections. */
export async function savedRows(context = ctx) {
  const practices = await superuser`
    select id, environment, practice_group_id, credential_id, disconnected_at from practices
    where tenant_id = ${context.tenantId} order by id`;
  const credentials = await superuser`
    select id, environment, state, sealed_key, fingerprint from credentials
    where tenant_id = ${context.tenantId} order by id`;
  return { practices, credentials };
}
export const noRows = { practices: [], credentials: [] };

export const listActions = async (context = ctx) =>
  (await listActivity(context, { limit: 100 })).items.map(({ action }) => action).reverse();

export const readStoredKey = (practiceId: string, context = ctx) =>
  db.tenant(context, async (tx) => (await loadPracticeWithKey(tx, context, practiceId)).apiKey);
