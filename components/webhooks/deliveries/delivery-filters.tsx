"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
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
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [type, setType] = useState(query.type ?? "");
  const [state, setState] = useState(query.state ?? "");
  const [late, setLate] = useState(query.late ?? "");
  const [period, setPeriod] = useState(query.period ?? "");

  function apply(event: FormEvent) {
    event.preventDefault();
    const { practice } = query;
    const path = portalPath(scope, "/webhooks/deliveries", {
      practice,
      type: type.trim(),
      state,
      late,
      period,
    });
    startTransition(() => router.push(path, { scroll: false }));
  }

  return (
    <form
      onSubmit={apply}
      aria-label="Filters"
      className="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3 print:hidden"
    >
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
      <Field label="Timing" name="late" className="w-40 max-sm:w-full">
        {(ids) => (
          <Select {...ids} value={late} onChange={(event) => setLate(event.target.value)}>
            <option value="">Any</option>
            <option value="yes">Late only</option>
          </Select>
        )}
      </Field>
      <Field label="Arrived" name="period" className="w-40 max-sm:w-full">
        {(ids) => (
          <Select {...ids} value={period} onChange={(event) => setPeriod(event.target.value)}>
            <option value="">Any time</option>
            {Object.entries(periodNames).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit" pending={pending}>
        {pending ? "Filtering…" : "Filter"}
      </Button>
    </form>
  );
}
