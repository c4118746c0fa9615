import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError, NotFoundError } from "@/server/errors";
import { formatSlot } from "@/components/appointments/slot-times";
import {
  addDays,
  isClockChangeDay,
  isoWeekdayOf,
  ukDateOf,
  ukZoneOf,
} from "@/server/schemas/dates";
import { countSlotsInput, findNextSlotInput, listSlotsInput } from "@/server/schemas/slots";
import { getBookingOptions } from "@/server/services/practices/read";
import { countSlots, findNextSlot, listFreeSlots } from "@/server/services/slots";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

let operator: TenantContext;
let viewer: TenantContext;
let otherCtx: TenantContext;
let practiceId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

const today = ukDateOf(new Date());

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20690", "c");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  operator = await tenants.first.asRole("operator");
  viewer = await tenants.first.asRole("viewer");
  otherCtx = await tenants.second.asOwner();
  choice = await firstBookingChoice(operator, practiceId);
});

const count = (overrides: Record<string, string> = {}) =>
  countSlots(operator, countSlotsInput.parse({ practiceId, ...choice, ...overrides }));

describe("counting free slots", () => {
  it("free slots are counted between the dates, inclusive", async () => {
    const days = Array.from({ length: 7 }, (_, index) => addDays(today, index + 1));
    const counts = await Promise.all(
      days.map(async (day) => (await count({ slotsFrom: day, slotsTo: day })).count),
    );
    const week = await count({ slotsFrom: days[0] ?? "", slotsTo: days[6] ?? "" });
    expect(week.count).toBe(counts.reduce((sum, dayCount) => sum + dayCount, 0));
    expect(week.count).toBeGreaterThan(0);
    expect((await count()).count).toBeGreaterThan(week.count);
    expect((await count({ slotsFrom: addDays(today, 200) })).count).toBe(0);
    expect(Math.abs(Date.now() - Date.parse(week.countedAt))).toBeLessThan(5000);
  });

  it("free slots are counted for one practitioner when one is selected", async () => {
    const { practitioners } = await getBookingOptions(operator, { practiceId });
    const counts = await Promise.all(
      practitioners.map(async ({ id }) => (await count({ practitionerId: id })).count),
    );
    expect(counts.reduce((sum, dayCount) => sum + dayCount, 0)).toBe((await count()).count);
  });

  it("a viewer and another tenant get no count, and nothing is sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    const input = countSlotsInput.parse({ practiceId, ...choice });
    await expect(countSlots(viewer, input)).rejects.toThrow(ForbiddenError);
    await expect(countSlots(otherCtx, input)).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("free slots are not estimated when Hero cannot count them", async () => {
    await injectFault({ operation: "countSlots", key: apiKey, status: 403 });
    await expect(count()).rejects.toMatchObject({ code: "forbidden" });
  });
});

/** A page without slots, although Hero counts some. */
const emptyPageOf = (slots: number) => JSON.stringify({ data: [], count: slots });
const listInput = (overrides: Record<string, unknown> = {}) =>
  listSlotsInput.parse({ practiceId, ...choice, firstDay: addDays(today, 1), ...overrides });
const nextInput = (overrides: Record<string, unknown> = {}) =>
  findNextSlotInput.parse({ practiceId, ...choice, ...overrides });

describe("the free slots of a week", () => {
  it("every slot of the seven days is listed, earliest first, with its end and duration", async () => {
    const { slots, isComplete } = await listFreeSlots(operator, listInput());
    expect(isComplete).toBe(true);
    expect(slots.length).toBe(
      (await count({ slotsFrom: addDays(today, 1), slotsTo: addDays(today, 7) })).count,
    );
    expect(slots.map(({ startsAt }) => startsAt)).toEqual(
      slots.map(({ startsAt }) => startsAt).sort(),
    );
    for (const { startsAt, endsAt, durationMinutes } of slots) {
      expect(Date.parse(endsAt) - Date.parse(startsAt)).toBe(durationMinutes * 60_000);
    }
  });

  it("only slots of the selected days, practitioner and location are listed", async () => {
    const all = await listFreeSlots(operator, listInput());
    const practitionerId = all.slots[0]?.practitionerId ?? "";
    const weekday = isoWeekdayOf(ukDateOf(new Date(all.slots[0]?.startsAt ?? "")));
    const { slots } = await listFreeSlots(
      operator,
      listInput({ practitionerId, weekdays: [weekday] }),
    );
    expect(slots).toEqual(
      all.slots.filter(
        (slot) =>
          slot.practitionerId === practitionerId &&
          isoWeekdayOf(ukDateOf(new Date(slot.startsAt))) === weekday,
      ),
    );
    expect(slots.length).toBeGreaterThan(0);
    expect(slots.length).toBeLessThan(all.slots.length);
  });

  it("on both days on which the clocks change, every slot is listed at its time and on its UK day", async () => {
    const days = Array.from({ length: 400 }, (_, index) => addDays(today, index + 2));
    // The next one in each direction.
    const changes = days.filter(isClockChangeDay).slice(0, 2);
    expect(changes).toHaveLength(2);
    for (const day of changes) {
      const toIso = (date: string, time: string) => `${date}T${time}:00.000Z`;
      // The evening before, both sides of the change, and the evening, in UTC.
      const starts = [
        toIso(addDays(day, -1), "22:30"),
        toIso(addDays(day, -1), "23:30"),
        ...["00:30", "00:45", "01:00", "01:30", "22:30", "23:30"].map((time) => toIso(day, time)),
      ];
      const data = starts.map((start_time, index) => ({
        id: String(index + 1),
        practitioner_id: "1",
        appointment_type_id: choice.appointmentTypeId,
        location_id: choice.locationId,
        start_time,
        finish_time: new Date(Date.parse(start_time) + 15 * 60_000).toISOString(),
      }));
      const body = JSON.stringify({ data, count: data.length });
      await injectFault({ operation: "listSlots", key: apiKey, status: 200, body });
      const { slots } = await listFreeSlots(
        operator,
        listInput({ firstDay: day, weekdays: [isoWeekdayOf(day)] }),
      );
      const isSummerAtNight = ukZoneOf(toIso(day, "00:30")) === "BST";
      // In summer time the day begins and ends an hour earlier in UTC.
      const expected = isSummerAtNight ? starts.slice(1) : starts.slice(2, -1);
      expect(slots.map(({ startsAt }) => startsAt)).toEqual(expected);
      expect(new Set(slots.map(({ durationMinutes }) => durationMinutes))).toEqual(new Set([15]));
      const times = slots.map((slot) => formatSlot(slot));
      expect(new Set(times).size).toBe(slots.length);
      expect(times.filter((time) => /, (1:00am|1:30am) GMT/.test(time))).toHaveLength(
        isSummerAtNight ? 2 : 0,
      );
    }
  });

  it("a list that Hero breaks off is incomplete, not empty", async () => {
    await injectFault({ operation: "listSlots", key: apiKey, status: 200, body: emptyPageOf(7) });
    expect(await listFreeSlots(operator, listInput())).toMatchObject({
      slots: [],
      isComplete: false,
    });
    await injectFault({ operation: "listSlots", key: apiKey, status: 403 });
    await expect(listFreeSlots(operator, listInput())).rejects.toMatchObject({ code: "forbidden" });
  });

  it("a viewer and another tenant get no slots, and nothing is sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    await expect(listFreeSlots(viewer, listInput())).rejects.toThrow(ForbiddenError);
    await expect(listFreeSlots(otherCtx, listInput())).rejects.toThrow(NotFoundError);
    await expect(findNextSlot(viewer, nextInput())).rejects.toThrow(ForbiddenError);
    await expect(findNextSlot(otherCtx, nextInput())).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });
});

describe("the next free slot", () => {
  it("the first slot of all weeks is found", async () => {
    const { slot, isComplete } = await findNextSlot(operator, nextInput());
    expect(isComplete).toBe(true);
    const { slots } = await listFreeSlots(
      operator,
      listInput({ firstDay: ukDateOf(new Date(slot?.startsAt ?? "")) }),
    );
    expect(slot).toEqual(slots[0]);
  });

  it("none is found for a location without slots, after twelve weeks were searched", async () => {
    expect(await findNextSlot(operator, nextInput({ locationId: "1" }))).toEqual({
      slot: null,
      isComplete: true,
      searchedTo: addDays(today, 83),
    });
  });

  it("a slot of an incomplete list may not be the first", async () => {
    await injectFault({ operation: "listSlots", key: apiKey, status: 200, body: emptyPageOf(7) });
    expect(await findNextSlot(operator, nextInput())).toMatchObject({ isComplete: false });
  });
});
