import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listForms } from "@/server/services/forms";
import { listLinkAppointments } from "@/server/services/links/appointments";
import { createFormLink } from "@/server/services/links/create";
import { getLink } from "@/server/services/links/read";
import { listFormResponses } from "@/server/services/tasks/form-responses";
import { gatherDeliveries } from "@/server/services/webhooks/gather";
import { processNextObject } from "@/server/services/webhooks/process";
import { connectAsSuperuser } from "../../setup/database";
import { createFormResponse, injectFault, listHeroCalls } from "../../support/hero";
import {
  bookWithLink,
  createInvite,
  createWebhookPractices,
  insertDeliveries,
  processAll,
  type WebhookPractice,
} from "../../support/process-webhooks";
import { cancelSandboxAppointment, moveSandboxAppointment } from "../../support/sandbox-webhooks";

const superuser = connectAsSuperuser();

let own: WebhookPractice;
let other: WebhookPractice;

beforeAll(async () => {
  ({ own, other } = await createWebhookPractices("30298"));
});

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const listDeliveries = (ids: string[]) =>
  superuser<
    { state: string; outcome: string | null; attempts: number; next_attempt_at: Date | null }[]
  >`select state::text, outcome, attempts, next_attempt_at from webhook_deliveries where id in ${superuser(ids)} order by id`;
const listEvents = ({ ctx }: WebhookPractice, subjectId: string) =>
  superuser<
    { type: string; data: Record<string, unknown> }[]
  >`select type, data from events where tenant_id = ${ctx.tenantId} and subject_id = ${subjectId}
  and type not in ('link.created', 'link.opened') order by id`;
const findAppointment = async ({ ctx }: WebhookPractice, id: string) =>
  (
    await superuser`select * from link_appointments
      where tenant_id = ${ctx.tenantId} and hero_appointment_id = ${id}`
  )[0];

async function bookInvite(practice: WebhookPractice) {
  const invite = await createInvite(practice);
  return { link: invite.link, appointmentId: await bookWithLink(invite) };
}

