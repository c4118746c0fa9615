import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { flushEndpointCounts } from "@/server/services/webhooks/endpoint-counts";
import { receiveDelivery } from "@/server/services/webhooks/intake";
import { listWebhooks } from "@/server/services/webhooks/read";
import { createTenant } from "../../support/tenants";
import { ctx, getPracticeView, listAtHero, practiceGroupId, register } from "./support";

/** A delivery of Hero to the practice's only endpoint. */
async function receive(event: string, { hasRightKey = true } = {}) {
  const [atHero] = await listAtHero();
  const rawBody = Buffer.from(
    JSON.stringify({
      object: "Appointment",
      id: "4821",
      practice_group_id: practiceGroupId,
      event,
    }),
  );
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac("sha256", hasRightKey ? (atHero?.signingKey ?? "") : "another key");
  const signature = hmac.update(`${timestamp}.`).update(rawBody).digest("hex");
  const headers = {
    "x-herohealth-timestamp": timestamp,
    "x-herohealth-signature": signature,
  };
  return receiveDelivery({ urlToken: atHero?.url.split("/").at(-1) ?? "", headers, rawBody });
}

describe("the overview of webhooks", () => {
  it("the first delivery from Hero shows that Hero can reach the portal; a test event does not", async () => {
    await register("appointment.confirmed");
    expect(await receive("portal.test")).toBe(200);
    await flushEndpointCounts();
    expect(await listWebhooks(ctx)).toMatchObject({ reachableSince: null, unknownEventTypes: [] });
    expect(await receive("appointment.confirmed")).toBe(200);
    await flushEndpointCounts();
    const { reachableSince } = await listWebhooks(ctx);
    expect(Date.parse(reachableSince ?? "")).toBeGreaterThan(Date.now() - 60_000);
    const other = await createTenant();
    expect(await listWebhooks(await other.asOwner())).toEqual({
      practices: [],
      unknownEventTypes: [],
      reachableSince: null,
    });
  });

  it("deliveries and refusals of the last 24 hours are counted by hour, and unknown types are named", async () => {
    await register("appointment.confirmed");
    expect(await receive("fax.sent")).toBe(200);
    expect(await receive("appointment.confirmed", { hasRightKey: false })).toBe(401);
    await flushEndpointCounts();
    expect((await listWebhooks(ctx)).unknownEventTypes).toEqual(["fax.sent"]);
    const { health } = await getPracticeView();
    expect(health.received).toHaveLength(24);
    expect(health.received.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(health.refused).toBe(1);
    const tomorrow = await getPracticeView(new Date(Date.now() + 25 * 3_600_000));
    expect(tomorrow.health).toEqual({
      received: Array.from({ length: 24 }, () => 0),
      refused: 0,
      late: 0,
    });
  });
});
