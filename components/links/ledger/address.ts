import { linkFilters, linkSort, type LinkFilters, type LinkSort } from "@/server/schemas/links";
import { holdsNhsNumber } from "@/server/schemas/nhs-number";

/** What stands in the address of the ledger, and narrows or orders it. */
export type LedgerAddress = {
  practiceId: string | undefined;
  filters: Omit<LinkFilters, "practiceId">;
  sort: LinkSort | undefined;
  /** Something in the address looks like an NHS number: it was not searched for. */
  heldNhsNumber: boolean;
};

type Query = Record<string, string | string[] | undefined>;

// How the filters are called in addresses.
const names = {
  kind: "kind",
  audience: "for",
  state: "state",
  tag: "tag",
  ownerId: "owner",
  bulkId: "bulk",
  q: "q",
} as const;

type FilterName = keyof typeof names;
const filterNames = Object.keys(names) as FilterName[];

/** Reads an address; what is not understood narrows nothing. `practiceId` is checked by the caller. */
export function readLedgerAddress(query: Query, practiceId: string | undefined): LedgerAddress {
  const filters: Record<string, unknown> = {};
  let heldNhsNumber = false;
  for (const name of filterNames) {
    const value = query[names[name]];
    if (typeof value !== "string" || value === "") continue;
    if (holdsNhsNumber(value)) heldNhsNumber = true;
    const read = linkFilters.shape[name].safeParse(value);
    if (read.success && read.data !== undefined) filters[name] = read.data;
  }
  const sort = linkSort.safeParse(query.sort);
  return {
    practiceId,
    filters: filters as LedgerAddress["filters"],
    sort: sort.success && sort.data !== "newest" ? sort.data : undefined,
    heldNhsNumber,
  };
}

/** The address of a ledger as query values, for `portalPath`. */
export function ledgerQuery(
  { practiceId, filters, sort }: Omit<LedgerAddress, "heldNhsNumber">,
  more: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  const query: Record<string, string | undefined> = { practice: practiceId };
  for (const name of filterNames) query[names[name]] = filters[name];
  return { ...query, sort, ...more };
}

/** A ledger without anything that narrows it but the practice. */
export const isNarrowed = ({ filters }: Pick<LedgerAddress, "filters">) =>
  Object.keys(filters).length > 0;
