"use client";

import { portalClient } from "@/components/client";
import { SelectField } from "@/components/forms/select-field";
import { useLiveQuery } from "@/components/forms/use-live-query";
import { bookedSinceNames, kindNames, stateNames, usedNames } from "@/components/links/labels";
import type { PortalScope } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { FieldError } from "@/components/ui/field";
import { formatCount } from "@/components/ui/format-count";
import type { RecipientFilters } from "./draft";

type RecipientsLinksProps = {
  scope: PortalScope;
  practiceId: string;
  filters: RecipientFilters;
  /** Tags in use, and the newest bulk uploads. */
  tags: readonly string[];
  bulkUploads: readonly { id: string; name: string }[];
  owners: readonly { id: string; name: string }[];
  onChange: (filters: RecipientFilters) => void;
  error: string | undefined;
};

/** Links that anyone can use have no patient to send to. */
export const onlyPatients = { audience: "patient_invite" } as const;

/** The recipients as the patients of links that filters of the ledger select. */
export function RecipientsLinks(props: RecipientsLinksProps) {
  const { scope, practiceId, filters, tags, bulkUploads, owners, onChange, error } = props;
  const count = useLiveQuery(`${practiceId} ${JSON.stringify(filters)}`, () =>
    portalClient(scope.tenant, scope.environment).links.count.query({
      ...filters,
      ...onlyPatients,
      practiceId,
    }),
  );
  function set(name: keyof RecipientFilters, value: string) {
    const { [name]: _, ...others } = filters;
    onChange(value === "" ? others : { ...others, [name]: value });
  }
  const tag = filters.tag?.toLowerCase();
  const shownTags = tag && !tags.includes(tag) ? [tag, ...tags] : tags;
  const choices = [
    ["kind", "Kind", Object.entries(kindNames)],
    ["state", "State", Object.entries(stateNames)],
    ["isUsed", "Used", Object.entries(usedNames)],
    ["bookedSince", "Booked since", Object.entries(bookedSinceNames)],
    ["tag", "Tag", shownTags.map((name) => [name, name] as const)],
    ["bulkUploadId", "Bulk upload", bulkUploads.map(({ id, name }) => [id, name] as const)],
    ["ownerId", "Owner", owners.map(({ id, name }) => [id, name] as const)],
  ] as const;
  return (
    <Card aria-labelledby="recipients-links" className="flex flex-col gap-4">
      <div>
        <h3 id="recipients-links" className="text-lg font-semibold">
          Which links
        </h3>
        <p className="mt-0.5 max-w-prose text-sm text-muted">
          Links of this practice for one patient each. A patient with several gets one message,
          about the newest. “Used: Never” finds those who were invited and have not booked.
        </p>
      </div>
      {error ? <FieldError id="filters-error">{error}</FieldError> : null}
      <div id="filters" tabIndex={-1} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {choices.map(([name, label, options]) =>
          options.length > 0 || filters[name] !== undefined ? (
            <SelectField
              key={name}
              label={label}
              name={`filter-${name}`}
              value={filters[name] ?? ""}
              options={[["", "Any"], ...options]}
              onChange={(value) => set(name, value)}
            />
          ) : null,
        )}
      </div>
      {filters.q ? (
        <p>
          Only links that match <strong>{filters.q}</strong>.
        </p>
      ) : null}
      <p role="status" className="tabular-nums">
        {count.state === "loaded" ? (
          <>
            <strong>{formatCount(count.data.count, "link")}</strong>
            {count.data.hasMore ? " or more match." : " match."}
          </>
        ) : count.state === "failed" ? (
          `Could not count the links. ${count.problem}`
        ) : (
          "Counting links…"
        )}
      </p>
    </Card>
  );
}
