import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { webhookDeliveries, webhookEndpointHours, webhookObjects } from "@/db/schema/webhooks";
import { runHousekeeping } from "@/server/services/housekeeping";
import { loadDataKey } from "@/server/services/practices/stored-key";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice } from "../../support/hero";
import { createTenantPair, type TestTenant } from "../../support/tenants";
import { insertEndpoint, type TestEndpoint } from "../../support/webhook-intake";

const superuser = connectAsSuperuser();
const now = new Date("2026-11-27T12:00:00Z");
const dayMs = 24 * 60 * 60_000;

type Place = { ctx: TenantContext; endpoint: TestEndpoint & { practiceId: string } };
let own: Place;
let other: Place;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("30298", "a");
  const createPlace = async (tenant: TestTenant): Promise<Place> => {
    const ctx = await tenant.asOwner();
    const connected = await tenant.connect(practice);
    const endpoint = await insertEndpoint(ctx, { ...connected, practiceGroupId: "30298" });
    return { ctx, endpoint: { ...endpoint, practiceId: connected.id } };
  };
  own = await createPlace(tenants.first);
  other = await createPlace(tenants.second);
});

/** Inserts deliveries that arrived so many milliseconds ago. */
async function insertDeliveries({ ctx, endpoint }: Place, agesMs: number[]) {
  await db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    await tx.insert(webhookDeliveries).values(
      agesMs.map((ageMs) => ({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        id: uuidv7({ msecs: now.getTime() - ageMs }),
        endpointId: endpoint.id,
        dedupeHash: randomBytes(38),
        receivedAt: new Date(now.getTime() - ageMs),
        headers: {},
        bodySize: 2,
        sealedBody: Buffer.from("sealed"),
        dataKeyId: dataKey.id,
        state: "done" as const,
      })),
    );
  });
}

const listDeliveries = async ({ endpoint }: Place) =>
  (
    await superuser`select received_at, sealed_body is not null as "hasBody"
      from webhook_deliveries where endpoint_id = ${endpoint.id} order by received_at desc`
  ).map((row) => ({
    ageMs: now.getTime() - (row.received_at as Date).getTime(),
    hasBody: Boolean(row.hasBody),
  }));

describe("housekeeping of deliveries", () => {
  it("housekeeping erases bodies after 30 days and deletes deliveries after 90, to the millisecond", async () => {
    const ages = [0, 30 * dayMs, 30 * dayMs + 1, 90 * dayMs, 90 * dayMs + 1, 400 * dayMs];
    for (const place of [own, other]) await insertDeliveries(place, ages);
    const expected = [
      { ageMs: 0, hasBody: true },
      { ageMs: 30 * dayMs, hasBody: true },
      { ageMs: 30 * dayMs + 1, hasBody: false },
      { ageMs: 90 * dayMs, hasBody: false },
    ];
    for (let run = 0; run < 2; run++) {
      await runHousekeeping(now);
      expect(await listDeliveries(own)).toEqual(expected);
      expect(await listDeliveries(other)).toEqual(expected);
    }
  });

  it("housekeeping reaches every delivery when there are more than one batch", async () => {
    const count = 2_300;
    const spread = (fromDays: number) =>
      Array.from({ length: count }, (_, index) => fromDays * dayMs + 1 + index);
    await insertDeliveries(own, [...spread(40), ...spread(100)]);
    await runHousekeeping(now);
    const deliveries = await listDeliveries(own);
    expect(deliveries.filter(({ ageMs }) => ageMs > 90 * dayMs)).toEqual([]);
    const old = deliveries.filter(({ ageMs }) => ageMs > 40 * dayMs && ageMs < 41 * dayMs);
    expect(old).toHaveLength(count);
    expect(old.filter(({ hasBody }) => hasBody)).toEqual([]);
  });

  it("housekeeping deletes counts after 90 days, and objects for which nothing waits after one", async () => {
    const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
    for (const { ctx, endpoint } of [own, other]) {
      await db.tenant(ctx, async (tx) => {
        const scope = { tenantId: ctx.tenantId, environment: ctx.environment };
        await tx
          .insert(webhookEndpointHours)
          .values(
            [89, 91].map((days) => ({ ...scope, endpointId: endpoint.id, hour: daysAgo(days) })),
          );
        const object = { ...scope, practiceId: endpoint.practiceId, objectType: "Appointment" };
        await tx.insert(webhookObjects).values([
          { ...object, objectId: "read today", lastReadAt: now },
          { ...object, objectId: "read long ago", lastReadAt: daysAgo(2) },
          { ...object, objectId: "due", lastReadAt: daysAgo(2), dueAt: now },
          { ...object, objectId: "given up" },
        ]);
      });
    }
    await runHousekeeping(now);
    for (const { ctx, endpoint } of [own, other]) {
      const hours = await superuser`
        select hour from webhook_endpoint_hours where endpoint_id = ${endpoint.id}`;
      expect([...hours]).toEqual([{ hour: daysAgo(89) }]);
      const objects = await superuser`
        select object_id as id from webhook_objects where tenant_id = ${ctx.tenantId} order by object_id`;
      expect([...objects]).toEqual([{ id: "due" }, { id: "read today" }]);
    }
  });
});
