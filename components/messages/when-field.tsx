import { DateField } from "@/components/forms/date-field";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addDays } from "@/server/schemas/dates";
import type { MessageDraft } from "./draft";

type WhenDraft = Pick<MessageDraft, "when" | "day" | "time">;

type WhenFieldProps = {
  draft: WhenDraft;
  /** Today's UK date. */
  today: string;
  /** "8pm to 8am", or null without quiet hours. */
  quietHours: string | null;
  onChange: (changes: Partial<WhenDraft>) => void;
  errorOf: (field: string) => string | undefined;
};

/** Now, or at a UK date and time. The portal keeps the message until then. */
export function WhenField({ draft, today, quietHours, onChange, errorOf }: WhenFieldProps) {
  const choices = [
    { when: "now", text: "As soon as possible" },
    { when: "later", text: "At a later time" },
  ] as const;
  return (
    <fieldset>
      <legend className="text-lg font-semibold">When</legend>
      {quietHours ? (
        <p className="mt-0.5 text-sm text-muted">
          Quiet hours are {quietHours}, UK time. Nothing is sent to patients then.
        </p>
      ) : null}
      <div className="mt-1.5 flex flex-col gap-1.5">
        {choices.map(({ when, text }) => (
          <label key={when} className="flex min-h-8 cursor-pointer items-start gap-2">
            <input
              type="radio"
              name="when"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={draft.when === when}
              onChange={() => onChange({ when })}
            />
            {text}
          </label>
        ))}
      </div>
      {draft.when === "later" ? (
        <div className="mt-3 flex flex-wrap items-end gap-x-6 gap-y-4 border-l-2 border-line pl-4">
          <DateField
            label="Date"
            name="day"
            value={draft.day}
            example={addDays(today, 1)}
            required
            onChange={(day) => onChange({ day })}
            error={errorOf("day")}
          />
          <Field label="UK time" name="time" error={errorOf("time")} required className="w-36">
            {(ids) => (
              <Input
                {...ids}
                type="time"
                value={draft.time}
                onChange={(event) => onChange({ time: event.target.value })}
              />
            )}
          </Field>
        </div>
      ) : null}
    </fieldset>
  );
}
