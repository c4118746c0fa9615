"use client";

import { useState } from "react";
import { FilterForm } from "@/components/forms/filter-form";
import { SelectField } from "@/components/forms/select-field";
import { parseUkDate } from "@/components/forms/uk-dates";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { AppointmentState } from "@/server/schemas/appointments";
import { formatLocalDate, isLocalDate } from "@/server/schemas/dates";
import { stateNames } from "./labels";

type AppointmentFiltersProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  /** "upcoming", or "all" with those that have begun. */
  period: "upcoming" | "all";
  state: AppointmentState | undefined;
  /** A UK date. */
  day: string | undefined;
  today: string;
};

/** Filters of the list, kept in the page's address. */
export function AppointmentFilters(props: AppointmentFiltersProps) {
  const { scope, practiceId, today } = props;
  const [period, setPeriod] = useState<string>(props.period);
  const [state, setState] = useState<string>(props.state ?? "");
  const [dayText, setDayText] = useState(props.day ? formatLocalDate(props.day, "short") : "");
  const [error, setError] = useState<string>();

  function findPath(): string | null {
    const parsed = dayText.trim() === "" ? null : parseUkDate(dayText);
    const reject = (problem: string) => {
      setError(problem);
      return null;
    };
    if (parsed && "problem" in parsed) return reject(parsed.problem);
    if (parsed && !isLocalDate(parsed.date)) return reject("Check the year.");
    setError(undefined);
    return portalPath(scope, "/appointments", {
      practice: practiceId,
      period: period === "all" ? "all" : undefined,
      state,
      day: parsed?.date,
    });
  }

  return (
    <FilterForm findPath={findPath}>
      <SelectField
        label="Show"
        name="period"
        className="w-44 max-sm:w-full"
        value={period}
        options={[
          ["upcoming", "Upcoming"],
          ["all", "Upcoming and past"],
        ]}
        onChange={setPeriod}
      />
      <SelectField
        label="State"
        name="state"
        className="w-40 max-sm:w-full"
        value={state}
        options={[["", "Any state"], ...Object.entries(stateNames)]}
        onChange={setState}
      />
      <Field label="Day" name="day" optionalMark error={error} className="w-44 max-sm:w-full">
        {(ids) => (
          <Input
            {...ids}
            autoComplete="off"
            placeholder={formatLocalDate(today, "short")}
            value={dayText}
            onChange={(event) => setDayText(event.target.value)}
          />
        )}
      </Field>
    </FilterForm>
  );
}
