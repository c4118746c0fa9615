"use client";

import { Search, X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState, useTransition } from "react";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { LinkFacets, LinkSort } from "@/server/schemas/links";
import { holdsNhsNumber } from "@/server/schemas/nhs-number";
import { audienceNames, kindNames, sortNames, stateNames } from "../words";
import { isNarrowed, type LedgerAddress, ledgerQuery } from "./address";

type FilterBarProps = { place: Place; address: LedgerAddress; facets: LinkFacets };

const refusal = "This looks like an NHS number. Links are found by name, tag, type or reference.";

/** Search, filters and order of the ledger. Everything chosen stands in the address of the page. */
export function FilterBar({ place, address, facets }: FilterBarProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const { filters, sort } = address;
  const [words, setWords] = useState(filters.q ?? "");
  const [fault, setFault] = useState(address.heldNhsNumber ? refusal : "");
  const faultId = useId();

  function go(next: Partial<LedgerAddress["filters"]>, nextSort = sort) {
    const path = portalPath(
      place,
      "/links",
      ledgerQuery({ ...address, filters: { ...filters, ...next }, sort: nextSort }),
    );
    startTransition(() => router.push(path, { scroll: false }));
  }

  function search(event: FormEvent) {
    event.preventDefault();
    // What is searched for stands in the address, in histories and logs: no patient may.
    if (holdsNhsNumber(words)) return setFault(refusal);
    setFault("");
    go({ q: words.trim() || undefined });
  }

  return (
    <search className="mb-4 flex flex-col gap-3 print:hidden" aria-busy={pending}>
      <form onSubmit={search} className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-1 basis-60">
          {/* Without a name, so that nothing of it gets into an address before the page is ready. */}
          <Input
            type="search"
            aria-label="Search links"
            placeholder="Name, tag, type, reference, address"
            value={words}
            maxLength={80}
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault ? faultId : undefined}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
        <Button type="submit" icon={<Search />} pending={pending}>
          Search
        </Button>
        {isNarrowed(address) ? (
          <Link
            href={portalPath(place, "/links", { practice: address.practiceId })}
            className="inline-flex h-9 items-center gap-1 px-1 text-muted hover:text-ink pointer-coarse:h-11"
          >
            <X aria-hidden="true" className="size-4" />
            Clear
          </Link>
        ) : null}
      </form>
      {fault ? (
        <p id={faultId} role="alert" className="text-sm font-medium text-danger">
          {fault}
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <Choice
          label="State"
          value={filters.state ?? ""}
          options={Object.entries(stateNames)}
          onChange={(state) => go({ state: state as typeof filters.state })}
        />
        <Choice
          label="Kind"
          value={filters.kind ?? ""}
          options={Object.entries(kindNames)}
          onChange={(kind) => go({ kind: kind as typeof filters.kind })}
        />
        <Choice
          label="For"
          value={filters.audience ?? ""}
          options={Object.entries(audienceNames)}
          onChange={(audience) => go({ audience: audience as typeof filters.audience })}
        />
        {facets.tags.length > 0 || filters.tag ? (
          <Choice
            label="Tag"
            value={filters.tag?.toLowerCase() ?? ""}
            options={withChosen(facets.tags, filters.tag?.toLowerCase()).map((tag) => [tag, tag])}
            onChange={(tag) => go({ tag })}
          />
        ) : null}
        {facets.owners.length > 1 || filters.ownerId ? (
          <Choice
            label="Owner"
            value={filters.ownerId ?? ""}
            options={facets.owners.map(({ id, name }) => [id, name])}
            onChange={(ownerId) => go({ ownerId })}
          />
        ) : null}
        <Choice
          label="Order"
          isOptional={false}
          value={sort ?? "newest"}
          options={Object.entries(sortNames)}
          onChange={(next) => go({}, next === "newest" ? undefined : (next as LinkSort))}
        />
      </div>
    </search>
  );
}

const withChosen = (list: string[], chosen: string | undefined) =>
  chosen && !list.includes(chosen) ? [chosen, ...list] : list;

type ChoiceProps = {
  label: string;
  value: string;
  options: [value: string, name: string][];
  /** False where something is always chosen. */
  isOptional?: boolean;
  /** Undefined when nothing is chosen any more. */
  onChange: (value: string | undefined) => void;
};

function Choice({ label, value, options, isOptional = true, onChange }: ChoiceProps) {
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
