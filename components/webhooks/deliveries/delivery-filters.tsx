"use client";

import { useState } from "react";
import { FilterForm } from "@/components/forms/filter-form";
import { SelectField } from "@/components/forms/select-field";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { DeliveryQuery } from "./delivery-query";
import { periodNames, stateNames } from "./labels";

type DeliveryFiltersProps = {
  scope: PortalScope;
  query: DeliveryQuery;
  /** Those that the portal knows. */
  eventTypes: readonly string[];
};

/** Filters of the list, kept in the page's address. */
export function DeliveryFilters({ scope, query, eventTypes }: DeliveryFiltersProps) {
  const [type, setType] = useState(query.type ?? "");
  const [state, setState] = useState(query.state ?? "");
  const [late, setLate] = useState(query.late ?? "");
  const [period, setPeriod] = useState(query.period ?? "");
  const { practice } = query;
  const filters = { practice, type: type.trim(), state, late, period };

  return (
    <FilterForm findPath={() => portalPath(scope, "/webhooks/deliveries", filters)}>
      <Field label="Event type" name="type" className="w-64 max-sm:w-full">
        {(ids) => (
          <>
            {/* Text, because Hero may send types that the list does not have. */}
            <Input
              {...ids}
              list="event-types"
              autoComplete="off"
              spellCheck={false}
              placeholder="Any type"
              maxLength={200}
              value={type}
              onChange={(event) => setType(event.target.value)}
            />
            <datalist id="event-types">
              {eventTypes.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <SelectField
        label="State"
        name="state"
        className="w-40 max-sm:w-full"
        value={state}
        options={[["", "Any state"], ...Object.entries(stateNames)]}
        onChange={setState}
      />
      <SelectField
        label="Timing"
        name="late"
        className="w-40 max-sm:w-full"
        value={late}
        options={[
          ["", "Any"],
          ["yes", "Late only"],
        ]}
        onChange={setLate}
      />
      <SelectField
        label="Arrived"
        name="period"
        className="w-40 max-sm:w-full"
        value={period}
        options={[["", "Any time"], ...Object.entries(periodNames)]}
        onChange={setPeriod}
      />
    </FilterForm>
  );
}
