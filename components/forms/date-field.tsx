"use client";

import { type ClipboardEvent, type ReactNode, useState } from "react";
import { FieldError } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatDateParts, parsePastedDate, splitDateParts } from "./date-parts";

type DateFieldProps = {
  label: string;
  /** The id of the first box, which the error summary links to. */
  name: string;
  /** As `YYYY-MM-DD`; parts can be empty. */
  value: string;
  onChange: (date: string) => void;
  /** Called when the focus leaves all three boxes. */
  onFocusLeave?: (focusTarget: EventTarget | null) => void;
  hint?: ReactNode;
  /** A likely date as `YYYY-MM-DD`, for the hint. */
  example: string;
  error: string | undefined;
  required?: boolean;
  /** Marks the label "(optional)". */
  optionalMark?: boolean;
};

const dateInputs = [
  { part: "day", label: "Day", widthClass: "w-16" },
  { part: "month", label: "Month", widthClass: "w-16" },
  { part: "year", label: "Year", widthClass: "w-24" },
] as const;

/**
 * A date in three boxes, by the pattern of the NHS service manual: no browser's language can swap day and
 * month. A date pasted into any of them fills all three. Reports `YYYY-MM-DD`.
 */
export function DateField({
  label,
  name,
  value,
  onChange,
  onFocusLeave,
  hint,
  example,
  error,
  required,
  optionalMark,
}: DateFieldProps) {
  const [typedParts, setTypedParts] = useState(() => splitDateParts(value));
  // The form can change the date too.
  const parts = formatDateParts(typedParts) === value ? typedParts : splitDateParts(value);
  const exampleParts = splitDateParts(example);

  function change(next: typeof parts) {
    setTypedParts(next);
    onChange(formatDateParts(next));
  }

  function paste(event: ClipboardEvent<HTMLInputElement>) {
    const parsed = parsePastedDate(event.clipboardData.getData("text"));
    if (!parsed) return;
    event.preventDefault();
    change(parsed);
  }

  const errorId = error ? `${name}-error` : undefined;
  return (
    <fieldset
      aria-describedby={[`${name}-hint`, errorId].filter(Boolean).join(" ")}
      className="flex min-w-0 flex-col gap-1.5"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onFocusLeave?.(event.relatedTarget);
      }}
    >
      <legend className="font-medium text-ink">
        {label}
        {optionalMark ? <span className="font-normal text-subtle"> (optional)</span> : null}
      </legend>
      <p id={`${name}-hint`} className="text-sm text-muted">
        {hint ? <>{hint} </> : null}
        For example, {exampleParts.day} {exampleParts.month} {exampleParts.year}. You can paste a
        whole date.
      </p>
      {errorId ? <FieldError id={errorId}>{error}</FieldError> : null}
      <div className="flex flex-wrap gap-3">
        {dateInputs.map(({ part, label: partLabel, widthClass }, index) => {
          const id = index === 0 ? name : `${name}-${part}`;
          return (
            <div key={part} className={widthClass}>
              <label htmlFor={id} className="mb-1 block text-sm text-muted">
                {partLabel}
              </label>
              <Input
                id={id}
                value={parts[part]}
                onChange={(event) => change({ ...parts, [part]: event.target.value })}
                onPaste={paste}
                inputMode="numeric"
                autoComplete="off"
                aria-required={required ? true : undefined}
                aria-invalid={error ? true : undefined}
                aria-describedby={errorId}
              />
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
