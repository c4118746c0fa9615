"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { LinkView } from "@/server/schemas/links";

export const limitNames = ["slotsFrom", "slotsTo", "expiresOn", "maximumUses", "name"] as const;
export type LimitName = (typeof limitNames)[number];

type LimitFieldsProps = {
  audience: LinkView["audience"];
  register: (name: LimitName) => UseFormRegisterReturn;
  faults: Record<LimitName, string | undefined>;
  /** The day it is in the United Kingdom. */
  today: string;
};

/** What can be set when a link is made and changed later: window, end, uses and name. */
export function LimitFields({ audience, register, faults, today }: LimitFieldsProps) {
  return (
    <>
      <fieldset aria-describedby="which-days-hint">
        <legend className="text-lg font-semibold">Which days</legend>
        <p id="which-days-hint" className="mt-0.5 mb-4 text-sm text-muted">
          The patient may choose a time on these days. Leave both empty for any day.
        </p>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="First day" name="slotsFrom" optionalMark error={faults.slotsFrom}>
            {(ids) => <Input {...ids} {...register("slotsFrom")} type="date" min={today} />}
          </Field>
          <Field label="Last day" name="slotsTo" optionalMark error={faults.slotsTo}>
            {(ids) => <Input {...ids} {...register("slotsTo")} type="date" min={today} />}
          </Field>
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-4 text-lg font-semibold">How long the link works</legend>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field
            label="Expires"
            name="expiresOn"
            required
            hint="Works until the end of this day, UK time."
            error={faults.expiresOn}
          >
            {(ids) => <Input {...ids} {...register("expiresOn")} type="date" min={today} />}
          </Field>
          <Field
            label="Bookings"
            name="maximumUses"
            required
            hint={
              audience === "generic"
                ? "How many in all. Opening the link does not count."
                : "How many this patient may make."
            }
            error={faults.maximumUses}
          >
            {(ids) => (
              <Input
                {...ids}
                {...register("maximumUses")}
                inputMode="numeric"
                autoComplete="off"
                className="sm:max-w-40"
              />
            )}
          </Field>
        </div>
      </fieldset>
      <Field
        label="Name"
        name="name"
        optionalMark
        hint="For your own list, such as “Flu letters, December”. Never a patient's name."
        error={faults.name}
      >
        {(ids) => <Input {...ids} {...register("name")} autoComplete="off" />}
      </Field>
    </>
  );
}
