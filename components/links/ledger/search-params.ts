import {
  linkFilters,
  linkSort,
  type LinkFilters,
  type LinkSort,
} from "@/server/schemas/links/list";
import { containsNhsNumber } from "@/server/schemas/nhs-number";

/** What stands in the address of the ledger, and narrows or orders it. */
export type LedgerParams = {
  practiceId: string | undefined;
  filters: Omit<LinkFilters, "practiceId">;
  sort: LinkSort | undefined;
  /** Something in the address looks like an NHS number: it was not searched for. */
  hasNhsNumber: boolean;
};

type RawSearchParams = Record<string, string | string[] | undefined>;

// How the filters are called in addresses.
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

/** Reads an address; what is not understood narrows nothing. `practiceId` is checked by the caller. */
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

/** The address of a ledger as query values, for `portalPath`. */
export function formatLedgerParams(
  { practiceId, filters, sort }: Omit<LedgerParams, "heldNhsNumber">,
  extraParams: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  const query: Record<string, string | undefined> = { practice: practiceId };
  for (const name of filterNames) query[paramNames[name]] = filters[name];
  return { ...query, sort, ...extraParams };
}

/** A ledger without anything that narrows it but the practice. */
export const isFiltered = ({ filters }: Pick<LedgerParams, "filters">) =>
  Object.keys(filters).length > 0;
