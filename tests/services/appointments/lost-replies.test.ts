import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError } from "@/server/errors";
import type { SlotView } from "@/server/schemas/slots";
import { rescheduleAppointment } from "@/server/services/appointments/move";
import { getAppointment } from "@/server/services/appointments/read";
import {
  refreshAppointment,
  refreshAppointmentsOfPractice,
} from "@/server/services/appointments/refresh";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import { injectFault, listHeroCalls } from "../../support/hero";
import {
  book,
  type BookingTenant,
  cancel,
  controlSandbox,
  createBookingTenant,
  hold,
  listActions,
  listAtHero,
  listSlotsInDays,
  makeOlder,
  reserveInput,
  superuser,
  takeSlot,
} from "./support";

let tenant: BookingTenant;
let slots: SlotView[];

const nextSlot = () => takeSlot(slots);

const runJob = () =>
  refreshAppointmentsOfPractice(tenant.ctx, tenant.practiceId, new AbortController().signal);

const lose = (operation: string) =>
  injectFault({ operation, key: tenant.apiKey, reset: true, afterWork: true });

beforeAll(async () => {
  tenant = await createBookingTenant("20533");
  slots = await listSlotsInDays(tenant, 15);
});

describe("a lost reply to holding a slot", () => {
  it("the appointment stays unknown, says what to check, and is never requested again", async () => {
    await lose("createAppointment");
    const before = (await listAtHero(tenant.patientId)).length;
    const input = reserveInput(tenant, nextSlot().id);
    const result = await reserveAppointment(tenant.ctx, input);
    expect(result).toMatchObject({
      outcome: "unknown",
      appointment: { state: "unknown", heroAppointmentId: null },
    });
    expect(result.appointment?.reason).toMatch(/Ask .+ whether the patient has an appointment/);
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
    const id = result.appointment?.id ?? "";
    await reserveAppointment(tenant.ctx, input);
    await makeOlder("appointments", id, 60);
    await runJob();
    const { appointment, policy } = await refreshAppointment(tenant.ctx, { appointmentId: id });
    expect(appointment.state).toBe("unknown");
    expect(policy).toBeNull();
    await expect(book(tenant.ctx, id)).rejects.toBeInstanceOf(ConflictError);
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
    expect(await listActions(id)).toEqual(["appointment.requested", "appointment.unknown"]);
  });

  it("a request that never reached Hero has failed, and the same one may be sent again", async () => {
    await injectFault({ operation: "createAppointment", key: tenant.apiKey, status: 403 });
    const refused = await reserveAppointment(tenant.ctx, reserveInput(tenant, nextSlot().id));
    expect(refused).toMatchObject({ outcome: "failed", appointment: { state: "failed" } });
    expect(refused.appointment?.reason).toMatch(/Nothing was held\.$/);
  });

  it("a hold whose record does not show yet is found by reading", async () => {
    await injectFault({ operation: "getAppointment", key: tenant.apiKey, status: 404 });
    const result = await reserveAppointment(tenant.ctx, reserveInput(tenant, nextSlot().id));
    expect(result.outcome).toBe("unknown");
    const appointmentId = result.appointment?.id ?? "";
    const { appointment } = await refreshAppointment(tenant.ctx, { appointmentId });
    expect(appointment).toMatchObject({ state: "reserved", reason: null });
    expect(await book(tenant.ctx, appointmentId)).toMatchObject({ outcome: "made" });
  });

  it("a reply about something else is not taken for the hold", async () => {
    const other = await hold(tenant, nextSlot());
    await injectFault({
      operation: "createAppointment",
      key: tenant.apiKey,
      status: 200,
      body: JSON.stringify({ id: other.heroAppointmentId, reserved_until: null }),
    });
    const result = await reserveAppointment(tenant.ctx, reserveInput(tenant, nextSlot().id));
    expect(result).toMatchObject({
      outcome: "unknown",
      appointment: { heroAppointmentId: null },
    });
    const own = await refreshAppointment(tenant.ctx, { appointmentId: other.id });
    expect(own.appointment.state).toBe("reserved");
  });

  it("a process that died before it stored the reply leaves an unknown appointment", async () => {
    const held = await hold(tenant, nextSlot());
    await superuser`
      update appointments set state = 'pending', hero_appointment_id = null, hero_status = null,
        refreshed_at = null where id = ${held.id}`;
    const appointmentId = held.id;
    expect((await getAppointment(tenant.ctx, { appointmentId })).state).toBe("pending");
    await makeOlder("appointments", held.id, 10);
    expect((await getAppointment(tenant.ctx, { appointmentId })).state).toBe("unknown");
    await runJob();
    expect((await listActions(held.id)).at(-1)).toBe("appointment.unknown");
  });

  it("a process that died after it stored the ID leaves what reading resolves", async () => {
    const held = await hold(tenant, nextSlot());
    await superuser`
      update appointments set state = 'pending', hero_status = null, refreshed_at = null
      where id = ${held.id}`;
    await makeOlder("appointments", held.id, 10);
    await runJob();
    expect((await getAppointment(tenant.ctx, { appointmentId: held.id })).state).toBe("reserved");
  });
});

