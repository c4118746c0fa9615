import Form from "next/form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { PracticeOption } from "@/server/schemas/practices";

type PracticePickerProps = {
  /** The page to open, with the practice's id in the query parameter `practice`. */
  action: string;
  label: string;
  practices: readonly PracticeOption[];
  practiceId: string | undefined;
};

/** Has a button, because a list that submits on change is unusable with the keyboard. */
export function PracticePicker({ action, label, practices, practiceId }: PracticePickerProps) {
  return (
    <Form action={action} className="flex max-w-xl flex-wrap items-end gap-2" key={practiceId}>
      <Field label={label} name="practice" className="min-w-0 flex-1 basis-64">
        {(ids) => (
          <Select {...ids} defaultValue={practiceId ?? ""} required>
            <option value="">Select a practice</option>
            {practices.map(({ id, name, practiceGroupId }) => (
              <option key={id} value={id}>
                {name} ({practiceGroupId})
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit">Show</Button>
    </Form>
  );
}
