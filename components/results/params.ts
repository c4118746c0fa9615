import { addDays, formatLocalDate } from "@/server/schemas/dates";
import type { ResultGrouping, ResultsInput } from "@/server/schemas/results";

/** What is in the address of the results page. `period` is a number of days or a month, `YYYY-MM`. */
export type ResultsParams = {
  period: string;
  groupBy: ResultGrouping;
  filters: Pick<ResultsInput, "practiceId" | "kind" | "audience" | "tag" | "bulkUploadId">;
};

export const defaultPeriod = "28";
const dayPeriods = ["7", "28", "90", "365"];
const maxMonths = 12;

export const paramNames = {
  kind: "kind",
  audience: "for",
  tag: "tag",
  bulkUploadId: "upload",
} as const;
export type ResultsFilterName = keyof typeof paramNames;
export const filterNames = Object.keys(paramNames) as ResultsFilterName[];

/** This month and the eleven before, newest first, as `YYYY-MM`. */
function listMonths(today: string): string[] {
  const months: string[] = [];
  let first = `${today.slice(0, 7)}-01`;
  while (months.length < maxMonths) {
    months.push(first.slice(0, 7));
    first = `${addDays(first, -1).slice(0, 7)}-01`;
  }
  return months;
}

/** "November 2026". */
const monthName = (month: string) => formatLocalDate(`${month}-01`).replace(/^1 /, "");

const periodName = (period: string) =>
  dayPeriods.includes(period)
    ? period === "365"
      ? "Last 365 days"
      : `Last ${period} days`
    : monthName(period);

/** The choices of the period, with the value in the address and its name. */
export const listPeriods = (today: string): (readonly [string, string])[] =>
  [...dayPeriods, ...listMonths(today)].map((period) => [period, periodName(period)] as const);

/** The first and last UK date of a period; the last is today at most. */
export function datesOfPeriod(period: string, today: string): { from: string; to: string } {
  if (dayPeriods.includes(period)) return { from: addDays(today, 1 - Number(period)), to: today };
  const from = `${period}-01`;
  const nextMonth = `${addDays(from, 31).slice(0, 7)}-01`;
  const last = addDays(nextMonth, -1);
  return { from, to: last < today ? last : today };
}

/** As query values for `portalPath`. */
export function formatResultsParams({
  period,
  groupBy,
  filters,
}: ResultsParams): Record<string, string | undefined> {
  const query: Record<string, string | undefined> = { practice: filters.practiceId };
  for (const name of filterNames) query[paramNames[name]] = filters[name];
  return {
    ...query,
    period: period === defaultPeriod ? undefined : period,
    group: groupBy === "practice" ? undefined : groupBy,
  };
}

export const hasFilters = ({ filters }: Pick<ResultsParams, "filters">) =>
  Object.values(filters).some((value) => value !== undefined);