describe("a delivery about an appointment", () => {
  it("a booking with a link books the link, with one event of each type", async () => {
    const { link, appointmentId } = await bookInvite(own);
    const [id = ""] = await insertDeliveries(own, [
      { eventType: "appointment.confirmed", objectId: appointmentId },
    ]);
    expect(await processAll(own.ctx, own.practice.id)).toBe(1);
    expect(await listDeliveries([id])).toMatchObject([
      { state: "done", outcome: "link_booked", attempts: 1, next_attempt_at: null },
    ]);
    expect(await findAppointment(own, appointmentId)).toMatchObject({
      link_id: link.id,
      state: "booked",
      starts_at: expect.any(Date),
      cancelled_at: null,
      rescheduled_at: null,
    });
    expect(await getLink(own.ctx, { linkId: link.id })).toMatchObject({ state: "booked", uses: 1 });
    expect(await listEvents(own, link.id)).toMatchObject([
      {
        type: "link.booked",
        data: {
          practiceId: own.practice.id,
          linkId: link.id,
          kind: "booking",
          reference: null,
          appointmentId,
        },
      },
    ]);
    expect(await listEvents(own, appointmentId)).toEqual([
      {
        type: "hero.appointment.confirmed",
        data: {
          practiceId: own.practice.id,
          objectType: "Appointment",
          objectId: appointmentId,
        },
      },
    ]);
  });

  it("an appointment that was moved and cancelled follows Hero's record, in any order", async () => {
    const { link, appointmentId } = await bookInvite(own);
    await insertDeliveries(own, [{ eventType: "appointment.confirmed", objectId: appointmentId }]);
    await processAll(own.ctx, own.practice.id);
    const before = await findAppointment(own, appointmentId);
    const startTime = new Date(Date.now() + 40 * 86_400_000).toISOString();
    await moveSandboxAppointment(appointmentId, startTime);
    const [movedId = ""] = await insertDeliveries(own, [
      { eventType: "appointment.rescheduled", objectId: appointmentId },
    ]);
    await processAll(own.ctx, own.practice.id, minutes(1));
    expect(await listDeliveries([movedId])).toMatchObject([{ outcome: "link_moved" }]);
    expect(await findAppointment(own, appointmentId)).toMatchObject({
      state: "booked",
      starts_at: new Date(startTime),
      rescheduled_at: expect.any(Date),
      booked_at: before?.booked_at,
    });
    await cancelSandboxAppointment(appointmentId);
    // The confirmation arrives after the cancellation.
    const ids = await insertDeliveries(own, [
      { eventType: "appointment.cancelled", objectId: appointmentId },
      { eventType: "appointment.confirmed", objectId: appointmentId, isLate: true },
    ]);
    await processAll(own.ctx, own.practice.id, minutes(2));
    expect(await listDeliveries(ids)).toMatchObject([
      { outcome: "link_cancelled" },
      { outcome: "link_cancelled" },
    ]);
    expect(await findAppointment(own, appointmentId)).toMatchObject({
      state: "cancelled",
      cancelled_at: expect.any(Date),
    });
    const types = (await listEvents(own, link.id)).map(({ type }) => type);
    expect(types).toEqual(["link.booked", "link.cancelled"]);
  });

  it("an appointment that is first read as cancelled was booked before", async () => {
    const { link, appointmentId } = await bookInvite(own);
    await cancelSandboxAppointment(appointmentId);
    await insertDeliveries(own, [{ eventType: "appointment.cancelled", objectId: appointmentId }]);
    await processAll(own.ctx, own.practice.id);
    expect(await findAppointment(own, appointmentId)).toMatchObject({ state: "cancelled" });
    const types = (await listEvents(own, link.id)).map(({ type }) => type);
    expect(types).toEqual(["link.booked", "link.cancelled"]);
  });

  it("a delivery has no effect for another organisation with the same practice, and gives it no event of the link", async () => {
    const { link, appointmentId } = await bookInvite(own);
    const [id = ""] = await insertDeliveries(other, [
      { eventType: "appointment.confirmed", objectId: appointmentId },
    ]);
    await processAll(other.ctx, other.practice.id);
    expect((await listDeliveries([id]))[0]?.state).not.toBe("waiting");
    expect(await findAppointment(other, appointmentId)).toBeUndefined();
    expect(await findAppointment(own, appointmentId)).toBeUndefined();
    expect(await listEvents(other, link.id)).toEqual([]);
    expect(await listEvents(own, appointmentId)).toEqual([]);
  });

  it("a quarantined delivery has no effect and no event", async () => {
    const { link, appointmentId } = await bookInvite(own);
    const [id = ""] = await insertDeliveries(own, [
      {
        eventType: "appointment.confirmed",
        objectId: appointmentId,
        state: "quarantined",
        outcome: "other_practice",
      },
    ]);
    expect(await processAll(own.ctx, own.practice.id)).toBe(0);
    expect(await listDeliveries([id])).toMatchObject([{ state: "quarantined", attempts: 0 }]);
    expect(await listEvents(own, appointmentId)).toEqual([]);
    expect(await listEvents(own, link.id)).toEqual([]);
  });

  it("a reply about another appointment changes nothing, and is read again later", async () => {
    const { link, appointmentId } = await bookInvite(own);
    const fault = { operation: "getAppointment", key: own.apiKey, status: 200 };
    await injectFault({ ...fault, body: JSON.stringify({ id: "1" }) });
    const [id = ""] = await insertDeliveries(own, [
      { eventType: "appointment.confirmed", objectId: appointmentId },
    ]);
    await processAll(own.ctx, own.practice.id);
    expect(await listDeliveries([id])).toMatchObject([
      { state: "waiting", outcome: "unreadable_reply", attempts: 1 },
    ]);
    expect(await findAppointment(own, appointmentId)).toBeUndefined();
    await processAll(own.ctx, own.practice.id, minutes(1));
    expect(await listDeliveries([id])).toMatchObject([{ state: "done", outcome: "link_booked" }]);
    expect((await listEvents(own, link.id)).length).toBe(1);
  });

  it("what cannot be stored is tried again, then ends as failed", async () => {
    const { appointmentId } = await bookInvite(own);
    await superuser.unsafe(`
      create function reject_row() returns trigger language plpgsql as 'begin raise exception ''rejected''; end';
      create trigger reject_row before insert on link_appointments for each row
        when (new.hero_appointment_id = '${appointmentId}') execute function reject_row()`);
    const [id = ""] = await insertDeliveries(own, [
      { eventType: "appointment.confirmed", objectId: appointmentId },
    ]);
    await processAll(own.ctx, own.practice.id);
    expect(await listDeliveries([id])).toMatchObject([
      {
        state: "waiting",
        outcome: "internal_error",
        attempts: 1,
        next_attempt_at: expect.any(Date),
      },
    ]);
    for (let hour = 1; hour < 14; hour += 1) {
      await processAll(own.ctx, own.practice.id, minutes(hour * 70));
    }
    expect(await listDeliveries([id])).toMatchObject([
      { state: "failed", outcome: "internal_error", attempts: 12 },
    ]);
    await superuser.unsafe("drop function reject_row() cascade");
  });

  it("an appointment that Hero never finds ends as failed", async () => {
    const [id = ""] = await insertDeliveries(own, [
      { eventType: "appointment.confirmed", objectId: "999999999" },
    ]);
    for (let hour = 0; hour < 6; hour += 1) {
      await processAll(own.ctx, own.practice.id, minutes(hour * 60));
    }
    expect(await listDeliveries([id])).toMatchObject([
      { state: "failed", outcome: "not_found", attempts: 5, next_attempt_at: null },
    ]);
  });
});

