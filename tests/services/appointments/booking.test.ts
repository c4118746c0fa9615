import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { reserveAppointmentInput } from "@/server/schemas/appointments";
import type { SlotView } from "@/server/schemas/slots";
import { releaseAppointment } from "@/server/services/appointments/cancel";
import { editAppointment, rescheduleAppointment } from "@/server/services/appointments/move";
import {
  getAppointment,
  listAppointmentHistory,
  listAppointments,
} from "@/server/services/appointments/read";
import { refreshAppointment } from "@/server/services/appointments/refresh";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import { getBookingOptions } from "@/server/services/practices/read";
import { createPatientCase, listHeroCalls } from "../../support/hero";
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
  reserveInput,
  superuser,
  takeSlot,
} from "./support";

let tenant: BookingTenant;
let slots: SlotView[];

const nextSlot = () => takeSlot(slots);

beforeAll(async () => {
  tenant = await createBookingTenant("20417");
  slots = await listSlotsInDays(tenant, 8);
});

describe("from a free slot to an appointment", () => {
  it("a slot is held until the time that Hero's record says, and then booked", async () => {
    const slot = nextSlot();
    const held = await hold(tenant, slot);
    expect(held).toMatchObject({
      state: "reserved",
      patientId: tenant.patientId,
      startsAt: slot.startsAt,
      endsAt: slot.endsAt,
      durationMinutes: slot.durationMinutes,
      practitioner: { id: slot.practitionerId },
      location: { id: slot.locationId },
    });
    expect(Date.parse(held.reservedUntil ?? "")).toBeGreaterThan(Date.now());
    const booked = await book(tenant.ctx, held.id, { reason: "Sore canary throat" });
    expect(booked).toMatchObject({ outcome: "made", appointment: { state: "booked" } });
    expect(await listActions(held.id)).toEqual([
      "appointment.requested",
      "appointment.reserved",
      "appointment.booked",
    ]);
    const history = await listAppointmentHistory(tenant.ctx, { appointmentId: held.id });
    expect(history[0]?.action).toBe("Booked an appointment");
    const [stored] = await superuser<{ text: string }[]>`
      select coalesce(string_agg(a::text, ''), '') || (select coalesce(string_agg(c::text, ''), '') from appointment_changes c)
        || (select coalesce(string_agg(e::text, ''), '') from audit_events e) as text from appointments a`;
    expect(stored?.text).not.toContain("canary");
  });

  it("the same request twice, at once and later, holds one slot", async () => {
    const input = reserveInput(tenant, nextSlot().id);
    const before = (await listAtHero(tenant.patientId)).length;
    const [first, second] = await Promise.all([
      reserveAppointment(tenant.ctx, input),
      reserveAppointment(tenant.ctx, input),
    ]);
    const third = await reserveAppointment(tenant.ctx, input);
    expect(third.outcome).toBe("held");
    expect(new Set([first, second, third].map(({ appointment }) => appointment?.id)).size).toBe(1);
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
    await expect(
      reserveAppointment(tenant.ctx, { ...input, slotId: nextSlot().id }),
    ).rejects.toMatchObject({ code: "idempotency-key-reused" });
  });

  it("a slot of another type or location, and one for another time than shown, is not held", async () => {
    const { appointmentTypes, locations } = await getBookingOptions(tenant.ctx, tenant);
    const slot = nextSlot();
    const otherType = appointmentTypes.find(({ id }) => id !== tenant.choice.appointmentTypeId)?.id;
    const input = reserveInput(tenant, slot.id, { appointmentTypeId: otherType ?? "" });
    await expect(reserveAppointment(tenant.ctx, input)).rejects.toMatchObject({ field: "slotId" });
    const otherLocation = locations.find(({ id }) => id !== slot.locationId)?.id ?? "999";
    await expect(
      reserveAppointment(tenant.ctx, reserveInput(tenant, slot.id, { locationId: otherLocation })),
    ).rejects.toBeInstanceOf(InvalidInputError);
    const startsAt = new Date(Date.parse(slot.startsAt) + 60_000).toISOString();
    const shown = await reserveAppointment(tenant.ctx, reserveInput(tenant, slot.id, { startsAt }));
    expect(shown).toMatchObject({ outcome: "slot_taken", appointment: null });
    expect(shown.nearest?.slots[0]?.id).toBe(slot.id);
  });

  it("a slot that the practice has taken gives the nearest free times", async () => {
    const slot = nextSlot();
    await controlSandbox(`slots/${slot.id}/take`, { practiceGroupId: tenant.practiceGroupId });
    const input = reserveInput(tenant, slot.id, { startsAt: slot.startsAt });
    const result = await reserveAppointment(tenant.ctx, input);
    expect(result).toMatchObject({ outcome: "slot_taken", nearest: { isComplete: true } });
    expect(result.nearest?.slots).toHaveLength(5);
    const distances = result.nearest?.slots.map(({ startsAt }) =>
      Math.abs(Date.parse(startsAt) - Date.parse(slot.startsAt)),
    );
    expect(distances).toEqual([...(distances ?? [])].sort((a, b) => a - b));
  });

  it("confirming fails when the practice took the time, and offers others", async () => {
    const held = await hold(tenant, nextSlot());
    await controlSandbox(`appointments/${held.heroAppointmentId}/take`);
    const result = await book(tenant.ctx, held.id);
    expect(result.outcome).toBe("refused");
    expect(result.reason).toContain("Nothing was booked.");
    expect(result.nearest?.slots.length).toBeGreaterThan(0);
    expect((await listActions(held.id)).at(-1)).toBe("appointment.change_failed");
  });

  it("a hold that has ended is not booked, and shows as lapsed", async () => {
    const held = await hold(tenant, nextSlot());
    await controlSandbox(`appointments/${held.heroAppointmentId}/expire`);
    const result = await book(tenant.ctx, held.id);
    expect(result).toMatchObject({
      outcome: "refused",
      reason: "The hold has ended. Nothing was booked.",
      appointment: { state: "lapsed" },
    });
    await expect(book(tenant.ctx, held.id)).rejects.toBeInstanceOf(ConflictError);
  });

  it("a hold that is let go frees its slot and was never an appointment", async () => {
    const slot = nextSlot();
    const held = await hold(tenant, slot);
    const input = { operationId: randomUUID(), appointmentId: held.id };
    const released = await releaseAppointment(tenant.ctx, input);
    expect(released).toMatchObject({ outcome: "made", appointment: { state: "lapsed" } });
    expect((await listActions(held.id)).at(-1)).toBe("appointment.released");
    expect((await listSlotsInDays(tenant, 8)).map(({ id }) => id)).toContain(slot.id);
  });
});

