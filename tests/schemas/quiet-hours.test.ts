import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTimeOfDay, ukDateOf } from "@/server/schemas/dates";
import {
  findQuietHoursError,
  isQuiet,
  latestNhsAppTime,
  nextAllowedTime,
  parseUkTime,
  type QuietHours,
} from "@/server/schemas/quiet-hours";

const night: QuietHours = { quietFrom: "20:00", quietTo: "08:00" };
const lunch: QuietHours = { quietFrom: "12:00", quietTo: "13:00" };
const none: QuietHours = { quietFrom: "00:00", quietTo: "00:00" };
const plain = { hasFallback: false };
const withFallback = { hasFallback: true };

/** Winter, summer, and the days on which the clocks change in 2026 and 2027. */
const dates = ["2026-12-03", "2026-07-01", "2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"];

describe("quiet hours", () => {
  it.each([
    ["19:59:59 before they start", "2026-12-03T19:59:59.999Z", night, false],
    ["20:00 when they start", "2026-12-03T20:00:00Z", night, true],
    ["midnight", "2026-12-03T00:00:00Z", night, true],
    ["07:59:59 before they end", "2026-12-03T07:59:59.999Z", night, true],
    ["08:00 when they end", "2026-12-03T08:00:00Z", night, false],
    ["in summer 20:00 is 19:00 UTC", "2026-07-01T19:00:00Z", night, true],
    ["in summer 08:00 is 07:00 UTC", "2026-07-01T07:00:00Z", night, false],
    ["within a day: before", "2026-12-03T11:59:00Z", lunch, false],
    ["within a day: during", "2026-12-03T12:00:00Z", lunch, true],
    ["within a day: after", "2026-12-03T13:00:00Z", lunch, false],
    ["until midnight", "2026-12-03T23:59:00Z", { quietFrom: "22:00", quietTo: "00:00" }, true],
    ["from midnight", "2026-12-04T00:00:00Z", { quietFrom: "22:00", quietTo: "00:00" }, false],
    [
      "equal times mean none",
      "2026-12-03T20:00:00Z",
      { quietFrom: "20:00", quietTo: "20:00" },
      false,
    ],
  ])("%s", (_, at, quiet, expected) => {
    expect(isQuiet(new Date(at), quiet)).toBe(expected);
  });
});

describe("the next time at which a message may leave", () => {
  it.each([
    [
      "outside quiet hours it is now",
      "2026-12-03T10:00:12.345Z",
      night,
      plain,
      "2026-12-03T10:00:12.345Z",
    ],
    [
      "in the evening it is the next morning",
      "2026-12-03T20:00:00Z",
      night,
      plain,
      "2026-12-04T08:00:00.000Z",
    ],
    [
      "after midnight it is the same morning",
      "2026-12-03T03:00:00Z",
      night,
      plain,
      "2026-12-03T08:00:00.000Z",
    ],
    [
      "in summer the morning is earlier in UTC",
      "2026-07-01T22:30:00Z",
      night,
      plain,
      "2026-07-02T07:00:00.000Z",
    ],
    [
      "the night on which the clocks go forward ends in summer time",
      "2026-03-28T21:00:00Z",
      night,
      plain,
      "2026-03-29T07:00:00.000Z",
    ],
    [
      "the night on which the clocks go back ends in winter time",
      "2026-10-24T20:00:00Z",
      night,
      plain,
      "2026-10-25T08:00:00.000Z",
    ],
    [
      "an end in the hour that is skipped is the change",
      "2026-03-29T00:10:00Z",
      { quietFrom: "22:00", quietTo: "01:30" },
      plain,
      "2026-03-29T01:00:00.000Z",
    ],
    [
      "an end in the hour that comes twice is the first of them",
      "2026-10-24T22:00:00Z",
      { quietFrom: "22:00", quietTo: "01:30" },
      plain,
      "2026-10-25T00:30:00.000Z",
    ],
    [
      "the second of them is quiet again",
      "2026-10-25T01:10:00Z",
      { quietFrom: "22:00", quietTo: "01:30" },
      plain,
      "2026-10-25T01:30:00.000Z",
    ],
    [
      "quiet hours that start in the hour that comes twice stop at the change",
      "2026-10-25T00:55:00Z",
      { quietFrom: "01:50", quietTo: "10:00" },
      plain,
      "2026-10-25T01:00:00.000Z",
    ],
    [
      "with a fallback, 18:59 is early enough",
      "2026-12-03T18:59:59Z",
      night,
      withFallback,
      "2026-12-03T18:59:59.000Z",
    ],
    [
      "with a fallback, 19:00 is too late",
      "2026-12-03T19:00:00Z",
      night,
      withFallback,
      "2026-12-04T08:00:00.000Z",
    ],
    [
      "with a fallback, a short break is stepped over",
      "2026-12-03T11:00:00Z",
      lunch,
      withFallback,
      "2026-12-03T13:00:00.000Z",
    ],
    [
      "a break shorter than the hour lies between message and fallback",
      "2026-12-03T11:15:00Z",
      { quietFrom: "12:00", quietTo: "12:30" },
      withFallback,
      "2026-12-03T11:30:00.000Z",
    ],
    [
      "without quiet hours it is now",
      "2026-12-03T23:00:00Z",
      none,
      withFallback,
      "2026-12-03T23:00:00.000Z",
    ],
    [
      "at the end of a year it is in the next",
      "2026-12-31T23:00:00Z",
      night,
      plain,
      "2027-01-01T08:00:00.000Z",
    ],
  ])("%s", (_, at, quiet, sending, expected) => {
    expect(nextAllowedTime(new Date(at), quiet, sending).toISOString()).toBe(expected);
  });

  it("quiet hours that leave no time for a fallback are an error", () => {
    const hours = { quietFrom: "09:00", quietTo: "08:30" };
    const at = new Date("2026-12-03T07:00:00Z");
    expect(nextAllowedTime(at, hours, plain).toISOString()).toBe("2026-12-03T08:30:00.000Z");
    expect(() => nextAllowedTime(at, hours, withFallback)).toThrow(
      new RangeError("Quiet hours leave no time for a message."),
    );
  });
});

