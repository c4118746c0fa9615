import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { webhookEndpointHours } from "@/db/schema/webhooks";
import { roles } from "@/server/schemas/permissions";
import { countDeliveriesByCause, listDeliveries } from "@/server/services/webhooks/deliveries/list";
import { getEndpointHealth } from "@/server/services/webhooks/deliveries/health";
import { getDelivery, showDeliveryBody } from "@/server/services/webhooks/deliveries/read";
import { receiveDelivery } from "@/server/services/webhooks/intake";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice } from "../../support/hero";
import { createTenantPair, type TestTenant } from "../../support/tenants";
import {
  deliveryBody,
  insertEndpoint,
  signedHeaders,
  type TestEndpoint,
} from "../../support/webhook-intake";

const superuser = connectAsSuperuser();
const hourMs = 3_600_000;

let tenant: TestTenant;
let other: TestTenant;
let ctx: TenantContext;
let practiceId: string;
let endpoint: TestEndpoint;
let foreignCtx: TenantContext;

beforeAll(async () => {
  const practice = await getSandboxPractice("30298", "c");
  const pair = await createTenantPair();
  tenant = pair.first;
  other = pair.second;
  ctx = await tenant.asOwner();
  foreignCtx = await other.asOwner();
  const connected = await tenant.connect(practice);
  practiceId = connected.id;
  endpoint = await insertEndpoint(ctx, connected, "appointment.confirmed");
  await other.connect(practice);
});

/** Sends a delivery as Hero would, and returns its ID. */
async function deliver(
  body: string | Buffer = deliveryBody(endpoint),
  options: { signedAt?: Date; to?: TestEndpoint } = {},
): Promise<string> {
  const now = new Date();
  const { signedAt = now, to = endpoint } = options;
  const rawBody = Buffer.from(body);
  const headers = signedHeaders(
    to.signingKey,
    rawBody,
    String(Math.floor(signedAt.getTime() / 1000)),
  );
  const request = { urlToken: to.urlToken, headers, rawBody };
  expect(await receiveDelivery(request, now)).toBe(200);
  const [row] = await superuser`
    select id from webhook_deliveries where endpoint_id = ${to.id} order by id desc limit 1`;
  return String(row?.id);
}

const listIds = async (input: Parameters<typeof listDeliveries>[1]) =>
  (await listDeliveries(ctx, input)).items.map(({ id }) => id);

