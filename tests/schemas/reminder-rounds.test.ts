import { describe, expect, it } from "vitest";
import { formatTableTimestamp } from "@/server/schemas/dates";
import { planReminderRounds, reminderTimeOn } from "@/server/schemas/reminder-rounds";
import { nextAllowedTime } from "@/server/schemas/quiet-hours";

const plan = (
  lastAt: string,
  { afterDays = 7, maxTimes = 2, time = "14:00" } = {},
  firstAllowed?: (at: Date) => Date,
) =>
  planReminderRounds({ afterDays, maxTimes, time }, new Date(lastAt), firstAllowed).map((at) =>
    at.toISOString(),
  );

describe("rounds of reminders", () => {
  it("each is so many UK days after the one before, at the same UK time", () => {
    expect(plan("2026-11-27T10:00:00Z")).toEqual([
      "2026-12-04T14:00:00.000Z",
      "2026-12-11T14:00:00.000Z",
    ]);
  });

  it("the clocks going forward leave reminders at 14:00 in the UK", () => {
    // On Sunday 28 March 2027.
    expect(plan("2027-03-26T10:00:00Z", { afterDays: 1, maxTimes: 3 })).toEqual([
      "2027-03-27T14:00:00.000Z",
      "2027-03-28T13:00:00.000Z",
      "2027-03-29T13:00:00.000Z",
    ]);
  });

  it("the clocks going back leave reminders at 14:00 in the UK", () => {
    // On Sunday 25 October 2026.
    const rounds = plan("2026-10-23T09:00:00Z", { afterDays: 1, maxTimes: 3 });
    expect(rounds).toEqual([
      "2026-10-24T13:00:00.000Z",
      "2026-10-25T14:00:00.000Z",
      "2026-10-26T14:00:00.000Z",
    ]);
    expect(rounds.map((at) => formatTableTimestamp(at).slice(-9))).toEqual([
      "14:00 BST",
      "14:00 GMT",
      "14:00 GMT",
    ]);
  });

  it("a message after 11pm GMT in summer left on the next UK date", () => {
    expect(plan("2026-07-01T23:30:00Z", { afterDays: 1, maxTimes: 1 })).toEqual([
      "2026-07-03T13:00:00.000Z",
    ]);
  });

  it("a time that the clocks skip is the end of the hour, and one that comes twice is the first", () => {
    expect(reminderTimeOn("2027-03-28", "01:30").toISOString()).toBe("2027-03-28T01:00:00.000Z");
    expect(reminderTimeOn("2026-10-25", "01:30").toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });

  it("rounds in quiet hours leave after them, and the next ones count from there", () => {
    const quiet = { quietFrom: "20:00", quietTo: "08:00" };
    const rounds = plan(
      "2026-11-27T10:00:00Z",
      { afterDays: 2, maxTimes: 2, time: "21:00" },
      (at) => nextAllowedTime(at, quiet, { hasFallback: false }),
    );
    expect(rounds).toEqual(["2026-11-30T08:00:00.000Z", "2026-12-03T08:00:00.000Z"]);
  });
});
