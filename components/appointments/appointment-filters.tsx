"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { parseUkDate } from "@/components/forms/uk-dates";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
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
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [period, setPeriod] = useState<string>(props.period);
  const [state, setState] = useState<string>(props.state ?? "");
  const [dayText, setDayText] = useState(props.day ? formatLocalDate(props.day, "short") : "");
  const [error, setError] = useState<string>();

  function apply(event: FormEvent) {
    event.preventDefault();
    const parsed = dayText.trim() === "" ? null : parseUkDate(dayText);
    if (parsed && "problem" in parsed) return setError(parsed.problem);
    if (parsed && !isLocalDate(parsed.date)) return setError("Check the year.");
    setError(undefined);
    const path = portalPath(scope, "/appointments", {
      practice: practiceId,
      period: period === "all" ? "all" : undefined,
      state,
      day: parsed?.date,
    });
    startTransition(() => router.push(path, { scroll: false }));
  }

  return (
    <form
      onSubmit={apply}
      aria-label="Filters"
      className="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3 print:hidden"
    >
      <Field label="Show" name="period" className="w-44 max-sm:w-full">
        {(ids) => (
          <Select {...ids} value={period} onChange={(event) => setPeriod(event.target.value)}>
            <option value="upcoming">Upcoming</option>
            <option value="all">Upcoming and past</option>
          </Select>
        )}
      </Field>
      <Field label="State" name="state" className="w-40 max-sm:w-full">
        {(ids) => (
          <Select {...ids} value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">Any state</option>
            {Object.entries(stateNames).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
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
      <Button type="submit" pending={pending}>
        {pending ? "Filtering…" : "Filter"}
      </Button>
    </form>
  );
}
