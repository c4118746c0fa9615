import type { LookupMethod } from "@/server/schemas/patients";

const lookupMethods: readonly { value: LookupMethod; label: string }[] = [
  { value: "nhs_number", label: "NHS number and date of birth" },
  { value: "details", label: "Name, date of birth and postcode" },
  { value: "hero_id", label: "Hero patient ID and date of birth" },
];

/** Selects how to find the patient. */
export function LookupMethodPicker({
  value,
  onChange,
}: {
  value: LookupMethod;
  onChange: (method: LookupMethod) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">Find the patient by</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {lookupMethods.map((method) => (
          <label
            key={method.value}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-md border border-line bg-surface px-3 py-2 text-sm transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="by"
              value={method.value}
              checked={value === method.value}
              onChange={() => onChange(method.value)}
              className="size-4 shrink-0 accent-(--accent) outline-none"
            />
            {method.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
