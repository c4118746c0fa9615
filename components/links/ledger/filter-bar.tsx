"use client";

import { Bookmark, ListFilter, Search, X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState, useTransition } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { buttonClasses } from "@/components/ui/button-classes";
import { Button } from "@/components/ui/button";
import { FilterSelect } from "@/components/ui/filter-select";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { Select } from "@/components/ui/select";
import type { LinkFilterOptions, LinkSort, SavedLinkView } from "@/server/schemas/links/list";
import { maxSearchCharacters } from "@/server/schemas/links/rules";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import {
  audienceNames,
  bookedSinceNames,
  kindNames,
  sortNames,
  stateNames,
  usedNames,
} from "../labels";
import { SavedViews } from "./saved-views";
import { isFiltered, type LedgerParams, formatLedgerParams } from "./search-params";

type Filters = LedgerParams["filters"];
type FilterName = keyof Filters;

type FilterBarProps = {
  scope: PortalScope;
  params: LedgerParams;
  filterOptions: LinkFilterOptions;
  /** The newest bulk uploads, and the selected one. */
  bulkUploads: readonly { id: string; name: string }[];
  savedViews: readonly SavedLinkView[];
};

const nhsNumberError =
  "This looks like an NHS number. Search by name, tag, type or reference instead.";

/** One row: search, state, and the other filters, sort order and views behind two buttons. */
export function FilterBar({
  scope,
  params,
  filterOptions,
  bulkUploads,
  savedViews,
}: FilterBarProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const { filters, sort } = params;
  const [searchText, setSearchText] = useState(filters.q ?? "");
  const [searchError, setSearchError] = useState(params.hasNhsNumber ? nhsNumberError : "");
  const searchErrorId = useId();
  const choices = listChoices(filters, filterOptions, bulkUploads);
  const activeChoices = choices.filter(({ name }) => filters[name] !== undefined);

  const pathFor = (changes: Partial<Filters>, nextSort = sort) =>
    portalPath(
      scope,
      "/links",
      formatLedgerParams({ ...params, filters: { ...filters, ...changes }, sort: nextSort }),
    );

  const navigate = (path: string) => startTransition(() => router.push(path, { scroll: false }));

  function search(event: FormEvent) {
    event.preventDefault();
    // Search words are kept in addresses, histories and logs, where no patient may appear.
    if (containsNhsNumber(searchText)) return setSearchError(nhsNumberError);
    setSearchError("");
    navigate(pathFor({ q: searchText.trim() || undefined }));
  }

  return (
    <search className="mb-3 flex flex-col gap-2 print:hidden" aria-busy={pending}>
      <div className="flex flex-wrap items-start gap-2">
        <form onSubmit={search} className="flex min-w-0 flex-1 basis-full gap-2 sm:basis-64">
          {/* Without a name, so that the browser cannot submit it before the page is ready. */}
          <Input
            type="search"
            aria-label="Search links"
            placeholder="Name, tag, type, practice, reference or address"
            value={searchText}
            maxLength={maxSearchCharacters}
            aria-invalid={searchError ? true : undefined}
            aria-describedby={searchError ? searchErrorId : undefined}
            onChange={(event) => setSearchText(event.target.value)}
          />
          <Button type="submit" icon={<Search />} pending={pending}>
            <span className="max-sm:sr-only">Search</span>
          </Button>
        </form>
        <Select
          aria-label="State"
          className="w-36 max-sm:flex-1"
          value={filters.state ?? ""}
          onChange={(event) =>
            navigate(pathFor({ state: (event.target.value || undefined) as Filters["state"] }))
          }
        >
          <option value="">Any state</option>
          {Object.entries(stateNames).map(([state, name]) => (
            <option key={state} value={state}>
              {name}
            </option>
          ))}
        </Select>
        <Menu
          className="w-72 p-3!"
          panelLabel="Filters"
          triggerClassName={buttonClasses({})}
          trigger={
            <>
              <ListFilter aria-hidden="true" className="size-4" />
              Filters
              {activeChoices.length > 0 ? ` (${activeChoices.length})` : null}
            </>
          }
        >
          <FilterForm
            choices={choices}
            filters={filters}
            sort={sort}
            onApply={(changes, nextSort) => navigate(pathFor(changes, nextSort))}
          />
        </Menu>
        <Menu
          className="w-60"
          panelLabel="Views"
          triggerClassName={buttonClasses({})}
          trigger={
            <>
              <Bookmark aria-hidden="true" className="size-4" />
              Views
            </>
          }
        >
          <SavedViews scope={scope} params={params} savedViews={savedViews} />
        </Menu>
      </div>
      {searchError ? (
        <p id={searchErrorId} role="alert" className="text-sm font-medium text-danger">
          {searchError}
        </p>
      ) : null}
      {isFiltered(params) ? (
        <ul aria-label="Active filters" className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {activeChoices.map(({ name, label, options }) => (
            <li key={name}>
              <Link
                href={pathFor({ [name]: undefined })}
                scroll={false}
                className="inline-flex min-h-6 items-center gap-1 rounded-full border border-line bg-sunken px-2 text-sm hover:bg-hover pointer-coarse:min-h-11"
              >
                <span className="sr-only">Remove filter </span>
                {label}: {options.find(([value]) => value === filters[name])?.[1] ?? filters[name]}
                <X aria-hidden="true" className="size-3.5 text-muted" />
              </Link>
            </li>
          ))}
          <li>
            <Link
              href={portalPath(scope, "/links", { practice: params.practiceId })}
              className="inline-flex min-h-6 items-center text-sm text-muted hover:text-ink pointer-coarse:min-h-11"
            >
              Clear
            </Link>
          </li>
        </ul>
      ) : null}
    </search>
  );
}

