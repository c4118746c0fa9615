import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** What people call the link in their own lists. */
export function NameField({
  control,
  fault,
}: {
  control: UseFormRegisterReturn;
  fault: string | undefined;
}) {
  return (
    <Field
      label="Name"
      name="name"
      optionalMark
      hint="For your own list, such as “Flu letters, December”. Never a patient's name."
      error={fault}
    >
      {(ids) => <Input {...ids} {...control} autoComplete="off" />}
    </Field>
  );
}
