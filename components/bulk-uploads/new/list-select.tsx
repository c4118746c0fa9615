import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { NamedItem } from "../reader/name-lookup";

type ListSelectProps = {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  items: readonly NamedItem[];
  emptyLabel: string;
  isOptional?: boolean;
  hint?: string | undefined;
  error?: string | undefined;
};

export function ListSelect(props: ListSelectProps) {
  const {
    label,
    name,
    value,
    onChange,
    items,
    emptyLabel,
    isOptional = false,
    hint,
    error,
  } = props;
  return (
    <Field
      label={label}
      name={name}
      required={!isOptional}
      optionalMark={isOptional}
      hint={hint}
      error={error}
    >
      {(ids) => (
        <Select {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{emptyLabel}</option>
          {items.map((item) => (
            <option key={item.id} value={item.id}>
              {item.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