describe("two tabs", () => {
  it("one confirms, and both see the booking", async () => {
    const held = await hold(tenant, nextSlot());
    const operationId = randomUUID();
    const results = await Promise.allSettled([
      book(tenant.ctx, held.id, { operationId }),
      book(tenant.ctx, held.id, { operationId }),
      book(tenant.ctx, held.id),
      book(tenant.ctx, held.id),
    ]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConflictError);
      else expect(["made", "pending"]).toContain(result.value.outcome);
    }
    expect(await book(tenant.ctx, held.id)).toMatchObject({ outcome: "made" });
    const actions = await listActions(held.id);
    expect(actions.filter((action) => action === "appointment.booked")).toHaveLength(1);
    const calls = await listHeroCalls(tenant.apiKey, "bookAppointment");
    const path = `/v1/appointments/${held.heroAppointmentId}/book`;
    expect(calls.filter((call) => call.path === path)).toHaveLength(1);
  });

  it("the same operation for other values is refused", async () => {
    const held = await hold(tenant, nextSlot());
    const operationId = randomUUID();
    await book(tenant.ctx, held.id, { operationId });
    await expect(
      book(tenant.ctx, held.id, { operationId, tellPatient: false }),
    ).rejects.toMatchObject({ code: "idempotency-key-reused" });
  });
});

