"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { count } from "@/components/practices/words";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BookingOptions } from "@/server/schemas/practices";

export const whatNames = ["appointmentTypeId", "locationId", "practitionerId"] as const;
type Name = (typeof whatNames)[number];

type WhatFieldsProps = {
  options: BookingOptions;
  register: (name: Name) => UseFormRegisterReturn;
  appointmentTypeId: string;
  faults: Record<Name, string | undefined>;
};

/** What may be booked, from the lists Hero gave for the practice. */
export function WhatFields({ options, register, appointmentTypeId, faults }: WhatFieldsProps) {
  const chosen = options.appointmentTypes.find(({ id }) => id === appointmentTypeId);
  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">What they may book</legend>
      <div className="flex flex-col gap-5">
        <Field
          label="Appointment type"
          name="appointmentTypeId"
          required
          hint={
            chosen
              ? chosen.slotCount > 0
                ? `${chosen.durationMinutes} minutes. Hero counts ${count(chosen.slotCount, "free slot")}.`
                : `${chosen.durationMinutes} minutes. Hero counts no free slots at the moment.`
              : undefined
          }
          error={faults.appointmentTypeId}
        >
          {(ids) => (
            <Select {...ids} {...register("appointmentTypeId")}>
              <option value="">Choose an appointment type</option>
              {options.appointmentTypes.map((type) => (
                <option key={type.id} value={type.id}>
                  {type.name} ({type.durationMinutes} min,{" "}
                  {type.slotCount > 0 ? count(type.slotCount, "slot") : "no free slots"})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Location" name="locationId" required error={faults.locationId}>
            {(ids) => (
              <Select {...ids} {...register("locationId")}>
                <option value="">Choose a location</option>
                {options.locations.map((location) => (
                  <option key={location.id} value={location.id}>
                    {location.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field
            label="Practitioner"
            name="practitionerId"
            optionalMark
            error={faults.practitionerId}
          >
            {(ids) => (
              <Select {...ids} {...register("practitionerId")}>
                <option value="">Anyone</option>
                {options.practitioners.map((practitioner) => (
                  <option key={practitioner.id} value={practitioner.id}>
                    {practitioner.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </div>
    </fieldset>
  );
}
