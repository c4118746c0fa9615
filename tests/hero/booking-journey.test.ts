import { beforeAll, describe, expect, it } from "vitest";
import { appointmentStateOf } from "@/server/hero/appointment-state";
import {
  bookAppointment,
  cancelAppointment,
  createAppointment,
  editAppointment,
  getAppointment,
  getAppointmentStatus,
  rescheduleAppointment,
} from "@/server/hero/appointments";
import { getConfiguration, getPracticeGroup, updatePracticeGroup } from "@/server/hero/practice";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlots, getSlot, type HeroSlot } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { getSandboxPractice, inDialect, injectFault, listTestPatients } from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

const practiceGroupId = "kingsway-31";
let apiKey: string;
let patientId: string;

beforeAll(async () => {
  ({ apiKey } = await getSandboxPractice(practiceGroupId, "a"));
  patientId = (await listTestPatients(practiceGroupId))[0]?.patientId ?? "";
});

const connect = (key: string): HeroConnection =>
  createAccess({ apiKey: key, practiceGroupId: practiceGroup(practiceGroupId) }).access;

/** Each test has days of its own, from three weeks ahead on. */
async function slotsOfWeek(hero: HeroConnection, week: number) {
  const start_date = addDays(ukDateOf(new Date()), 21 + week * 7);
  const filters = { appointment_type_id: "10402", start_date, end_date: addDays(start_date, 6) };
  return fetchSlots(hero, filters);
}

const reservationOf = (slot: HeroSlot) => ({
  appointment_type_id: slot.appointment_type_id,
  location_id: slot.location_id,
  practitioner_id: slot.practitioner_id,
  start_time: slot.start_time,
  duration: slot.duration,
});

async function readBack(hero: HeroConnection, id: string) {
  const appointment = await getAppointment(hero, id);
  const status = await getAppointmentStatus(hero, id);
  return { ...appointment, state: appointmentStateOf(appointment, status) };
}

describe.each([
  ["first", 0],
  ["second", 1],
])("booking at a Hero of the %s dialect", (dialect, week) => {
  it("slots are the same, and all of them are read", async () => {
    const plain = await slotsOfWeek(connect(apiKey), week);
    const { slots, isComplete } = await slotsOfWeek(connect(inDialect(apiKey, dialect)), week);
    expect(plain.isComplete).toBe(true);
    expect(isComplete).toBe(true);
    expect(slots.length).toBeGreaterThan(20);
    expect(slots).toEqual(plain.slots);
  });

  it("an appointment is reserved, edited, booked, rescheduled and cancelled", async () => {
    const hero = connect(inDialect(apiKey, dialect));
    const { slots } = await slotsOfWeek(hero, week);
    const [first, second, third] = [slots.at(0), slots.at(5), slots.at(10)];
    if (!first || !second || !third) throw new Error("There were too few slots.");
    const { id } = await createAppointment(hero, {
      ...reservationOf(first),
      patient_id: patientId,
      reason: "A test.",
    });
    const held = await readBack(hero, id);
    expect(held).toMatchObject({ ...reservationOf(first), patient_id: patientId, link_id: null });
    expect(held.state).toBe("reserved");
    expect(Date.parse(held.reserved_until ?? "")).toBeGreaterThan(Date.now());
    await expect(createAppointment(hero, reservationOf(first))).rejects.toMatchObject({
      code: dialect === "first" ? "bad_request" : "conflict",
      writeOutcome: "no",
    });

    await editAppointment(hero, id, reservationOf(second));
    expect(await readBack(hero, id)).toMatchObject({ ...reservationOf(second), state: "reserved" });
    await bookAppointment(hero, id, {});
    expect(await readBack(hero, id)).toMatchObject({ state: "booked", can_be_cancelled: true });
    await rescheduleAppointment(hero, id, reservationOf(third));
    expect(await readBack(hero, id)).toMatchObject({ ...reservationOf(third), state: "booked" });
    expect(await getSlot(hero, second.id)).toEqual(second);
    await expect(getSlot(hero, third.id)).rejects.toMatchObject({ code: "not_found" });
    await cancelAppointment(hero, id, { suppress_mail: true });
    expect(await readBack(hero, id)).toMatchObject({ state: "cancelled" });
    expect(await getSlot(hero, third.id)).toEqual(third);
  });

  it("settings have no secrets, and a change of the practice is read back", async () => {
    const hero = connect(inDialect(apiKey, dialect));
    const settings = await getConfiguration(hero);
    expect(settings).toContainEqual({ path: ["booking", "hold_minutes"], value: 15 });
    expect(JSON.stringify(settings)).not.toContain("canary");
    const { name, address } = await getPracticeGroup(hero);
    await updatePracticeGroup(hero, { name, address: { line_1: address?.line_1 ?? "" } });
    expect(await getPracticeGroup(hero)).toMatchObject({ name, address });
  });
});

it("a reservation whose reply was lost may exist, and holds its slot", async () => {
  const hero = connect(inDialect(apiKey, "first"));
  const [slot] = (await slotsOfWeek(hero, 2)).slots;
  if (!slot) throw new Error("There was no slot.");
  const fault = { operation: "createAppointment", key: hero.apiKey, afterWork: true } as const;
  await injectFault({ ...fault, reset: true });
  await expect(createAppointment(hero, reservationOf(slot))).rejects.toMatchObject({
    code: "connection_lost",
    writeOutcome: "unknown",
  });
  await expect(getSlot(hero, slot.id)).rejects.toMatchObject({ code: "not_found" });
});