describe("moving and cancelling", () => {
  it("a held time moves to another slot before it is booked", async () => {
    const [first, second] = [nextSlot(), nextSlot()];
    const held = await hold(tenant, first);
    const input = { operationId: randomUUID(), appointmentId: held.id, slotId: second.id };
    const edited = await editAppointment(tenant.ctx, input);
    expect(edited).toMatchObject({
      outcome: "made",
      appointment: { state: "reserved", startsAt: second.startsAt },
    });
    expect(await editAppointment(tenant.ctx, input)).toMatchObject({ outcome: "made" });
  });

  it("a booked appointment moves, and its first slot is free at once", async () => {
    const [first, second] = [nextSlot(), nextSlot()];
    const held = await hold(tenant, first);
    await book(tenant.ctx, held.id);
    const input = {
      operationId: randomUUID(),
      appointmentId: held.id,
      slotId: second.id,
      tellPatient: true,
    };
    const moved = await rescheduleAppointment(tenant.ctx, input);
    expect(moved).toMatchObject({
      outcome: "made",
      appointment: {
        state: "booked",
        startsAt: second.startsAt,
        practitioner: { id: second.practitionerId },
      },
    });
    const free = (await listSlotsInDays(tenant, 8)).map(({ id }) => id);
    expect(free).toContain(first.id);
    expect(free).not.toContain(second.id);
    expect((await listActions(held.id)).at(-1)).toBe("appointment.rescheduled");
  });

  it("an appointment is not moved to another type, and the message says what to do", async () => {
    const held = await hold(tenant, nextSlot());
    await book(tenant.ctx, held.id);
    const { appointmentTypes } = await getBookingOptions(tenant.ctx, tenant);
    const other = appointmentTypes.find(({ id }) => id !== tenant.choice.appointmentTypeId);
    const otherTenant = {
      ...tenant,
      choice: { ...tenant.choice, appointmentTypeId: other?.id ?? "" },
    };
    const [slot] = await listSlotsInDays(otherTenant, 8);
    const input = {
      operationId: randomUUID(),
      appointmentId: held.id,
      slotId: slot?.id ?? "",
      tellPatient: true,
    };
    await expect(rescheduleAppointment(tenant.ctx, input)).rejects.toThrow(
      /cancel it and book another/,
    );
  });

  it("cancelling needs no check of the patient, and a second cancellation changes nothing", async () => {
    const held = await hold(tenant, nextSlot());
    await book(tenant.ctx, held.id);
    expect(await cancel(tenant.ctx, held.id)).toMatchObject({
      outcome: "made",
      appointment: { state: "cancelled" },
    });
    expect(await cancel(tenant.ctx, held.id)).toMatchObject({ outcome: "made" });
    expect((await listActions(held.id)).at(-1)).toBe("appointment.cancelled");
  });

  it("within the policy's hours only a person with the permission cancels", async () => {
    const [soon] = await listSlotsInDays(tenant, 0);
    const held = await hold(tenant, soon);
    await book(tenant.ctx, held.id);
    const { policy } = await refreshAppointment(tenant.ctx, { appointmentId: held.id });
    expect(policy?.cancellationHours).toBeGreaterThan(0);
    if (policy?.canBeCancelled === false) {
      const refused = await cancel(tenant.ctx, held.id);
      expect(refused.outcome).toBe("refused");
      expect(refused.reason).toMatch(/notice. The appointment was not cancelled.$/);
    }
    await expect(cancel(tenant.ctx, held.id, { isLate: true })).rejects.toBeInstanceOf(
      ForbiddenError,
    );
    const admin = await tenant.tenants.first.asRole("admin");
    expect(await cancel(admin, held.id, { isLate: true })).toMatchObject({ outcome: "made" });
  });
});

