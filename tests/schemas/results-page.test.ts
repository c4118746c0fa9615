import { describe, expect, it } from "vitest";
import { describeResults, formatShare } from "@/components/results/labels";
import { datesOfPeriod, formatResultsParams, listPeriods } from "@/components/results/params";
import { parseResultsParams } from "@/components/results/parse-params";
import { resultsInput } from "@/server/schemas/results";

const today = "2026-03-15";

describe("the period of the results page", () => {
  it.each([
    ["7", "2026-03-09", today],
    ["28", "2026-02-16", today],
    ["365", "2025-03-16", today],
    // This month is not over.
    ["2026-03", "2026-03-01", today],
    ["2026-02", "2026-02-01", "2026-02-28"],
    ["2025-12", "2025-12-01", "2025-12-31"],
  ])("the period %s is from %s to %s", (period, from, to) => {
    expect(datesOfPeriod(period, today)).toEqual({ from, to });
  });

  it("this month and eleven before it can be selected, and every period can be counted", () => {
    const periods = listPeriods(today).map(([period]) => period);
    expect(periods).toHaveLength(16);
    expect(periods.slice(4, 7)).toEqual(["2026-03", "2026-02", "2026-01"]);
    expect(periods.at(-1)).toBe("2025-04");
    for (const period of periods)
      expect(resultsInput.safeParse(datesOfPeriod(period, today)).success).toBe(true);
    expect(listPeriods(today)[4]?.[1]).toBe("March 2026");
  });
});

describe("the address of the results page", () => {
  it("unknown values in an address are ignored", () => {
    const query = { period: "9", group: "mood", kind: "poem", tag: "#", upload: "x", for: ["a"] };
    expect(parseResultsParams(query, undefined, today)).toEqual({
      period: "28",
      groupBy: "practice",
      filters: {},
    });
    expect(parseResultsParams({ tag: "999 000 0018" }, undefined, today).filters).toEqual({});
  });

  it("an address is read back as it was written", () => {
    const practiceId = "019ac5b4-0000-7000-8000-000000000001";
    const params = {
      period: "2026-02",
      groupBy: "tag" as const,
      filters: { practiceId, kind: "booking" as const, tag: "Flu" },
    };
    expect(parseResultsParams(formatResultsParams(params), practiceId, today)).toEqual(params);
  });
});

it("a share is never rounded to 0 or 100 per cent", () => {
  expect(
    [
      [0, 0],
      [0, 9],
      [1, 1000],
      [1, 3],
      [999, 1000],
      [9, 9],
    ].map(([part = 0, whole = 0]) => formatShare(part, whole)),
  ).toEqual(["–", "0%", "<1%", "33%", ">99%", "100%"]);
});

it("the chart has its numbers in words", () => {
  const totals = {
    created: 1200,
    opened: 800,
    booked: 300,
    cancelled: 4,
    opens: 1,
    bookings: 1,
    cancellations: 1,
  };
  expect(describeResults(totals, undefined)).toBe(
    "Links: 1,200 created, 800 opened, 300 booked, 4 cancelled",
  );
  expect(describeResults(totals, "form")).toContain("300 answered");
});
