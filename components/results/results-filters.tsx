"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { audienceNames, kindNames } from "@/components/links/labels";
import { FilterSelect } from "@/components/ui/filter-select";
import type { ResultGrouping } from "@/server/schemas/results";
import { groupingNames } from "./labels";
import {
  formatResultsParams,
  listPeriods,
  type ResultsFilterName,
  type ResultsParams,
} from "./params";

type Option = readonly [value: string, name: string];

type ResultsFiltersProps = {
  scope: PortalScope;
  params: ResultsParams;
  /** Today's date in the UK. */
  today: string;
  tags: readonly string[];
  /** The newest bulk uploads. */
  bulkUploads: readonly { id: string; name: string }[];
};

const withSelected = (options: readonly Option[], value: string | undefined): readonly Option[] =>
  value && !options.some(([each]) => each === value) ? [[value, value], ...options] : options;

/** Period, grouping and filters; a change shows its results at once. The header has the practice. */
export function ResultsFilters({ scope, params, today, tags, bulkUploads }: ResultsFiltersProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const { filters } = params;

  const show = (changes: Partial<ResultsParams>) =>
    startTransition(() =>
      router.push(portalPath(scope, "/results", formatResultsParams({ ...params, ...changes })), {
        scroll: false,
      }),
    );
  const filterBy = (name: ResultsFilterName) => (value: string) =>
    show({ filters: { ...filters, [name]: value || undefined } });

  const tag = filters.tag?.toLowerCase();
  return (
    <search
      aria-busy={pending}
      className="mb-6 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6 print:hidden"
    >
      <FilterSelect
        label="Period"
        value={params.period}
        options={listPeriods(today)}
        onChange={(period) => show({ period })}
      />
      <FilterSelect
        label="Group by"
        value={params.groupBy}
        options={Object.entries(groupingNames)}
        onChange={(groupBy) => show({ groupBy: groupBy as ResultGrouping })}
      />
      <FilterSelect
        label="Kind"
        value={filters.kind ?? ""}
        options={[["", "Any"], ...Object.entries(kindNames)]}
        onChange={filterBy("kind")}
      />
      <FilterSelect
        label="For"
        value={filters.audience ?? ""}
        options={[["", "Any"], ...Object.entries(audienceNames)]}
        onChange={filterBy("audience")}
      />
      <FilterSelect
        label="Tag"
        value={tag ?? ""}
        options={[
          ["", "Any"],
          ...withSelected(
            tags.map((each) => [each, each] as const),
            tag,
          ),
        ]}
        onChange={filterBy("tag")}
      />
      <FilterSelect
        label="Bulk upload"
        value={filters.bulkUploadId ?? ""}
        options={[
          ["", "Any"],
          ...withSelected(
            bulkUploads.map(({ id, name }) => [id, name] as const),
            filters.bulkUploadId,
          ),
        ]}
        onChange={filterBy("bulkUploadId")}
      />
    </search>
  );
}