describe("who may, and for whom", () => {
  it("a viewer and another tenant book, change and see nothing", async () => {
    const held = await hold(tenant, nextSlot());
    const viewer = await tenant.tenants.first.asRole("viewer");
    const other = await tenant.tenants.second.asOwner();
    const input = reserveInput(tenant, nextSlot().id);
    await expect(reserveAppointment(viewer, input)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(reserveAppointment(other, input)).rejects.toBeInstanceOf(NotFoundError);
    const appointmentId = held.id;
    for (const act of [
      () => book(other, appointmentId),
      () => cancel(other, appointmentId),
      () => getAppointment(other, { appointmentId }),
      () => refreshAppointment(other, { appointmentId }),
      () => listAppointmentHistory(other, { appointmentId }),
    ]) {
      await expect(act()).rejects.toBeInstanceOf(NotFoundError);
    }
    expect((await listAppointments(other, {})).items).toEqual([]);
  });

  it("a patient who has died is not booked, and one who is restricted only after a confirmation", async () => {
    const { practiceGroupId } = tenant;
    const [deceased] = (await createPatientCase(practiceGroupId, "deceased")).patients;
    const [restricted] = (await createPatientCase(practiceGroupId, "restricted")).patients;
    const slot = nextSlot();
    const input = (patientId: string | null | undefined) =>
      reserveInput(tenant, slot.id, { patientId: patientId ?? "" });
    await expect(reserveAppointment(tenant.ctx, input(deceased?.patientId))).rejects.toMatchObject({
      field: "patientId",
    });
    await expect(
      reserveAppointment(tenant.ctx, input(restricted?.patientId)),
    ).rejects.toBeInstanceOf(ForbiddenError);
    const admin = await tenant.tenants.first.asRole("admin");
    await expect(reserveAppointment(admin, input(restricted?.patientId))).rejects.toMatchObject({
      field: "confirmedRestricted",
    });
    const confirmed = { ...input(restricted?.patientId), confirmedRestricted: true };
    expect((await reserveAppointment(admin, confirmed)).outcome).toBe("held");
  });
});

describe("the list", () => {
  it("a patient's appointments of a day are found, without those that are cancelled", async () => {
    const [patient] = (await createPatientCase(tenant.practiceGroupId, "found")).patients;
    const own = { ...tenant, patientId: patient?.patientId ?? "" };
    const slot = nextSlot();
    const held = await hold(own, slot);
    const [other] = slots.filter(
      ({ startsAt }) => startsAt.slice(0, 10) !== slot.startsAt.slice(0, 10),
    );
    const elsewhere = await hold(own, other);
    const { practiceId, patientId } = own;
    const day = slot.startsAt.slice(0, 10);
    const list = async (filters: Record<string, unknown> = {}) =>
      (await listAppointments(tenant.ctx, { practiceId, patientId, ...filters })).items.map(
        ({ id }) => id,
      );
    expect(await list({ day, isActive: true })).toEqual([held.id]);
    expect((await list()).sort()).toEqual([held.id, elsewhere.id].sort());
    await releaseAppointment(tenant.ctx, { operationId: randomUUID(), appointmentId: held.id });
    expect(await list({ day, isActive: true })).toEqual([]);
    const first = await listAppointments(tenant.ctx, { practiceId, patientId, limit: 1 });
    const second = await listAppointments(tenant.ctx, {
      practiceId,
      patientId,
      limit: 1,
      cursor: first.nextCursor ?? "",
    });
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items].map(({ id }) => id)).toHaveLength(2);
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
  });

  it("the input to hold a slot has no start, end or duration of the form's own", () => {
    const parsed = reserveAppointmentInput.parse({
      ...reserveInput(tenant, "1"),
      duration: 600,
      endsAt: "2030-01-01T00:00:00.000Z",
    });
    expect(parsed).not.toHaveProperty("duration");
    expect(parsed).not.toHaveProperty("endsAt");
  });
});
