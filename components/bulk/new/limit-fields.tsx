import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldName } from "../reader/fields";
import type { DraftFieldsProps } from "./what-fields";

/** Days, end, uses and name, for rows that do not say so themselves. */
export function LimitFields({
  draft,
  change,
  errorOf,
  today,
}: DraftFieldsProps & { today: string }) {
  const perRow = (field: FieldName, otherwise?: string) =>
    draft.columns[field] === undefined ? otherwise : "For rows whose own cell is empty.";
  const day = (name: "slotsFrom" | "slotsTo" | "expiresOn", label: string, hint?: string) => (
    <Field
      label={label}
      name={name}
      hint={perRow(name, hint)}
      optionalMark={name !== "expiresOn" || draft.columns.expiresOn !== undefined}
      error={errorOf(name)}
    >
      {(ids) => (
        <Input
          {...ids}
          type="date"
          min={today}
          value={draft[name]}
          onChange={(event) => change({ [name]: event.target.value })}
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
            {day("slotsFrom", "First day to book")}
            {day("slotsTo", "Last day to book")}
          </>
        ) : null}
        {day("expiresOn", "Expires", "Works until the end of this day, UK time.")}
        <Field
          label={draft.kind === "form" ? "Answers per link" : "Bookings per link"}
          name="maximumUses"
          hint={perRow(
            "maximumUses",
            draft.audience === "patients"
              ? "One is usual for a patient's own link."
              : "In all, by anyone with the link.",
          )}
          optionalMark={draft.columns.maximumUses !== undefined}
          error={errorOf("maximumUses")}
        >
          {(ids) => (
            <Input
              {...ids}
              inputMode="numeric"
              autoComplete="off"
              value={draft.maximumUses}
              onChange={(event) => change({ maximumUses: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Name of the links"
          name="name"
          optionalMark
          hint={perRow("name", "For your own list, such as “Flu letters, December”.")}
          error={errorOf("name")}
          className="sm:col-span-2"
        >
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}
