import {
  linkFilters,
  linkSort,
  type LinkFilters,
  type LinkSort,
} from "@/server/schemas/links/list";
import { containsNhsNumber } from "@/server/schemas/nhs-number";

/** The filters and sort order in the address of the ledger. */
export type LedgerParams = {
  practiceId: string | undefined;
  filters: Omit<LinkFilters, "practiceId">;
  sort: LinkSort | undefined;
  /** True where the address holds what looks like an NHS number, which is not searched for. */
  hasNhsNumber: boolean;
};

type RawSearchParams = Record<string, string | string[] | undefined>;

// The names of the filters in addresses.
const paramNames = {
  kind: "kind",
  audience: "for",
  state: "state",
  tag: "tag",
  ownerId: "owner",
  bulkUploadId: "bulk",
  q: "q",
} as const;

type FilterName = keyof typeof paramNames;
const filterNames = Object.keys(paramNames) as FilterName[];

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

/** The filters as query values for `portalPath`. */
export function formatLedgerParams(
  { practiceId, filters, sort }: Omit<LedgerParams, "hasNhsNumber">,
  extraParams: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  const query: Record<string, string | undefined> = { practice: practiceId };
  for (const name of filterNames) query[paramNames[name]] = filters[name];
  return { ...query, sort, ...extraParams };
}

/** True where anything but the practice filters the ledger. */
export const isFiltered = ({ filters }: Pick<LedgerParams, "filters">) =>
  Object.keys(filters).length > 0;