describe("a delivery about a submitted form", () => {
  it("a form link's uses are read when Hero names the link", async () => {
    const [form] = await listForms(own.ctx, { practiceId: own.practice.id });
    const link = await createFormLink(own.ctx, {
      operationId: randomUUID(),
      practiceId: own.practice.id,
      formId: form?.id ?? "",
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 1,
    });
    const [row] = await superuser<{ hero_link_id: string }[]>`
      select hero_link_id from links where id = ${link.id}`;
    await injectFault({
      operation: "getLinkStatus",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({ status: "used", type: "form" }),
    });
    const formResponseId = await createFormResponse("30298", { linkId: row?.hero_link_id });
    const ids = await insertDeliveries(own, [
      { eventType: "form-submission.created", objectId: formResponseId },
      { eventType: "form-submission.created", objectId: await createFormResponse("30298") },
    ]);
    expect(await processAll(own.ctx, own.practice.id)).toBe(2);
    expect(await listDeliveries(ids)).toMatchObject([
      { state: "done", outcome: "form_link_refreshed" },
      { state: "done", outcome: "not_ours" },
    ]);
    expect(await getLink(own.ctx, { linkId: link.id })).toMatchObject({ uses: 1 });
    expect(await listFormResponses(own.ctx, { linkId: link.id })).toEqual([
      { id: formResponseId, submittedAt: expect.any(String), readAt: expect.any(String) },
    ]);
  });
});

