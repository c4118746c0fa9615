import type { ReactNode } from "react";
import { FieldError } from "@/components/ui/field";

type Choice<Value extends string> = {
  value: Value;
  title: string;
  text: ReactNode;
  icon: ReactNode;
};

type ChoiceCardsProps<Value extends string> = {
  legend: string;
  name: string;
  /** The selected value; null before anything is selected. */
  value: Value | null;
  onChange: (value: Value) => void;
  choices: readonly Choice<Value>[];
  error?: string | undefined;
};

/** An important choice between a few options: radio buttons as large cards. */
export function ChoiceCards<Value extends string>({
  legend,
  name,
  value,
  onChange,
  choices,
  error,
}: ChoiceCardsProps<Value>) {
  return (
    <fieldset aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="mb-2 text-lg font-semibold">{legend}</legend>
      {error ? (
        <FieldError id={`${name}-error`} className="mb-2">
          {error}
        </FieldError>
      ) : null}
      <div className="grid gap-3 sm:grid-cols-2">
        {choices.map((choice, index) => (
          <label
            key={choice.value}
            className="group flex cursor-pointer items-start gap-3 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              id={index === 0 ? name : `${name}-${choice.value}`}
              name={name}
              value={choice.value}
              checked={value === choice.value}
              onChange={() => onChange(choice.value)}
              aria-describedby={`${name}-${choice.value}-text`}
              aria-labelledby={`${name}-${choice.value}-title`}
              className="mt-1 size-4 shrink-0 accent-(--accent) outline-none"
            />
            <span className="min-w-0 flex-1">
              <span id={`${name}-${choice.value}-title`} className="block font-semibold">
                {choice.title}
              </span>
              <span id={`${name}-${choice.value}-text`} className="mt-0.5 block text-sm text-muted">
                {choice.text}
              </span>
            </span>
            <span
              aria-hidden="true"
              className="text-subtle group-has-checked:text-accent [&>svg]:size-5"
            >
              {choice.icon}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
