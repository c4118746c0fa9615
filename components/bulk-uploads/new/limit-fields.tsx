import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldName } from "../reader/fields";
import type { DraftFieldsProps } from "./subject-fields";

/** Days, end, uses and name, for rows that do not say so themselves. */
export function LimitFields({
  draft,
  onDraftChange,
  errorOf,
  today,
}: DraftFieldsProps & { today: string }) {
  const rowHint = (field: FieldName, fallback?: string) =>
    draft.columns[field] === undefined ? fallback : "For rows whose own cell is empty.";
  const renderDateField = (
    name: "slotsFrom" | "slotsTo" | "expiresOn",
    label: string,
    hint?: string,
  ) => (
    <Field
      label={label}
      name={name}
      hint={rowHint(name, hint)}
      optionalMark={name !== "expiresOn" || draft.columns.expiresOn !== undefined}
      error={errorOf(name)}
    >
      {(ids) => (
        <Input
          {...ids}
          type="date"
          min={today}
          value={draft[name]}
          onChange={(event) => onDraftChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );

  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">How long and how often</legend>
      <div className="grid items-end gap-5 sm:grid-cols-2">
        {draft.kind === "booking" ? (
          <>
            {renderDateField("slotsFrom", "First day to book")}
            {renderDateField("slotsTo", "Last day to book")}
          </>
        ) : null}
        {renderDateField("expiresOn", "Expires", "Works until the end of this day, UK time.")}
        <Field
          label={draft.kind === "form" ? "Answers per link" : "Bookings per link"}
          name="maxUses"
          hint={rowHint(
            "maxUses",
            draft.audience === "patients"
              ? "One is usual for a patient's own link."
              : "In all, by anyone with the link.",
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
          label="Name of the links"
          name="name"
          optionalMark
          hint={rowHint("name", "For your own list, such as “Flu letters, December”.")}
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
