import type { LinkFilters, LinkSort } from "@/server/schemas/links/list";

/** The filters and sort order in the address of the ledger. */
export type LedgerParams = {
  practiceId: string | undefined;
  filters: Omit<LinkFilters, "practiceId">;
  sort: LinkSort | undefined;
  /** True where the address holds what looks like an NHS number, which is not searched for. */
  hasNhsNumber: boolean;
};

// The names of the filters in addresses.
export const paramNames = {
  kind: "kind",
  audience: "for",
  state: "state",
  tag: "tag",
  ownerId: "owner",
  bulkUploadId: "upload",
  isUsed: "used",
  bookedSince: "booked",
  q: "q",
} as const;

type FilterName = keyof typeof paramNames;
export const filterNames = Object.keys(paramNames) as FilterName[];

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