describe("many deliveries", () => {
  it("a repeated delivery with the same time is one event; one with another time is another", async () => {
    const { link, appointmentId } = await bookInvite(own);
    const sentAt = new Date(Date.now() - 30_000);
    const repeated = {
      eventType: "appointment.confirmed",
      objectId: appointmentId,
      sentAt,
    } as const;
    await insertDeliveries(own, [repeated, repeated, { ...repeated, sentAt: new Date() }]);
    await processAll(own.ctx, own.practice.id);
    expect((await listEvents(own, appointmentId)).length).toBe(2);
    expect((await listEvents(own, link.id)).length).toBe(1);
  });

  it("c27: 1,000 deliveries about one appointment lead to one read, and later ones wait for a pause", async () => {
    const { appointmentId } = await bookInvite(own);
    const delivery = { eventType: "appointment.confirmed", objectId: appointmentId } as const;
    const many = (count: number) => Array.from({ length: count }, () => delivery);
    const calls = async () =>
      (await listHeroCalls(own.apiKey, "getAppointment")).filter(({ path }) =>
        path.endsWith(`/${appointmentId}`),
      ).length;
    const start = Date.now();
    const after = (seconds: number) => new Date(start + seconds * 1000);
    await insertDeliveries(own, many(1_000));
    await processAll(own.ctx, own.practice.id, after(0));
    expect(await calls()).toBe(1);
    for (const seconds of [1, 8, 12]) {
      await insertDeliveries(own, many(10));
      expect(await processAll(own.ctx, own.practice.id, after(seconds))).toBe(0);
    }
    expect(await processAll(own.ctx, own.practice.id, after(18))).toBe(1);
    expect(await calls()).toBe(2);
  });

  it("a delivery that arrives during the read leads to another read", async () => {
    const { appointmentId } = await bookInvite(own);
    const delivery = { eventType: "appointment.confirmed", objectId: appointmentId } as const;
    const [first = ""] = await insertDeliveries(own, [delivery]);
    await gatherDeliveries(own.ctx);
    await injectFault({ operation: "getAppointment", key: own.apiKey, delayMs: 1200 });
    const reading = processNextObject(own.ctx, own.practice.id);
    await expect
      .poll(
        async () =>
          (
            await superuser`select from webhook_objects
        where object_id = ${appointmentId} and leased_until is not null`
          ).length,
      )
      .toBe(1);
    const [second = ""] = await insertDeliveries(own, [delivery]);
    await gatherDeliveries(own.ctx);
    expect(await reading).toBe("processed");
    expect(await listDeliveries([first, second])).toMatchObject([
      { state: "done" },
      { state: "waiting" },
    ]);
    expect(await processAll(own.ctx, own.practice.id, minutes(1))).toBe(1);
    expect(await listDeliveries([second])).toMatchObject([{ state: "done" }]);
  });

  it("other known and unknown types are kept; only known ones are events", async () => {
    const ids = await insertDeliveries(own, [
      { eventType: "write-to-record.failed", objectId: null, objectType: null },
      { eventType: "write-to-record.failed", objectId: "77", objectType: "Message" },
    ]);
    await superuser`update webhook_deliveries set event_type = 'fax.sent' where id = ${ids[1] ?? ""}`;
    expect(await processAll(own.ctx, own.practice.id)).toBe(0);
    expect(await listDeliveries(ids)).toMatchObject([
      { state: "kept", outcome: "kept" },
      { state: "kept", outcome: "kept" },
    ]);
    expect(await listEvents(own, ids[0] ?? "")).toMatchObject([
      { type: "hero.write-to-record.failed" },
    ]);
    expect(await listEvents(own, "77")).toEqual([]);
  });
});

describe("the appointments of a link", () => {
  it("a link's appointments have a time and a state, and no patient details", async () => {
    const { link, appointmentId } = await bookInvite(own);
    expect(await listLinkAppointments(own.ctx, { linkId: link.id })).toEqual([]);
    await insertDeliveries(own, [{ eventType: "appointment.confirmed", objectId: appointmentId }]);
    await processAll(own.ctx, own.practice.id);
    expect(await listLinkAppointments(own.ctx, { linkId: link.id })).toEqual([
      {
        id: appointmentId,
        state: "booked",
        startsAt: expect.any(String),
        bookedAt: expect.any(String),
        cancelledAt: null,
        rescheduledAt: null,
      },
    ]);
    await expect(listLinkAppointments(other.ctx, { linkId: link.id })).rejects.toThrow(
      NotFoundError,
    );
  });
});
