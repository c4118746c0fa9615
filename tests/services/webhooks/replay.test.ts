import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import {
  countReplayableDeliveries,
  replayDeliveries,
  replayDelivery,
} from "@/server/services/webhooks/replay";
import { rereadLinkAppointments } from "@/server/services/webhooks/reread";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import {
  bookWithLink,
  createInvite,
  createWebhookPractice,
  insertDeliveries,
  processAll,
  type WebhookPractice,
} from "../../support/process-webhooks";
import { cancelSandboxAppointment } from "../../support/sandbox-webhooks";
import { createTenantPair, type TestTenant } from "../../support/tenants";

const superuser = connectAsSuperuser();

let ownTenant: TestTenant;
let own: WebhookPractice;
let other: WebhookPractice;
let viewer: TenantContext;

beforeAll(async () => {
  const { first, second } = await createTenantPair();
  ownTenant = first;
  own = await createWebhookPractice(first, "30298");
  other = await createWebhookPractice(second, "30298");
  viewer = await first.asRole("viewer");
});

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const readDelivery = async (id: string) =>
  (await superuser`select state::text, outcome from webhook_deliveries where id = ${id}`)[0];
const countEvents = async ({ ctx }: WebhookPractice) =>
  Number(
    (await superuser`select count(*) from events where tenant_id = ${ctx.tenantId}`)[0]?.count,
  );
const countAudits = async ({ ctx }: WebhookPractice) =>
  Number(
    (
      await superuser`select count(*) from audit_events
        where tenant_id = ${ctx.tenantId} and action = 'delivery.replayed'`
    )[0]?.count,
  );

async function processBooking() {
  const appointmentId = await bookWithLink(await createInvite(own));
  const [id = ""] = await insertDeliveries(own, [
    { eventType: "appointment.confirmed", objectId: appointmentId },
  ]);
  await processAll(own.ctx, own.practice.id);
  return { id, appointmentId };
}

describe("replaying deliveries", () => {
  it("a replayed delivery is processed again, audited, and has no second effect", async () => {
    const { id } = await processBooking();
    const [eventsBefore, auditsBefore] = [await countEvents(own), await countAudits(own)];
    await replayDelivery(own.ctx, { deliveryId: id });
    expect(await readDelivery(id)).toEqual({ state: "waiting", outcome: null });
    await expect(replayDelivery(own.ctx, { deliveryId: id })).rejects.toThrow(ConflictError);
    await processAll(own.ctx, own.practice.id, minutes(1));
    expect(await readDelivery(id)).toEqual({ state: "done", outcome: "nothing_changed" });
    expect(await countEvents(own)).toBe(eventsBefore);
    expect(await countAudits(own)).toBe(auditsBefore + 1);
  });

  it("all deliveries since a time are replayed, except those that must have no effect", async () => {
    const since = new Date().toISOString();
    const { id } = await processBooking();
    const [quarantined = "", test = "", unreadable = ""] = await insertDeliveries(own, [
      { eventType: "appointment.confirmed", objectId: "1", state: "quarantined" },
      { eventType: "appointment.confirmed", objectId: "1", state: "done", outcome: "test" },
      {
        eventType: "appointment.confirmed",
        objectId: null,
        state: "failed",
        outcome: "unreadable_body",
      },
    ]);
    const [foreign = ""] = await insertDeliveries(other, [
      { eventType: "appointment.confirmed", objectId: "1", state: "failed" },
    ]);
    expect(await countReplayableDeliveries(own.ctx, { since })).toBe(1);
    expect(await replayDeliveries(own.ctx, { since })).toBe(1);
    expect(await readDelivery(id)).toMatchObject({ state: "waiting" });
    for (const each of [quarantined, test, unreadable, foreign]) {
      expect((await readDelivery(each))?.state).not.toBe("waiting");
    }
    for (const deliveryId of [quarantined, test, unreadable]) {
      await expect(replayDelivery(own.ctx, { deliveryId })).rejects.toThrow(ConflictError);
    }
  });

  it("deliveries of one practice are replayed without those of another", async () => {
    const since = new Date().toISOString();
    const second = await createWebhookPractice(ownTenant, "30297");
    const failed = { eventType: "appointment.confirmed", objectId: "1", state: "failed" } as const;
    const [mine = ""] = await insertDeliveries(own, [failed]);
    const [theirs = ""] = await insertDeliveries(second, [failed]);
    const [foreign = ""] = await insertDeliveries(other, [failed]);
    const input = { since, practiceId: own.practice.id };
    expect(await countReplayableDeliveries(own.ctx, { since })).toBe(2);
    expect(await countReplayableDeliveries(own.ctx, input)).toBe(1);
    expect(await replayDeliveries(own.ctx, input)).toBe(1);
    expect(await replayDeliveries(own.ctx, { since, practiceId: other.practice.id })).toBe(0);
    expect(await readDelivery(mine)).toMatchObject({ state: "waiting" });
    for (const id of [theirs, foreign]) {
      expect(await readDelivery(id)).toMatchObject({ state: "failed" });
    }
    await processAll(own.ctx, own.practice.id);
  });

  it("another organisation's delivery is not found, and a viewer may not replay", async () => {
    const { id } = await processBooking();
    await expect(replayDelivery(other.ctx, { deliveryId: id })).rejects.toThrow(NotFoundError);
    await expect(replayDelivery(viewer, { deliveryId: id })).rejects.toThrow(ForbiddenError);
    const since = new Date().toISOString();
    await expect(replayDeliveries(viewer, { since })).rejects.toThrow(ForbiddenError);
    await expect(countReplayableDeliveries(viewer, { since })).rejects.toThrow(ForbiddenError);
    expect(await readDelivery(id)).toMatchObject({ state: "done" });
  });
});

describe("reading booked appointments of links again", () => {
  it("a cancellation whose delivery was lost is found by the next run", async () => {
    const { appointmentId } = await processBooking();
    const readState = async () =>
      (
        await superuser`select state::text from link_appointments
          where hero_appointment_id = ${appointmentId}`
      )[0]?.state;
    await cancelSandboxAppointment(appointmentId);
    expect(await rereadLinkAppointments(other.ctx, other.practice.id, minutes(11))).toBe(0);
    expect(await rereadLinkAppointments(own.ctx, own.practice.id, minutes(5))).toBe(0);
    expect(await rereadLinkAppointments(own.ctx, own.practice.id, minutes(11))).toBeGreaterThan(0);
    await processAll(own.ctx, own.practice.id, minutes(12));
    expect(await readState()).toBe("cancelled");
    expect(await rereadLinkAppointments(own.ctx, own.practice.id, minutes(13))).toBe(0);
  });
});
