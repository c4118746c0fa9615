import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** What people call the link in their own lists. */
export function NameField({
  registration,
  error,
}: {
  registration: UseFormRegisterReturn;
  error: string | undefined;
}) {
  return (
    <Field
      label="Name"
      name="name"
      optionalMark
      hint="For your own list, such as “Flu letters, December”. Never a patient's name."
      error={error}
    >
      {(ids) => <Input {...ids} {...registration} autoComplete="off" />}
    </Field>
  );
}
