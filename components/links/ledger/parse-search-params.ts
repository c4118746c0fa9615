import { linkFilters, linkSort } from "@/server/schemas/links/list";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import { filterNames, type LedgerParams, paramNames } from "./search-params";

type RawSearchParams = Record<string, string | string[] | undefined>;

/** Reads an address; unknown values are ignored. `practiceId` is checked by the caller. */
export function parseLedgerParams(
  query: RawSearchParams,
  practiceId: string | undefined,
): LedgerParams {
  const filters: Record<string, unknown> = {};
  let hasNhsNumber = false;
  for (const name of filterNames) {
    const value = query[paramNames[name]];
    if (typeof value !== "string" || value === "") continue;
    if (containsNhsNumber(value)) hasNhsNumber = true;
    const parsed = linkFilters.shape[name].safeParse(value);
    if (parsed.success && parsed.data !== undefined) filters[name] = parsed.data;
  }
  const sort = linkSort.safeParse(query.sort);
  return {
    practiceId,
    filters: filters as LedgerParams["filters"],
    sort: sort.success && sort.data !== "newest" ? sort.data : undefined,
    hasNhsNumber,
  };
}