describe("a lost reply to a change", () => {
  it("a booking whose reply was lost is found by reading, and sent once", async () => {
    const held = await hold(tenant, nextSlot());
    await lose("bookAppointment");
    const operationId = randomUUID();
    const booked = await book(tenant.ctx, held.id, { operationId });
    expect(booked).toMatchObject({ outcome: "made", appointment: { state: "booked" } });
    await book(tenant.ctx, held.id, { operationId });
    const path = `/v1/appointments/${held.heroAppointmentId}/book`;
    const calls = await listHeroCalls(tenant.apiKey, "bookAppointment");
    expect(calls.filter((call) => call.path === path)).toHaveLength(1);
  });

  it("while reading fails too it is unknown, blocks other changes, and the job resolves it", async () => {
    const held = await hold(tenant, nextSlot());
    await lose("bookAppointment");
    await injectFault({ operation: "getAppointment", key: tenant.apiKey, status: 500, times: 6 });
    const unknown = await book(tenant.ctx, held.id);
    expect(unknown).toMatchObject({
      outcome: "unknown",
      appointment: { openChange: { kind: "book", outcome: "unknown" } },
    });
    await expect(cancel(tenant.ctx, held.id)).rejects.toThrow();
    const change = unknown.appointment.openChange?.id ?? "";
    await makeOlder("appointment_changes", change, 10);
    await expect
      .poll(async () => {
        await runJob();
        return getAppointment(tenant.ctx, { appointmentId: held.id });
      })
      .toMatchObject({ state: "booked", openChange: null });
    expect((await listActions(held.id)).slice(-2)).toEqual([
      "appointment.change_unknown",
      "appointment.booked",
    ]);
  });

  it("a change that Hero did not make is unknown for two minutes, then refused", async () => {
    const held = await hold(tenant, nextSlot());
    await book(tenant.ctx, held.id);
    await injectFault({ operation: "cancelAppointment", key: tenant.apiKey, reset: true });
    const unknown = await cancel(tenant.ctx, held.id);
    expect(unknown).toMatchObject({ outcome: "unknown", appointment: { state: "booked" } });
    const appointmentId = held.id;
    const { appointment: early } = await refreshAppointment(tenant.ctx, { appointmentId });
    expect(early.openChange).toMatchObject({ outcome: "unknown" });
    await makeOlder("appointment_changes", early.openChange?.id ?? "", 3);
    const { appointment } = await refreshAppointment(tenant.ctx, { appointmentId });
    expect(appointment).toMatchObject({ state: "booked", openChange: null });
    expect((await listActions(held.id)).at(-1)).toBe("appointment.change_failed");
    expect(await cancel(tenant.ctx, held.id)).toMatchObject({ outcome: "made" });
  });

  it("a move that Hero accepts and shows later is unknown until it shows", async () => {
    const held = await hold(tenant, nextSlot());
    await book(tenant.ctx, held.id);
    await controlSandbox(`appointments/${held.heroAppointmentId}/delay`, { reads: 2 });
    const target = nextSlot();
    const moved = await rescheduleAppointment(tenant.ctx, {
      operationId: randomUUID(),
      appointmentId: held.id,
      slotId: target.id,
      tellPatient: true,
    });
    expect(["unknown", "made"]).toContain(moved.outcome);
    const { appointment } = await refreshAppointment(tenant.ctx, { appointmentId: held.id });
    expect(appointment).toMatchObject({ startsAt: target.startsAt, openChange: null });
    const actions = await listActions(held.id);
    expect(actions.filter((action) => action === "appointment.rescheduled")).toHaveLength(1);
  });
});

describe("what the practice does", () => {
  it("a hold that ended is found by the job", async () => {
    const held = await hold(tenant, nextSlot());
    await controlSandbox(`appointments/${held.heroAppointmentId}/expire`);
    await superuser`
      update appointments set reserved_until = now() - interval '1 minute' where id = ${held.id}`;
    await runJob();
    expect((await getAppointment(tenant.ctx, { appointmentId: held.id })).state).toBe("lapsed");
    expect((await listActions(held.id)).at(-1)).toBe("appointment.lapsed");
  });
});

describe("many at once", () => {
  it("50 attempts at once for one slot hold it once, and 49 people are offered other times", {
    timeout: 60_000,
  }, async () => {
    const slot = nextSlot();
    const people = await Promise.all(
      Array.from({ length: 5 }, () => tenant.tenants.first.asRole("operator")),
    );
    const before = (await listAtHero(tenant.patientId)).length;
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const input = reserveInput(tenant, slot.id, { startsAt: slot.startsAt });
        return reserveAppointment(people[index % 5] ?? tenant.ctx, input);
      }),
    );
    const held = results.filter(({ outcome }) => outcome === "held");
    const others = results.filter(({ outcome }) => outcome === "slot_taken");
    expect([held.length, others.length]).toEqual([1, 49]);
    for (const { nearest } of others) {
      expect(nearest?.slots.length).toBeGreaterThan(0);
      expect(nearest?.slots.map(({ id }) => id)).not.toContain(slot.id);
    }
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
    expect(await book(tenant.ctx, held[0]?.appointment?.id ?? "")).toMatchObject({
      outcome: "made",
    });
  });
});
