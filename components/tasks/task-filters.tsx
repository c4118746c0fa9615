"use client";

import { useState } from "react";
import { FilterForm } from "@/components/forms/filter-form";
import { SelectField } from "@/components/forms/select-field";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { RelatedTasks, TaskState } from "@/server/schemas/tasks";
import { taskStateNames } from "./labels";

type TaskFiltersProps = {
  scope: PortalScope;
  practiceId: string;
  state: TaskState | undefined;
  assignee: string | undefined;
  staff: RelatedTasks["staff"];
};

/** Filters of the list, kept in the page's address. */
export function TaskFilters({ scope, practiceId, state, assignee, staff }: TaskFiltersProps) {
  const [selectedState, setState] = useState<string>(state ?? "");
  const [selectedAssignee, setAssignee] = useState(assignee ?? "");
  const isListed =
    !assignee || assignee === "nobody" || staff.items.some(({ id }) => id === assignee);
  return (
    <FilterForm
      findPath={() =>
        portalPath(scope, "/tasks", {
          practice: practiceId,
          state: selectedState,
          assignee: selectedAssignee,
        })
      }
    >
      <SelectField
        label="Status"
        name="state"
        className="w-44 max-sm:w-full"
        value={selectedState}
        options={[["", "Any status"], ...Object.entries(taskStateNames)]}
        onChange={setState}
      />
      <SelectField
        label="Assigned to"
        name="assignee"
        className="w-56 max-sm:w-full"
        value={selectedAssignee}
        options={[
          ["", "Anyone or nobody"],
          ["nobody", "Nobody"],
          ...(isListed ? [] : [[assignee, `Person ${assignee}`] as const]),
          ...staff.items.map(({ id, name }) => [id, name ?? `Person ${id}`] as const),
        ]}
        onChange={setAssignee}
      />
    </FilterForm>
  );
}
