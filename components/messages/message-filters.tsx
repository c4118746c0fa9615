"use client";

import { useState } from "react";
import { FilterForm } from "@/components/forms/filter-form";
import { SelectField } from "@/components/forms/select-field";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { MessageState } from "@/server/schemas/messages";
import { stateNames } from "./labels";

type MessageFiltersProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  /** Hero's ID of a patient whose page led here; kept. */
  patientId: string | undefined;
  state: MessageState | undefined;
};

/** Filters of the list, kept in the page's address. */
export function MessageFilters({ scope, practiceId, patientId, state }: MessageFiltersProps) {
  const [selected, setSelected] = useState<string>(state ?? "");
  return (
    <FilterForm
      findPath={() =>
        portalPath(scope, "/messages", {
          practice: practiceId,
          patient: patientId,
          state: selected,
        })
      }
    >
      <SelectField
        label="State"
        name="state"
        className="w-44 max-sm:w-full"
        value={selected}
        options={[["", "Any state"], ...Object.entries(stateNames)]}
        onChange={setSelected}
      />
    </FilterForm>
  );
}
