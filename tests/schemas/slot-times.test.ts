import { describe, expect, it } from "vitest";
import {
  describeClockChange,
  formatSlot,
  formatSlotTime,
  formatWeek,
  groupByDay,
  listCalendarRows,
  mondayOf,
  rowOf,
} from "@/components/appointments/slot-times";
import type { SlotView } from "@/server/schemas/slots";

const slotAt = (startsAt: string, practitionerId = "1"): SlotView => ({
  id: `${startsAt} ${practitionerId}`,
  startsAt,
  endsAt: new Date(Date.parse(startsAt) + 15 * 60_000).toISOString(),
  durationMinutes: 15,
  practitionerId,
  locationId: "1",
});

describe("a week of free slots", () => {
  it("a week starts on Monday, even when the year changes", () => {
    expect(mondayOf("2026-12-06")).toBe("2026-11-30");
    expect(mondayOf("2026-11-30")).toBe("2026-11-30");
    expect(formatWeek("2026-11-30")).toBe("30 November to 6 December 2026");
    expect(formatWeek("2026-12-28")).toBe("28 December 2026 to 3 January 2027");
  });

  it("a slot belongs to its UK day, and practitioners free at one time share it", () => {
    const days = groupByDay(
      [
        slotAt("2026-06-01T23:30:00.000Z"),
        slotAt("2026-06-01T08:00:00.000Z", "2"),
        slotAt("2026-06-01T08:00:00.000Z", "1"),
      ],
      "2026-06-01",
    );
    expect(days.map(({ times }) => times.length)).toEqual([1, 1, 0, 0, 0, 0, 0]);
    expect(days[0]?.times[0]?.slots.map(({ practitionerId }) => practitionerId)).toEqual([
      "2",
      "1",
    ]);
    expect(days[1]?.date).toBe("2026-06-02");
  });

  it("a slot is described with its day in the United Kingdom", () => {
    expect(formatSlot(slotAt("2026-12-03T09:15:00.000Z"))).toBe(
      "Thursday 3 December 2026, 9:15am to 9:30am",
    );
  });
});

describe("the days on which the clocks change", () => {
  const goBack = ["2027-10-31T00:30:00.000Z", "2027-10-31T01:30:00.000Z"].map((at) => slotAt(at));
  const goForward = ["2027-03-28T00:45:00.000Z", "2027-03-28T01:00:00.000Z"].map((at) =>
    slotAt(at),
  );

  it("an hour that comes twice has two rows, with the zone of each", () => {
    const days = groupByDay(goBack, "2027-10-25");
    expect(days[6]?.times.map(({ startsAt }) => formatSlotTime(startsAt))).toEqual([
      "1:30am BST",
      "1:30am GMT",
    ]);
    expect(listCalendarRows(days)).toEqual(["01:30 1", "01:30 2"]);
    expect(formatSlot(goBack[0] ?? slotAt(""))).toBe(
      "Sunday 31 October 2027, 1:30am BST to 1:45am BST",
    );
  });

  it("an hour that is left out has no row", () => {
    const days = groupByDay(goForward, "2027-03-22");
    expect(days[6]?.times.map(({ startsAt }) => formatSlotTime(startsAt))).toEqual([
      "12:45am GMT",
      "2:00am BST",
    ]);
    expect(formatSlot(goForward[0] ?? slotAt(""))).toBe(
      "Sunday 28 March 2027, 12:45am GMT to 2:00am BST",
    );
  });

  it("the other times of those days share the rows of the week", () => {
    expect(rowOf("2027-10-31T09:00:00.000Z")).toBe("09:00");
    expect(rowOf("2027-10-30T08:00:00.000Z")).toBe("09:00");
    expect(formatSlotTime("2027-10-30T08:00:00.000Z")).toBe("9:00am");
  });

  it("each of the days says what the clocks do, and no other day does", () => {
    expect(describeClockChange("2027-10-31")).toContain("Clocks go back");
    expect(describeClockChange("2027-03-28")).toContain("Clocks go forward");
    expect(describeClockChange("2027-10-30")).toBeNull();
  });
});
