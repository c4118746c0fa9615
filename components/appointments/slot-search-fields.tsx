"use client";

import { NamedOptions } from "@/components/practices/named-options";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BookingOptions } from "@/server/schemas/practices";

export type SlotSearch = {
  appointmentTypeId: string;
  locationId: string;
  practitionerId: string;
  /** ISO weekdays, Monday is 1; none means every day. */
  weekdays: readonly number[];
};

const weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

type SlotSearchFieldsProps = {
  options: BookingOptions;
  search: SlotSearch;
  onChange: (search: SlotSearch) => void;
  /** Rescheduling keeps the type and the location. */
  isTypeFixed: boolean;
};

/** What to look for free slots of. */
export function SlotSearchFields({
  options,
  search,
  onChange,
  isTypeFixed,
}: SlotSearchFieldsProps) {
  const change = (changes: Partial<SlotSearch>) => onChange({ ...search, ...changes });
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {isTypeFixed ? null : (
        <>
          <Field label="Appointment type" name="appointmentTypeId" required>
            {(ids) => (
              <Select
                {...ids}
                value={search.appointmentTypeId}
                onChange={(event) => change({ appointmentTypeId: event.target.value })}
              >
                <option value="">Select an appointment type</option>
                {options.appointmentTypes.map((type) => (
                  <option key={type.id} value={type.id}>
                    {type.name} ({type.durationMinutes} min)
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Location" name="locationId" required>
            {(ids) => (
              <Select
                {...ids}
                value={search.locationId}
                onChange={(event) => change({ locationId: event.target.value })}
              >
                <NamedOptions none="Select a location" items={options.locations} />
              </Select>
            )}
          </Field>
        </>
      )}
      <Field label="Practitioner" name="practitionerId" optionalMark>
        {(ids) => (
          <Select
            {...ids}
            value={search.practitionerId}
            onChange={(event) => change({ practitionerId: event.target.value })}
          >
            <NamedOptions none="Any practitioner" items={options.practitioners} />
          </Select>
        )}
      </Field>
      <fieldset className="sm:col-span-2 lg:col-span-3">
        <legend className="mb-1.5 font-medium">
          Days <span className="font-normal text-subtle">(optional)</span>
        </legend>
        <div className="flex flex-wrap gap-1.5">
          {weekdayNames.map((name, index) => {
            const weekday = index + 1;
            return (
              <label
                key={name}
                className="inline-flex min-h-9 cursor-pointer items-center gap-2 rounded-md border border-line bg-surface px-2.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft pointer-coarse:min-h-11"
              >
                <input
                  type="checkbox"
                  className="size-4 accent-accent"
                  checked={search.weekdays.includes(weekday)}
                  onChange={(event) =>
                    change({
                      weekdays: event.target.checked
                        ? [...search.weekdays, weekday]
                        : search.weekdays.filter((each) => each !== weekday),
                    })
                  }
                />
                {name}
              </label>
            );
          })}
        </div>
      </fieldset>
    </div>
  );
}