describe("the list of deliveries", () => {
  it("deliveries are newest first, page by page, each once", async () => {
    const to = await insertEndpoint(ctx, { id: practiceId, practiceGroupId: "30298" });
    const eventType = "appointment.cancelled";
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1)
      ids.unshift(await deliver(deliveryBody(to, { event: eventType }), { to }));
    const first = await listDeliveries(ctx, { eventType, limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await listDeliveries(ctx, {
      eventType,
      limit: 2,
      cursor: first.nextCursor ?? undefined,
    });
    const third = await listDeliveries(ctx, {
      eventType,
      limit: 2,
      cursor: second.nextCursor ?? undefined,
    });
    expect([...second.items, ...third.items].map(({ id }) => id)).toEqual(ids.slice(2));
    expect(third.nextCursor).toBeNull();
  });

  it("filters by practice, event type, state, lateness and period", async () => {
    const now = new Date();
    const late = await deliver(deliveryBody(endpoint), {
      signedAt: new Date(now.getTime() - hourMs),
    });
    const unknownType = await deliver(deliveryBody(endpoint, { event: "robot.sneezed" }));
    const wrongPractice = await deliver(deliveryBody(endpoint, { practice_group_id: "1" }));
    expect(await listIds({ isLate: true })).toEqual([late]);
    expect(await listIds({ eventType: "robot.sneezed" })).toEqual([unknownType]);
    expect(await listIds({ state: "quarantined" })).toEqual([wrongPractice]);
    expect(await listIds({ practiceId, state: "quarantined" })).toEqual([wrongPractice]);
    expect(await listIds({ practiceId: endpoint.id })).toEqual([]);
    const inTwoHours = new Date(now.getTime() + 2 * hourMs);
    expect((await listDeliveries(ctx, { period: "hour" }, inTwoHours)).items).toEqual([]);
    expect(
      (await listDeliveries(ctx, { period: "day", isLate: true }, inTwoHours)).items,
    ).toHaveLength(1);
  });

  it("deliveries that need attention are counted by cause", async () => {
    const to = await insertEndpoint(ctx, { id: practiceId, practiceGroupId: "30298" });
    const before = await countDeliveriesByCause(ctx, {});
    await deliver("not json", { to });
    await deliver(" not json", { to });
    const unreadable = (rows: typeof before) =>
      rows.find(({ outcome }) => outcome === "unreadable_body");
    const after = await countDeliveriesByCause(ctx, { practiceId });
    expect(unreadable(after)).toMatchObject({
      state: "failed",
      count: (unreadable(before)?.count ?? 0) + 2,
    });
    expect(await countDeliveriesByCause(foreignCtx, {})).toEqual([]);
  });
});

describe("one delivery", () => {
  it("a delivery shows its headers, sizes and times, and hides possible patient details", async () => {
    const body = JSON.stringify({
      object: "Patient",
      id: "40502",
      practice_group_id: "30298",
      event: "patient.medical-record-updated",
      nhs_number: "9994294083",
      "Margaret Ellison": ["1984-03-12"],
      weight: 80,
      note: null,
    });
    const deliveryId = await deliver(body);
    const delivery = await getDelivery(ctx, { deliveryId });
    expect(delivery).toMatchObject({
      eventType: "patient.medical-record-updated",
      registeredEventType: "appointment.confirmed",
      objectType: "Patient",
      objectId: null,
      bodySize: body.length,
      repeats: 0,
    });
    expect(delivery.headers.map(({ name }) => name)).toEqual([
      "content-type",
      "x-herohealth-timestamp",
    ]);
    expect(JSON.parse(delivery.maskedBody ?? "")).toEqual({
      object: "Patient",
      id: "•••",
      practice_group_id: "30298",
      event: "patient.medical-record-updated",
      nhs_number: "•••",
      "•••": ["•••"],
      weight: "•••",
      note: null,
    });
    expect(JSON.stringify(delivery)).not.toMatch(/40502|9994294083|Margaret|1984/);
    expect(JSON.stringify(await listDeliveries(ctx, {}))).not.toContain("40502");
  });

  it("the ID of an appointment is shown, and all of a body that is not JSON is hidden", async () => {
    const shown = await deliver(deliveryBody(endpoint, { id: "4821" }));
    expect(await getDelivery(ctx, { deliveryId: shown })).toMatchObject({ objectId: "4821" });
    expect((await getDelivery(ctx, { deliveryId: shown })).maskedBody).toContain('"4821"');
    const text = await deliver("Margaret Ellison, 9994294083");
    expect((await getDelivery(ctx, { deliveryId: text })).maskedBody).toBe("•••");
  });

  it("showing a body is audited each time", async () => {
    const body = deliveryBody(endpoint, { note: "Ünïcode 🩺" });
    const deliveryId = await deliver(body);
    expect(await showDeliveryBody(ctx, { deliveryId })).toEqual({ text: body, isExact: true });
    await showDeliveryBody(ctx, { deliveryId });
    const rows = await superuser`
      select actor_id, subject_type, details from audit_events
      where action = 'delivery.shown' and subject_id = ${deliveryId}`;
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ actor_id: tenant.owner.id, subject_type: "delivery" });
    expect(JSON.stringify(rows)).not.toContain("code");
  });

  it("bytes that are not UTF-8 are shown as such, and an erased body is not shown", async () => {
    const binary = await deliver(Buffer.from([0x7b, 0xff, 0x7d]));
    expect(await showDeliveryBody(ctx, { deliveryId: binary })).toMatchObject({ isExact: false });
    const erased = await deliver();
    await superuser`update webhook_deliveries set sealed_body = null where id = ${erased}`;
    expect((await getDelivery(ctx, { deliveryId: erased })).maskedBody).toBeNull();
    await expect(showDeliveryBody(ctx, { deliveryId: erased })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("another organisation finds no delivery, and only some roles see bodies", async () => {
    const deliveryId = await deliver();
    for (const read of [getDelivery, showDeliveryBody])
      await expect(read(foreignCtx, { deliveryId })).rejects.toMatchObject({ code: "not-found" });
    const allowed: string[] = [];
    for (const role of roles) {
      const roleCtx = await tenant.asRole(role);
      const shown = await showDeliveryBody(roleCtx, { deliveryId }).catch(() => null);
      if (shown) allowed.push(role);
      expect((await getDelivery(roleCtx, { deliveryId })).id).toBe(deliveryId);
    }
    expect(allowed).toEqual(["owner", "admin", "developer"]);
  });
});

describe("the health of an endpoint", () => {
  it("every hour or UK day of the period is there, with averages of what arrived in time", async () => {
    const to = await insertEndpoint(ctx, { id: practiceId, practiceGroupId: "30298" });
    // 00:30 in the UK, where it is summer.
    const now = new Date("2027-06-10T23:30:00Z");
    const hour = (iso: string, values: Partial<typeof webhookEndpointHours.$inferInsert>) => ({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      endpointId: to.id,
      hour: new Date(iso),
      ...values,
    });
    await db.tenant(ctx, (tx) =>
      tx.insert(webhookEndpointHours).values([
        hour("2027-06-10T22:00:00Z", {
          received: 5,
          verified: 4,
          refused: 1,
          late: 2,
          lagMsSum: 300,
          lagMsMax: 200,
        }),
        hour("2027-06-10T23:00:00Z", { received: 1, verified: 1, lagMsSum: 50, lagMsMax: 50 }),
        hour("2027-06-02T12:00:00Z", { received: 9, refused: 9 }),
      ]),
    );
    const day = await getEndpointHealth(ctx, { endpointId: to.id, period: "day" }, now);
    expect(day).toMatchObject({ unit: "hour", isRemoved: false });
    expect(day.spans).toHaveLength(24);
    expect(day.spans[0]).toMatchObject({ from: "2027-06-10T00:00:00.000Z", averageLagMs: null });
    expect(day.spans.at(-2)).toEqual({
      from: "2027-06-10T22:00:00.000Z",
      received: 5,
      verified: 4,
      refused: 1,
      late: 2,
      quarantined: 0,
      averageLagMs: 150,
      maxLagMs: 200,
    });
    const week = await getEndpointHealth(ctx, { endpointId: to.id, period: "week" }, now);
    expect(week.unit).toBe("day");
    // The hour before midnight UTC belongs to the next day in the UK.
    expect(week.spans.slice(-2).map(({ received }) => received)).toEqual([5, 1]);
    const month = await getEndpointHealth(ctx, { endpointId: to.id, period: "month" }, now);
    expect(month.spans.reduce((sum, { refused }) => sum + refused, 0)).toBe(10);
    await expect(
      getEndpointHealth(foreignCtx, { endpointId: to.id, period: "day" }),
    ).rejects.toMatchObject({ code: "not-found" });
  });
});
