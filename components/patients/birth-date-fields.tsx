"use client";

import { type ClipboardEvent, useState } from "react";
import { FieldError } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type BirthDateParts, formatBirthDate, parsePastedDate } from "./birth-date";

type BirthDateFieldsProps = {
  /** The id of the first box, which the error summary links to. */
  name: string;
  /** As `YYYY-MM-DD`; parts can be empty. */
  initialDate: string;
  onChange: (date: string) => void;
  /** Called when the focus leaves all three boxes. */
  onFocusLeave: (focusTarget: EventTarget | null) => void;
  error: string | undefined;
};

const dateInputs = [
  { part: "day", label: "Day", widthClass: "w-16" },
  { part: "month", label: "Month", widthClass: "w-16" },
  { part: "year", label: "Year", widthClass: "w-24" },
] as const;

/**
 * A date of birth in three boxes, which people fill in with fewer mistakes than a calendar. A date
 * pasted into any of them fills all three. Reports `YYYY-MM-DD`.
 */
export function BirthDateFields({
  name,
  initialDate,
  onChange,
  onFocusLeave,
  error,
}: BirthDateFieldsProps) {
  const [parts, setParts] = useState<BirthDateParts>(() => {
    const [year = "", month = "", day = ""] = initialDate.split("-");
    return { day, month, year };
  });

  function change(next: BirthDateParts) {
    setParts(next);
    onChange(formatBirthDate(next));
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
        if (!event.currentTarget.contains(event.relatedTarget)) onFocusLeave(event.relatedTarget);
      }}
    >
      <legend className="font-medium text-ink">Date of birth</legend>
      <p id={`${name}-hint`} className="text-sm text-muted">
        For example, 4 12 1989. You can paste a whole date.
      </p>
      {errorId ? <FieldError id={errorId}>{error}</FieldError> : null}
      <div className="flex flex-wrap gap-3">
        {dateInputs.map(({ part, label, widthClass }, index) => {
          const id = index === 0 ? name : `${name}-${part}`;
          return (
            <div key={part} className={widthClass}>
              <label htmlFor={id} className="mb-1 block text-sm text-muted">
                {label}
              </label>
              <Input
                id={id}
                value={parts[part]}
                onChange={(event) => change({ ...parts, [part]: event.target.value })}
                onPaste={paste}
                inputMode="numeric"
                autoComplete="off"
                aria-required
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
