import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { BatchDraft } from "./draft";

type ReminderFieldsProps = {
  draft: BatchDraft;
  onChange: (changes: Partial<BatchDraft>) => void;
  errorOf: (field: string) => string | undefined;
};

/** Reminders to those who have not booked. Only links of their own show who has. */
export function ReminderFields({ draft, onChange, errorOf }: ReminderFieldsProps) {
  return (
    <fieldset>
      <legend className="text-lg font-semibold">Reminders</legend>
      <label className="mt-1.5 flex min-h-8 cursor-pointer items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-accent"
          checked={draft.hasReminders}
          onChange={(event) => onChange({ hasReminders: event.target.checked })}
        />
        Remind patients who have not booked
      </label>
      {draft.hasReminders ? (
        <div className="mt-3 flex flex-col gap-4 border-l-2 border-line pl-4">
          <div className="flex flex-wrap items-end gap-x-6 gap-y-4">
            <Field label="After days" name="afterDays" required error={errorOf("afterDays")}>
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  autoComplete="off"
                  className="max-w-24"
                  value={draft.afterDays}
                  onChange={(event) => onChange({ afterDays: event.target.value })}
                />
              )}
            </Field>
            <Field label="At most, times" name="maxTimes" required error={errorOf("maxTimes")}>
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  autoComplete="off"
                  className="max-w-24"
                  value={draft.maxTimes}
                  onChange={(event) => onChange({ maxTimes: event.target.value })}
                />
              )}
            </Field>
            <Field label="UK time" name="reminderTime" required error={errorOf("reminderTime")}>
              {(ids) => (
                <Input
                  {...ids}
                  type="time"
                  className="max-w-36"
                  value={draft.time}
                  onChange={(event) => onChange({ time: event.target.value })}
                />
              )}
            </Field>
          </div>
          <Field
            label="Text of the reminder"
            name="reminderText"
            optionalMark
            hint="Leave it empty to send the same text again."
            error={errorOf("reminderText")}
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={4}
                value={draft.reminderText}
                onChange={(event) => onChange({ reminderText: event.target.value })}
              />
            )}
          </Field>
          <p className="max-w-prose text-sm text-muted">
            Reminders end when a patient books with their link, when it expires, or when there are
            no free slots. The portal does not know of bookings by phone: the time in the afternoon
            leaves the practice the morning to stop reminders for those who rang.
          </p>
        </div>
      ) : null}
    </fieldset>
  );
}
