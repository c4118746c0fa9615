import { describe, expect, it } from "vitest";
import {
  addDays,
  daysBetween,
  formatRelativeDate,
  formatLocalDate,
  formatTimeOfDay,
  formatTableTimestamp,
  formatTimestamp,
  formatUtc,
  isLocalDate,
  ukDateOf,
} from "@/server/schemas/dates";

/** Every day of the coming years, and each kind of leap day. */
const days = Array.from({ length: 36_524 }, (_, index) =>
  new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10),
);

describe("a local date", () => {
  it.each([
    ["2026-02-29", "no leap year"],
    ["2025-04-31", "thirty days"],
    ["2026-13-01", "thirteen months"],
    ["2026-00-10", "no month"],
    ["2026-01-00", "no day"],
    ["1999-12-31", "before the century"],
    ["2100-01-01", "after the century"],
    ["26-01-01", "two digits"],
    ["2026-1-1", "no leading noughts"],
    ["01/02/2026", "slashes"],
    ["2026-01-01T00:00:00Z", "a moment"],
    ["2026-01-01\n", "a line break"],
    [" 2026-01-01", "a space"],
    ["２０２６-01-01", "wide digits"],
    ["", "nothing"],
    ["2026-01-01x", "more"],
  ])("%j is not a local date: %s", (text) => {
    expect(isLocalDate(text)).toBe(false);
  });

  it("every real day of the century is a local date", () => {
    expect(days.every(isLocalDate)).toBe(true);
    expect(days.filter((day) => day.endsWith("-02-29"))).toHaveLength(25);
  });
});

describe("calendar arithmetic", () => {
  it("addDays steps through every day of the century once, including clock changes and leap days", () => {
    expect(days.slice(0, -1).map((day) => addDays(day, 1))).toEqual(days.slice(1));
  });

  it("adding and subtracting days returns to the start, and daysBetween agrees", () => {
    for (let index = 0; index < days.length; index += 97) {
      const day = days[index] ?? "";
      for (const steps of [-400, -31, -1, 0, 1, 7, 28, 366, 731]) {
        const target = addDays(day, steps);
        expect(addDays(target, -steps)).toBe(day);
        expect(daysBetween(day, target)).toBe(steps);
        expect(daysBetween(target, day)).toBe(-steps || 0);
      }
    }
  });

  it.each([
    ["2026-03-28", "2026-03-29", "2026-03-30"],
    ["2026-10-24", "2026-10-25", "2026-10-26"],
  ])("days are counted across the clock changes: %s, %s, %s", (before, changeDay, after) => {
    expect(addDays(before, 1)).toBe(changeDay);
    expect(addDays(changeDay, 1)).toBe(after);
    expect(addDays(after, -1)).toBe(changeDay);
    expect(daysBetween(before, after)).toBe(2);
    expect(formatRelativeDate(after, changeDay)).toBe("tomorrow");
    expect(formatRelativeDate(before, changeDay)).toBe("yesterday");
    expect(formatRelativeDate(changeDay, changeDay)).toBe("today");
    expect(formatRelativeDate(after, before)).toBe("in 2 days");
  });
});

describe("the date in the United Kingdom", () => {
  it.each([
    // Winter time, the hour that does not exist, summer time.
    ["2026-03-28T23:59:59Z", "2026-03-28"],
    ["2026-03-29T00:00:00Z", "2026-03-29"],
    ["2026-03-29T01:00:00Z", "2026-03-29"],
    ["2026-03-29T22:59:59Z", "2026-03-29"],
    ["2026-03-29T23:00:00Z", "2026-03-30"],
    // Summer time, the hour that comes twice, winter time.
    ["2026-10-24T22:59:59Z", "2026-10-24"],
    ["2026-10-24T23:00:00Z", "2026-10-25"],
    ["2026-10-25T00:30:00Z", "2026-10-25"],
    ["2026-10-25T01:30:00Z", "2026-10-25"],
    ["2026-10-25T23:59:59Z", "2026-10-25"],
    ["2026-10-26T00:00:00Z", "2026-10-26"],
    ["2026-12-31T23:59:59Z", "2026-12-31"],
    ["2028-02-29T12:00:00Z", "2028-02-29"],
  ])("the UK date at %s is %s", (timestamp, day) => {
    expect(ukDateOf(new Date(timestamp))).toBe(day);
  });

  it.each(["2026-03-26", "2026-10-22"])(
    "the UK date never goes back or skips a day in the week of %s",
    (startDay) => {
      const start = Date.parse(`${startDay}T00:00:00Z`);
      const hourlyDates = Array.from({ length: 7 * 24 }, (_, hour) =>
        ukDateOf(new Date(start + hour * 3_600_000)),
      );
      const steps = hourlyDates
        .slice(1)
        .map((day, index) => daysBetween(hourlyDates[index] ?? "", day));
      expect(new Set(steps)).toEqual(new Set([0, 1]));
      expect(daysBetween(startDay, hourlyDates.at(-1) ?? "")).toBeGreaterThanOrEqual(6);
    },
  );
});

describe("dates on screens", () => {
  it("a local date has the same text in every time zone", () => {
    expect(formatLocalDate("2026-03-29")).toBe("29 March 2026");
    expect(formatLocalDate("2026-10-25", "short")).toBe("25 Oct 2026");
    expect(formatLocalDate("2026-01-01")).toBe("1 January 2026");
  });

  it("timestamps are shown in UK time", () => {
    expect(formatTimestamp("2026-03-29T00:59:00Z")).toMatch(/^12:59am, 29 March 2026$/);
    expect(formatTimestamp("2026-03-29T01:00:00Z")).toMatch(/^2:00am, 29 March 2026$/);
    expect(formatTimestamp("2026-10-25T00:30:00Z")).toMatch(/^1:30am, 25 October 2026$/);
    expect(formatTimestamp("2026-12-03T22:44:00Z")).toMatch(/^10:44pm, 3 December 2026$/);
    expect(formatTableTimestamp("2026-10-25T00:30:00Z")).toBe("25 Oct 2026, 01:30 BST");
    expect(formatTableTimestamp("2026-10-25T01:30:00Z")).toBe("25 Oct 2026, 01:30 GMT");
    expect(formatTimeOfDay(new Date("2026-10-25T00:30:09.123Z"))).toBe("01:30:09");
    expect(formatUtc("2026-10-25T01:30:09.123Z")).toBe("2026-10-25 01:30:09 UTC");
  });
});
