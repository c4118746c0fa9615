"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { DateField } from "@/components/forms/date-field";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addDays, isLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import { type LinkDateField, linkDateFields } from "@/server/schemas/links/rules";

export const windowFieldNames = ["slotsFrom", "slotsTo"] as const;
export const endFieldNames = ["expiresOn", "maxUses"] as const;
type WindowFieldName = (typeof windowFieldNames)[number];
type EndFieldName = (typeof endFieldNames)[number];

type DateInput = { value: string; onChange: (date: string) => void };

type DateForm = {
  setValue: (name: LinkDateField, date: string, options: { shouldDirty: true }) => void;
  trigger: (names: LinkDateField[]) => Promise<boolean>;
};

/**
 * The dates of a form. A date is validated once it is whole, and the others with it: changing one date can
 * make another valid or invalid.
 */
export function dateInputsOf(
  form: DateForm,
  values: Record<LinkDateField, string>,
  errors: Partial<Record<LinkDateField, unknown>>,
): Record<LinkDateField, DateInput> {
  const toInput = (name: LinkDateField): DateInput => ({
    value: values[name],
    onChange: (date) => {
      form.setValue(name, date, { shouldDirty: true });
      const isWhole = date === "" || isLocalDate(date);
      const isChecked = (other: LinkDateField) =>
        Boolean(errors[other]) || (other === name ? isWhole : isLocalDate(values[other]));
      void form.trigger(linkDateFields.filter(isChecked));
    },
  });
  return {
    slotsFrom: toInput("slotsFrom"),
    slotsTo: toInput("slotsTo"),
    expiresOn: toInput("expiresOn"),
  };
}

type WindowFieldsProps = {
  dates: Record<WindowFieldName, DateInput>;
  errors: Record<WindowFieldName, string | undefined>;
  /** Today's date in the United Kingdom. */
  today: string;
  /** False for a link whose dates can be changed but not removed. */
  canBeBlank?: boolean;
};

/** The dates that a patient can choose from. */
export function WindowFields({ dates, errors, today, canBeBlank = true }: WindowFieldsProps) {
  return (
    <fieldset aria-describedby="dates-hint">
      <legend className="text-lg font-semibold">Appointment dates</legend>
      <p id="dates-hint" className="mt-0.5 mb-4 text-sm text-muted">
        Patients can book on these dates, UK time.
        {canBeBlank ? " Leave both blank for any date." : null}
      </p>
      <div className="grid gap-5 sm:grid-cols-2">
        <DateField
          label="First date"
          name="slotsFrom"
          optionalMark
          {...dates.slotsFrom}
          example={addDays(today, 7)}
          error={errors.slotsFrom}
        />
        <DateField
          label="Last date"
          name="slotsTo"
          optionalMark
          {...dates.slotsTo}
          example={addDays(today, 14)}
          error={errors.slotsTo}
        />
      </div>
    </fieldset>
  );
}

type EndFieldsProps = {
  expiryDate: DateInput;
  errors: Record<EndFieldName, string | undefined>;
  today: string;
  /** Null for a link without a limit. */
  uses: { input: UseFormRegisterReturn; label: string; hint: string } | null;
};

/** When the link expires, and how often it can be used. */
export function EndFields({ expiryDate, uses, errors, today }: EndFieldsProps) {
  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">{uses ? "Expiry and limit" : "Expiry"}</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <DateField
          label="Expiry date"
          name="expiresOn"
          required
          hint="The link works until the end of this date, UK time."
          {...expiryDate}
          example={addDays(today, 14)}
          error={errors.expiresOn}
        />
        {uses ? (
          <Field label={uses.label} name="maxUses" required hint={uses.hint} error={errors.maxUses}>
            {(ids) => (
              <Input
                {...ids}
                {...uses.input}
                inputMode="numeric"
                autoComplete="off"
                className="sm:max-w-40"
              />
            )}
          </Field>
        ) : null}
      </div>
    </fieldset>
  );
}

/** The label and hint of the number of uses. */
export function usesText(
  kind: Exclude<LinkKind, "video">,
  isForOnePatient: boolean,
): { label: string; hint: string } {
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
