import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { type ApiResponse, callApi, createTestApiKey } from "../../support/api-v1";
import { getSandboxPractice, injectFault, listHeroCalls } from "../../support/hero";
import { createTenant, firstBookingChoice } from "../../support/tenants";

const rate = 5;
const sql = connectAsSuperuser();

let owner: TenantContext;
let key: string;
let heroKey: string;
let body: Record<string, unknown>;

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice("30298", "b");
  heroKey = practice.apiKey;
  const { id } = await tenant.connect(practice);
  owner = await tenant.asOwner();
  ({ key } = await createTestApiKey(owner));
  body = {
    kind: "booking",
    practiceGroupId: practice.practiceGroupId,
    ...(await firstBookingChoice(owner, id)),
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 1,
  };
  // As in production, for the calls that follow.
  const { env } = await import("@/server/env");
  Object.assign(env(), { HERO_RATE_PER_SECOND: rate, HERO_CONCURRENCY: 4 });
});

const post = (idempotencyKey: string): Promise<ApiResponse> =>
  callApi({ method: "POST", key, body, headers: { "idempotency-key": idempotencyKey } });

const countHeroCalls = async () => (await listHeroCalls(heroKey, "createBookingLink")).length;

/** Every record of a link of this organisation. */
async function countLinks(): Promise<Record<string, number>> {
  const rows = await sql`
    select outcome, count(*)::int as n from links where tenant_id = ${owner.tenantId} group by outcome`;
  return Object.fromEntries(rows.map(({ outcome, n }) => [String(outcome), Number(n)]));
}

describe("C3: many links at once", () => {
  it("each of 100 requests at once succeeds or gets a time to retry, and no key is used up", async () => {
    const keys = Array.from({ length: 100 }, () => randomUUID());
    const first = await Promise.all(keys.map(post));
    const created = first.filter(({ status }) => status === 201);
    const refused = keys.filter((_, index) => first[index]?.status !== 201);
    // Within the eight seconds that a request may wait.
    expect(created.length).toBeGreaterThan(rate * 6);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, json, headers } of first) {
      if (status === 201) continue;
      expect({ status, json }).toMatchObject({
        status: 503,
        json: { title: "Hero cannot take the request now", heroCode: "busy" },
      });
      const seconds = Number(headers.get("retry-after"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThan(25);
    }
    // Nothing is kept of the others.
    expect(await countLinks()).toEqual({ active: created.length });
    expect(await countHeroCalls()).toBe(created.length);
    const [audit] = await sql`
      select count(*)::int as n from audit_events
      where tenant_id = ${owner.tenantId} and action = 'link.requested'`;
    expect(audit?.n).toBe(created.length);

    // The same keys again: each gets its link.
    const again = await Promise.all(refused.slice(0, 30).map(post));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([201]));
    const repeated = await Promise.all(keys.slice(0, 5).map(post));
    expect(repeated.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect(await countHeroCalls()).toBe(created.length + again.length);
  }, 60_000);

  it("a repeat is answered while the key is busy", async () => {
    const idempotencyKey = randomUUID();
    expect((await post(idempotencyKey)).status).toBe(201);
    const others = Promise.all(Array.from({ length: 20 }, () => post(randomUUID())));
    const startedAt = performance.now();
    expect((await post(idempotencyKey)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    await others;
  }, 30_000);

  it("a failure before Hero was called does not use up the key", async () => {
    const idempotencyKey = randomUUID();
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 403 });
    const refused = await post(idempotencyKey);
    expect(refused.status).toBe(422);
    // As the link of a request whose connection was refused.
    await sql`
      update links set failure_code = 'unreachable' where id = ${String(refused.json.linkId)}`;
    const created = await post(idempotencyKey);
    expect(created).toMatchObject({ status: 201, json: { id: refused.json.linkId } });
    expect(created.headers.has("idempotency-replayed")).toBe(false);
  });

  it("a change that waits too long can be sent again too", async () => {
    const { json } = await post(randomUUID());
    const patch = () =>
      callApi({ method: "PATCH", path: `/${String(json.id)}`, key, body: { maxUses: 2 } });
    await sql`update hero_limits set ready_at = clock_timestamp() + interval '40 seconds'`;
    const refused = await patch();
    expect(refused).toMatchObject({ status: 503, json: { heroCode: "busy" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(30);
    await sql`update hero_limits set ready_at = clock_timestamp()`;
    expect(await patch()).toMatchObject({ status: 200, json: { maxUses: 2 } });
  });
});
