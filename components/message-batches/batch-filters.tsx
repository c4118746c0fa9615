"use client";

import { useState } from "react";
import { FilterForm } from "@/components/forms/filter-form";
import { SelectField } from "@/components/forms/select-field";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { MessageBatchState } from "@/server/schemas/message-batches";
import { batchStateNames } from "./labels";

type BatchFiltersProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  state: MessageBatchState | undefined;
};

/** Filters of the list, kept in the page's address. */
export function BatchFilters({ scope, practiceId, state }: BatchFiltersProps) {
  const [selected, setSelected] = useState<string>(state ?? "");
  return (
    <FilterForm
      findPath={() =>
        portalPath(scope, "/messages/batches", { practice: practiceId, state: selected })
      }
    >
      <SelectField
        label="State"
        name="state"
        className="w-52 max-sm:w-full"
        value={selected}
        options={[["", "Any state"], ...Object.entries(batchStateNames)]}
        onChange={setSelected}
      />
    </FilterForm>
  );
}
