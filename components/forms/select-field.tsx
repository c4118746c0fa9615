import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

type SelectFieldProps = {
  label: string;
  name: string;
  value: string;
  /** In their order; the value "" is for no choice. */
  options: readonly (readonly [value: string, name: string])[];
  onChange: (value: string) => void;
  className?: string;
};

/** A field with a list of named values. */
export function SelectField({
  label,
  name,
  value,
  options,
  onChange,
  className,
}: SelectFieldProps) {
  return (
    <Field label={label} name={name} {...(className && { className })}>
      {(ids) => (
        <Select {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, optionName]) => (
            <option key={key} value={key}>
              {optionName}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
