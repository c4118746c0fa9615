import { DateField } from "@/components/forms/date-field";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addDays } from "@/server/schemas/dates";
import type { FieldName } from "../reader/fields";
import type { DraftFieldsProps } from "./subject-fields";

/** Defaults for rows without their own values. */
export function LimitFields({
  draft,
  onDraftChange,
  errorOf,
  today,
}: DraftFieldsProps & { today: string }) {
  const rowHint = (field: FieldName, fallback?: string) =>
    draft.columns[field] === undefined ? fallback : "Used for rows where this cell is empty.";
  const renderDateField = (
    name: "slotsFrom" | "slotsTo" | "expiresOn",
    label: string,
    hint?: string,
  ) => (
    <DateField
      label={label}
      name={name}
      hint={rowHint(name, hint)}
      optionalMark={name !== "expiresOn" || draft.columns.expiresOn !== undefined}
      error={errorOf(name)}
      value={draft[name]}
      onChange={(date) => onDraftChange({ [name]: date })}
      example={addDays(today, 14)}
    />
  );

  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">Dates and uses</legend>
      <div className="grid items-end gap-5 sm:grid-cols-2">
        {draft.kind === "booking" ? (
          <>
            {renderDateField("slotsFrom", "First date")}
            {renderDateField("slotsTo", "Last date")}
          </>
        ) : null}
        {renderDateField(
          "expiresOn",
          "Expiry date",
          "The link works until the end of this date, UK time.",
        )}
        <Field
          label={draft.kind === "form" ? "Responses per link" : "Bookings per link"}
          name="maxUses"
          hint={rowHint(
            "maxUses",
            draft.audience === "patients"
              ? "Usually 1 for one patient."
              : "The total for everyone with the link.",
          )}
          optionalMark={draft.columns.maxUses !== undefined}
          error={errorOf("maxUses")}
        >
          {(ids) => (
            <Input
              {...ids}
              inputMode="numeric"
              autoComplete="off"
              value={draft.maxUses}
              onChange={(event) => onDraftChange({ maxUses: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Link name"
          name="name"
          optionalMark
          hint={rowHint("name", "Shown in your list, for example “Flu letters, December”.")}
          error={errorOf("name")}
          className="sm:col-span-2"
        >
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              value={draft.name}
              onChange={(event) => onDraftChange({ name: event.target.value })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}