describe("the last time for an NHS App message", () => {
  it.each([
    ["an hour and a minute before quiet hours", "2026-12-03", night, "2026-12-03T18:59:00.000Z"],
    ["the same in summer", "2026-07-01", night, "2026-07-01T17:59:00.000Z"],
    ["on the day on which the clocks go forward", "2026-03-29", night, "2026-03-29T17:59:00.000Z"],
    ["on the day on which the clocks go back", "2026-10-25", night, "2026-10-25T18:59:00.000Z"],
    [
      "quiet hours from midnight on",
      "2026-12-03",
      { quietFrom: "00:00", quietTo: "07:00" },
      "2026-12-03T22:59:00.000Z",
    ],
    [
      "quiet hours from after midnight on",
      "2026-12-03",
      { quietFrom: "00:30", quietTo: "07:00" },
      "2026-12-03T23:29:00.000Z",
    ],
    ["without quiet hours", "2026-12-03", none, "2026-12-03T23:59:00.000Z"],
    ["after a break in the day", "2026-12-03", lunch, "2026-12-03T23:59:00.000Z"],
    [
      "the day on which an hour is skipped at its start",
      "2026-03-29",
      { quietFrom: "03:00", quietTo: "00:30" },
      "2026-03-29T00:59:00.000Z",
    ],
  ])("%s", (_, localDate, quiet, expected) => {
    expect(latestNhsAppTime(localDate, quiet)?.toISOString()).toBe(expected);
  });

  it("a day whose open time is shorter than an hour has none", () => {
    expect(latestNhsAppTime("2026-12-03", { quietFrom: "09:00", quietTo: "08:30" })).toBeNull();
  });
});

describe("a UK date and time", () => {
  it.each([
    ["2026-12-03", "14:30", "2026-12-03T14:30:00.000Z"],
    ["2026-07-01", "14:30", "2026-07-01T13:30:00.000Z"],
    ["2026-07-01", "00:30", "2026-06-30T23:30:00.000Z"],
    ["2026-03-29", "00:59", "2026-03-29T00:59:00.000Z"],
    ["2026-03-29", "02:00", "2026-03-29T01:00:00.000Z"],
    ["2026-10-25", "00:59", "2026-10-24T23:59:00.000Z"],
    ["2026-10-25", "01:00", "2026-10-25T00:00:00.000Z"],
    ["2026-10-25", "01:59", "2026-10-25T00:59:00.000Z"],
    ["2026-10-25", "02:00", "2026-10-25T02:00:00.000Z"],
    ["2028-02-29", "23:59", "2028-02-29T23:59:00.000Z"],
  ])("%s %s is %s", (localDate, time, expected) => {
    expect(parseUkTime(localDate, time)).toEqual({ value: new Date(expected) });
  });

  it.each(["01:00", "01:30", "01:59"])("%s is skipped when the clocks go forward", (time) => {
    expect(parseUkTime("2026-03-29", time)).toEqual({
      reason:
        "The clocks go forward at 1am on 29 March 2026. Select a time before 1am or after 2am.",
    });
  });

  it.each([
    ["2026-02-29", "10:00", "Enter a valid date."],
    ["", "10:00", "Enter a valid date."],
    ["2026-12-03", "24:00", "Enter a time such as 14:30."],
    ["2026-12-03", "9:00", "Enter a time such as 14:30."],
    ["2026-12-03", "10:00:00", "Enter a time such as 14:30."],
    ["2026-12-03", "", "Enter a time such as 14:30."],
  ])("%j %j is refused: %s", (localDate, time, reason) => {
    expect(parseUkTime(localDate, time)).toEqual({ reason });
  });
});

