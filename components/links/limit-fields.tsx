"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { LinkKind } from "@/server/schemas/links/fields";

export const windowFieldNames = ["slotsFrom", "slotsTo"] as const;
export const endFieldNames = ["expiresOn", "maxUses"] as const;
type WindowFieldName = (typeof windowFieldNames)[number];
type EndFieldName = (typeof endFieldNames)[number];

type WindowFieldsProps = {
  /** `deps` are checked again with the field: changing one date can make another valid or invalid. */
  register: (
    name: WindowFieldName,
    options: { deps: (WindowFieldName | "expiresOn")[] },
  ) => UseFormRegisterReturn;
  errors: Record<WindowFieldName, string | undefined>;
  /** Today's date in the United Kingdom. */
  today: string;
};

/** The dates that a patient can choose from. */
export function WindowFields({ register, errors, today }: WindowFieldsProps) {
  return (
    <fieldset aria-describedby="dates-hint">
      <legend className="text-lg font-semibold">Appointment dates</legend>
      <p id="dates-hint" className="mt-0.5 mb-4 text-sm text-muted">
        Patients can book on these dates, UK time. Leave both blank for any date.
      </p>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="First date" name="slotsFrom" optionalMark error={errors.slotsFrom}>
          {(ids) => (
            <Input
              {...ids}
              {...register("slotsFrom", { deps: ["slotsTo", "expiresOn"] })}
              type="date"
              min={today}
            />
          )}
        </Field>
        <Field label="Last date" name="slotsTo" optionalMark error={errors.slotsTo}>
          {(ids) => (
            <Input
              {...ids}
              {...register("slotsTo", { deps: ["slotsFrom", "expiresOn"] })}
              type="date"
              min={today}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

type EndFieldsProps = {
  registrations: Record<EndFieldName, UseFormRegisterReturn>;
  errors: Record<EndFieldName, string | undefined>;
  today: string;
  usesText: { label: string; hint: string };
};

/** When the link expires, and how often it can be used. */
export function EndFields({ registrations, errors, today, usesText }: EndFieldsProps) {
  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">Expiry and limit</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          label="Expiry date"
          name="expiresOn"
          required
          hint="The link works until the end of this date, UK time."
          error={errors.expiresOn}
        >
          {(ids) => <Input {...ids} {...registrations.expiresOn} type="date" min={today} />}
        </Field>
        <Field
          label={usesText.label}
          name="maxUses"
          required
          hint={usesText.hint}
          error={errors.maxUses}
        >
          {(ids) => (
            <Input
              {...ids}
              {...registrations.maxUses}
              inputMode="numeric"
              autoComplete="off"
              className="sm:max-w-40"
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

/** The label and hint of the number of uses. */
export function usesText(kind: LinkKind, isForOnePatient: boolean): EndFieldsProps["usesText"] {
  const total = "In total, for everyone. Opening the link does not count.";
  return kind === "form"
    ? {
        label: "Number of responses",
        hint: isForOnePatient ? "How many times this patient can send the form." : total,
      }
    : {
        label: "Number of bookings",
        hint: isForOnePatient ? "How many times this patient can book." : total,
      };
}
