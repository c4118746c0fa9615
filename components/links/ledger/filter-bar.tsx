"use client";

import { Search, X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState, useTransition } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { LinkFilterOptions, LinkSort } from "@/server/schemas/links/list";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import { audienceNames, kindNames, sortNames, stateNames } from "../labels";
import { isFiltered, type LedgerParams, formatLedgerParams } from "./search-params";

type FilterBarProps = {
  scope: PortalScope;
  params: LedgerParams;
  filterOptions: LinkFilterOptions;
};

const nhsNumberError =
  "This looks like an NHS number. Search by name, tag, type or reference instead.";

/** Search, filters and sort order of the ledger, all kept in the page's address. */
export function FilterBar({ scope, params, filterOptions }: FilterBarProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const { filters, sort } = params;
  const [searchText, setSearchText] = useState(filters.q ?? "");
  const [searchError, setSearchError] = useState(params.hasNhsNumber ? nhsNumberError : "");
  const searchErrorId = useId();

  function navigate(changedFilters: Partial<LedgerParams["filters"]>, nextSort = sort) {
    const path = portalPath(
      scope,
      "/links",
      formatLedgerParams({ ...params, filters: { ...filters, ...changedFilters }, sort: nextSort }),
    );
    startTransition(() => router.push(path, { scroll: false }));
  }

  function search(event: FormEvent) {
    event.preventDefault();
    // Search words are kept in addresses, histories and logs, where no patient may appear.
    if (containsNhsNumber(searchText)) return setSearchError(nhsNumberError);
    setSearchError("");
    navigate({ q: searchText.trim() || undefined });
  }

  return (
    <search className="mb-4 flex flex-col gap-3 print:hidden" aria-busy={pending}>
      <form onSubmit={search} className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-1 basis-60">
          {/* Without a name, so that the browser cannot submit it before the page is ready. */}
          <Input
            type="search"
            aria-label="Search links"
            placeholder="Name, tag, type, reference, address"
            value={searchText}
            maxLength={80}
            aria-invalid={searchError ? true : undefined}
            aria-describedby={searchError ? searchErrorId : undefined}
            onChange={(event) => setSearchText(event.target.value)}
          />
        </div>
        <Button type="submit" icon={<Search />} pending={pending}>
          Search
        </Button>
        {isFiltered(params) ? (
          <Link
            href={portalPath(scope, "/links", { practice: params.practiceId })}
            className="inline-flex h-9 items-center gap-1 px-1 text-muted hover:text-ink pointer-coarse:h-11"
          >
            <X aria-hidden="true" className="size-4" />
            Clear
          </Link>
        ) : null}
      </form>
      {searchError ? (
        <p id={searchErrorId} role="alert" className="text-sm font-medium text-danger">
          {searchError}
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <FilterSelect
          label="State"
          value={filters.state ?? ""}
          options={Object.entries(stateNames)}
          onChange={(state) => navigate({ state: state as typeof filters.state })}
        />
        <FilterSelect
          label="Kind"
          value={filters.kind ?? ""}
          options={Object.entries(kindNames)}
          onChange={(kind) => navigate({ kind: kind as typeof filters.kind })}
        />
        <FilterSelect
          label="For"
          value={filters.audience ?? ""}
          options={Object.entries(audienceNames)}
          onChange={(audience) => navigate({ audience: audience as typeof filters.audience })}
        />
        {filterOptions.tags.length > 0 || filters.tag ? (
          <FilterSelect
            label="Tag"
            value={filters.tag?.toLowerCase() ?? ""}
            options={withSelected(filterOptions.tags, filters.tag?.toLowerCase()).map((tag) => [
              tag,
              tag,
            ])}
            onChange={(tag) => navigate({ tag })}
          />
        ) : null}
        {filterOptions.owners.length > 1 || filters.ownerId ? (
          <FilterSelect
            label="Owner"
            value={filters.ownerId ?? ""}
            options={filterOptions.owners.map(({ id, name }) => [id, name])}
            onChange={(ownerId) => navigate({ ownerId })}
          />
        ) : null}
        <FilterSelect
          label="Sort by"
          isOptional={false}
          value={sort ?? "newest"}
          options={Object.entries(sortNames)}
          onChange={(next) => navigate({}, next === "newest" ? undefined : (next as LinkSort))}
        />
      </div>
    </search>
  );
}

const withSelected = (values: string[], selected: string | undefined) =>
  selected && !values.includes(selected) ? [selected, ...values] : values;

type FilterSelectProps = {
  label: string;
  value: string;
  options: [value: string, name: string][];
  /** False where one option is always selected. */
  isOptional?: boolean;
  /** Undefined when no option is selected. */
  onChange: (value: string | undefined) => void;
};

function FilterSelect({ label, value, options, isOptional = true, onChange }: FilterSelectProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1 sm:w-40">
      <label htmlFor={id} className="text-xs font-medium text-muted">
        {label}
      </label>
      <Select id={id} value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        {isOptional ? <option value="">Any</option> : null}
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}
