import type { WayName } from "@/server/schemas/patients";

const ways: readonly { value: WayName; label: string }[] = [
  { value: "nhs_number", label: "NHS number and date of birth" },
  { value: "details", label: "Name, date of birth and postcode" },
  { value: "hero_id", label: "Hero patient id" },
];

/** How the patient is to be found. */
export function WayChoice({
  value,
  onChange,
}: {
  value: WayName;
  onChange: (way: WayName) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">Find the patient by</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {ways.map((way) => (
          <label
            key={way.value}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-md border border-line bg-surface px-3 py-2 text-sm transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="by"
              value={way.value}
              checked={value === way.value}
              onChange={() => onChange(way.value)}
              className="size-4 shrink-0 accent-(--accent) outline-none"
            />
            {way.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