describe("quiet hours that can be saved", () => {
  it.each([
    ["20:00", "08:00", true],
    ["10:00", "08:00", true],
    ["09:59", "08:00", false],
    ["08:30", "08:00", false],
    ["00:00", "22:00", true],
    ["00:00", "22:01", false],
    ["00:00", "00:00", true],
  ])("%s to %s can be saved: %s", (quietFrom, quietTo, canBeSaved) => {
    expect(findQuietHoursError({ quietFrom, quietTo })).toBe(
      canBeSaved ? undefined : "Leave at least two hours a day outside quiet hours.",
    );
  });
});

const minuteMs = 60_000;
const timeOfDay = fc
  .integer({ min: 0, max: 24 * 12 - 1 })
  .map(
    (step) =>
      `${String(Math.floor(step / 12)).padStart(2, "0")}:${String((step % 12) * 5).padStart(2, "0")}`,
  );
const savedHours = fc
  .record({ quietFrom: timeOfDay, quietTo: timeOfDay })
  .filter((quiet) => findQuietHoursError(quiet) === undefined);
/** Any minute of the day before a date, of the date or of the day after it. */
const someTime = fc
  .tuple(fc.constantFrom(...dates), fc.integer({ min: -24 * 60, max: 48 * 60 }))
  .map(
    ([localDate, minutes]) => new Date(Date.parse(`${localDate}T00:00:00Z`) + minutes * minuteMs),
  );

const isAllowed = (at: Date, quiet: QuietHours, hasFallback: boolean) =>
  !isQuiet(at, quiet) && !(hasFallback && isQuiet(new Date(at.getTime() + 60 * minuteMs), quiet));

describe("all quiet hours", () => {
  it("the next time is allowed, and no minute before it is", () => {
    fc.assert(
      fc.property(someTime, savedHours, fc.boolean(), (at, quiet, hasFallback) => {
        const next = nextAllowedTime(at, quiet, { hasFallback });
        expect(isAllowed(next, quiet, hasFallback)).toBe(true);
        const minutesBefore = (next.getTime() - at.getTime()) / minuteMs;
        expect(minutesBefore).toBeGreaterThanOrEqual(0);
        for (let minute = 0; minute < minutesBefore; minute += 5) {
          const earlier = new Date(at.getTime() + minute * minuteMs);
          expect(isAllowed(earlier, quiet, hasFallback)).toBe(false);
        }
        expect(nextAllowedTime(next, quiet, { hasFallback })).toEqual(next);
      }),
    );
  });

  it("the last time of a day is allowed, and no later minute of it is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dates), savedHours, (localDate, quiet) => {
        const latest = latestNhsAppTime(localDate, quiet);
        const noon = Date.parse(`${localDate}T12:00:00Z`);
        const minutes = Array.from(
          { length: 26 * 60 },
          (_, index) => new Date(noon + (index - 13 * 60) * minuteMs),
        );
        const allowed = minutes.filter(
          (at) => ukDateOf(at) === localDate && isAllowed(at, quiet, true),
        );
        expect(latest).toEqual(allowed.at(-1) ?? null);
      }),
      { numRuns: 30 },
    );
  });

  it("a UK date and time is shown by the clocks at its timestamp", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dates), timeOfDay, (localDate, time) => {
        const parsed = parseUkTime(localDate, time);
        if ("reason" in parsed) {
          expect(["2026-03-29", "2027-03-28"]).toContain(localDate);
          expect(time).toMatch(/^01:/);
          return;
        }
        expect(ukDateOf(parsed.value)).toBe(localDate);
        expect(formatTimeOfDay(parsed.value)).toBe(`${time}:00`);
      }),
    );
  });
});
