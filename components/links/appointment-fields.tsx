"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { NamedOptions } from "@/components/practices/named-options";
import { formatCount } from "@/components/ui/format-count";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BookingOptions } from "@/server/schemas/practices";

export const appointmentFieldNames = ["appointmentTypeId", "locationId", "practitionerId"] as const;
type AppointmentFieldName = (typeof appointmentFieldNames)[number];

type AppointmentFieldsProps = {
  options: BookingOptions;
  register: (name: AppointmentFieldName) => UseFormRegisterReturn;
  appointmentTypeId: string;
  errors: Record<AppointmentFieldName, string | undefined>;
};

/** What patients can book, from Hero's lists for the practice. */
export function AppointmentFields({
  options,
  register,
  appointmentTypeId,
  errors,
}: AppointmentFieldsProps) {
  const selectedType = options.appointmentTypes.find(({ id }) => id === appointmentTypeId);
  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">Appointment</legend>
      <div className="flex flex-col gap-5">
        <Field
          label="Appointment type"
          name="appointmentTypeId"
          required
          hint={
            selectedType
              ? selectedType.slotCount > 0
                ? `${selectedType.durationMinutes} minutes. ${formatCount(selectedType.slotCount, "free slot")}.`
                : `${selectedType.durationMinutes} minutes. No free slots.`
              : undefined
          }
          error={errors.appointmentTypeId}
        >
          {(ids) => (
            <Select {...ids} {...register("appointmentTypeId")}>
              <option value="">Select an appointment type</option>
              {options.appointmentTypes.map((type) => (
                <option key={type.id} value={type.id}>
                  {type.name} ({type.durationMinutes} min,{" "}
                  {type.slotCount > 0 ? formatCount(type.slotCount, "slot") : "no free slots"})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Location" name="locationId" required error={errors.locationId}>
            {(ids) => (
              <Select {...ids} {...register("locationId")}>
                <NamedOptions none="Select a location" items={options.locations} />
              </Select>
            )}
          </Field>
          <Field
            label="Practitioner"
            name="practitionerId"
            optionalMark
            error={errors.practitionerId}
          >
            {(ids) => (
              <Select {...ids} {...register("practitionerId")}>
                <NamedOptions none="Any practitioner" items={options.practitioners} />
              </Select>
            )}
          </Field>
        </div>
      </div>
    </fieldset>
  );
}
