import { linkFilters } from "@/server/schemas/links/list";
import { resultGrouping } from "@/server/schemas/results";
import { defaultPeriod, filterNames, listPeriods, paramNames, type ResultsParams } from "./params";

type RawSearchParams = Record<string, string | string[] | undefined>;

/** Reads an address; unknown values are ignored. `practiceId` is checked by the caller. */
export function parseResultsParams(
  query: RawSearchParams,
  practiceId: string | undefined,
  today: string,
): ResultsParams {
  const filters: Record<string, unknown> = {};
  for (const name of filterNames) {
    const parsed = linkFilters.shape[name].safeParse(query[paramNames[name]]);
    if (parsed.success && parsed.data !== undefined) filters[name] = parsed.data;
  }
  const periods = listPeriods(today).map(([period]) => period);
  const groupBy = resultGrouping.safeParse(query.group);
  return {
    period:
      typeof query.period === "string" && periods.includes(query.period)
        ? query.period
        : defaultPeriod,
    groupBy: groupBy.success ? groupBy.data : "practice",
    filters: { ...filters, ...(practiceId && { practiceId }) },
  };
}
