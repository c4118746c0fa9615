"use client";

import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { FieldError } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export type PracticeCheckboxOption = {
  id: string;
  name: string;
  practiceGroupId: string;
  isConnected: boolean;
};

type PracticeCheckboxesProps = {
  practices: readonly PracticeCheckboxOption[];
  selected: readonly string[];
  onChange: (selected: string[]) => void;
  error: string | undefined;
  hint?: string;
};

const minPracticesForSearch = 8;

export function PracticeCheckboxes({
  practices,
  selected,
  onChange,
  error,
  hint = "Only these practices can use this placement.",
}: PracticeCheckboxesProps) {
  const [search, setSearch] = useState("");
  const searchText = search.trim().toLowerCase();
  const matches = practices.filter(({ name, practiceGroupId }) =>
    `${name} ${practiceGroupId}`.toLowerCase().includes(searchText),
  );
  const toggle = (id: string, isSelected: boolean) =>
    onChange(isSelected ? [...selected, id] : selected.filter((selectedId) => selectedId !== id));

  return (
    <fieldset aria-describedby={error ? "practiceIds-error" : undefined}>
      <legend className="font-medium">Practices</legend>
      <p className="mt-1 mb-2 text-sm text-muted">{hint}</p>
      {error ? (
        <FieldError id="practiceIds-error" className="mb-2">
          {error}
        </FieldError>
      ) : null}
      {practices.length >= minPracticesForSearch ? (
        <div className="mb-2">
          <label htmlFor="practice-search" className="sr-only">
            Search practices
          </label>
          <Input
            id="practice-search"
            type="search"
            placeholder="Search by name or ID"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            // Enter must not submit the form.
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault();
            }}
            autoComplete="off"
          />
        </div>
      ) : null}
      <ul
        // The error summary links here: the search may have hidden the first checkbox.
        id="practiceIds"
        tabIndex={-1}
        aria-label="Available practices"
        className="max-h-80 divide-y divide-line overflow-y-auto rounded-md border border-line"
      >
        {matches.map(({ id, name, practiceGroupId, isConnected }) => (
          <li key={id}>
            <label className="flex cursor-pointer items-start gap-3 px-3 py-2.5 hover:bg-hover">
              <input
                type="checkbox"
                name="practiceIds"
                value={id}
                checked={selected.includes(id)}
                onChange={(event) => toggle(id, event.target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
              />
              <span className="min-w-0 flex-1">
                <span className="block wrap-anywhere">{name}</span>
                <span className="block font-mono text-sm text-muted">{practiceGroupId}</span>
              </span>
              {isConnected ? null : <Badge tone="unknown">Disconnected</Badge>}
            </label>
          </li>
        ))}
        {matches.length === 0 ? (
          <li className="px-3 py-2.5 text-muted">No practices match.</li>
        ) : null}
      </ul>
      <p role="status" className="mt-1.5 text-sm text-muted">
        {selected.length} of {practices.length} selected
      </p>
    </fieldset>
  );
}
