import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { LinkTextField } from "@/server/schemas/links/rules";
import { linkTextNames } from "./labels";

const hints: Record<LinkTextField, string> = {
  name: "Shown in your list, for example “Flu letters, December”. Do not enter a patient's name.",
  reference: "Your own reference, included in results. Do not enter an NHS number.",
  tags: "Separate tags with commas.",
};

type LinkTextInputProps = {
  name: LinkTextField;
  registration: UseFormRegisterReturn;
  error: string | undefined;
  className?: string;
};

/** One of the partner's own texts on a link. */
export function LinkTextInput({ name, registration, error, className }: LinkTextInputProps) {
  return (
    <Field
      label={linkTextNames[name]}
      name={name}
      optionalMark
      hint={hints[name]}
      error={error}
      className={className}
    >
      {(ids) => <Input {...ids} {...registration} autoComplete="off" />}
    </Field>
  );
}
