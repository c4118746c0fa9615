"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export const windowFieldNames = ["slotsFrom", "slotsTo"] as const;
export const endFieldNames = ["expiresOn", "maxUses"] as const;
type WindowFieldName = (typeof windowFieldNames)[number];
type EndFieldName = (typeof endFieldNames)[number];

type WindowFieldsProps = {
  /** `deps` are judged again with the field: what moves one day can put another right or wrong. */
  register: (
    name: WindowFieldName,
    options: { deps: (WindowFieldName | "expiresOn")[] },
  ) => UseFormRegisterReturn;
  errors: Record<WindowFieldName, string | undefined>;
  /** The day it is in the United Kingdom. */
  today: string;
};

/** The days that a patient may choose a time on. */
export function WindowFields({ register, errors, today }: WindowFieldsProps) {
  return (
    <fieldset aria-describedby="which-days-hint">
      <legend className="text-lg font-semibold">Which days</legend>
      <p id="which-days-hint" className="mt-0.5 mb-4 text-sm text-muted">
        The patient may choose a time on these days, UK time. Leave both empty for any day.
      </p>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="First day" name="slotsFrom" optionalMark error={errors.slotsFrom}>
          {(ids) => (
            <Input
              {...ids}
              {...register("slotsFrom", { deps: ["slotsTo", "expiresOn"] })}
              type="date"
              min={today}
            />
          )}
        </Field>
        <Field label="Last day" name="slotsTo" optionalMark error={errors.slotsTo}>
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
  /** What a use is: a booking, or a form that is answered. */
  usesText: { label: string; hint: string };
};

/** How long the link works, and how often. */
export function EndFields({ registrations, errors, today, usesText }: EndFieldsProps) {
  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">How long the link works</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          label="Expires"
          name="expiresOn"
          required
          hint="Works until the end of this day, UK time."
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

/** How the number of bookings is asked for. */
export function bookingUsesText(isInvite: boolean): EndFieldsProps["usesText"] {
  return {
    label: "Bookings",
    hint: isInvite
      ? "How many this patient may make."
      : "How many in all. Opening the link does not count.",
  };
}