type Choice = { name: FilterName; label: string; options: (readonly [string, string])[] };

/** The filters behind the button, without those that have nothing to select. */
function listChoices(
  filters: Filters,
  { tags, owners }: LinkFilterOptions,
  bulkUploads: FilterBarProps["bulkUploads"],
): Choice[] {
  const tag = filters.tag?.toLowerCase();
  const shownTags = tag && !tags.includes(tag) ? [tag, ...tags] : tags;
  const choices: Choice[] = [
    { name: "kind", label: "Kind", options: Object.entries(kindNames) },
    { name: "audience", label: "For", options: Object.entries(audienceNames) },
    { name: "isUsed", label: "Used", options: Object.entries(usedNames) },
    { name: "bookedSince", label: "Booked since", options: Object.entries(bookedSinceNames) },
    { name: "tag", label: "Tag", options: shownTags.map((text) => [text, text] as const) },
    {
      name: "bulkUploadId",
      label: "Upload",
      options: bulkUploads.map(({ id, name }) => [id, name] as const),
    },
    { name: "ownerId", label: "Owner", options: owners.map(({ id, name }) => [id, name] as const) },
  ];
  return choices.filter(
    ({ name, options }) =>
      filters[name] !== undefined || options.length > (name === "ownerId" ? 1 : 0),
  );
}

type FilterFormProps = {
  choices: Choice[];
  filters: Filters;
  sort: LinkSort | undefined;
  onApply: (changes: Partial<Filters>, sort: LinkSort | undefined) => void;
};

/** The filters are applied together, so that a keyboard can pass through the options. */
function FilterForm({ choices, filters, sort, onApply }: FilterFormProps) {
  const [changes, setChanges] = useState<Partial<Record<FilterName, string>>>({});
  const [nextSort, setNextSort] = useState<LinkSort>(sort ?? "newest");
  return (
    <div className="flex flex-col gap-3">
      {choices.map(({ name, label, options }) => (
        <FilterSelect
          key={name}
          label={label}
          value={changes[name] ?? filters[name]?.toLowerCase() ?? ""}
          options={[["", "Any"], ...options]}
          onChange={(value) => setChanges({ ...changes, [name]: value })}
        />
      ))}
      <FilterSelect
        label="Sort by"
        value={nextSort}
        options={Object.entries(sortNames)}
        onChange={(value) => setNextSort(value as LinkSort)}
      />
      <Button
        variant="primary"
        onClick={() =>
          onApply(
            Object.fromEntries(
              Object.entries(changes).map(([name, value]) => [name, value || undefined]),
            ),
            nextSort === "newest" ? undefined : nextSort,
          )
        }
      >
        Apply filters
      </Button>
    </div>
  );
}
