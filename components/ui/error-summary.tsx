"use client";

import { type MouseEvent, useEffect, useRef } from "react";

export type SummaryError = {
  /** The id of the invalid control; absent for an error of the whole form. */
  field?: string | undefined;
  message: string;
};

type ErrorSummaryProps = {
  title?: string;
  errors: SummaryError[];
};

function goToField(event: MouseEvent<HTMLAnchorElement>, field: string) {
  const control = document.getElementById(field);
  if (!control) return;
  event.preventDefault();
  control.focus();
  control.scrollIntoView({ block: "center" });
}

/** The errors of a form, above it. It takes focus whenever `errors` is a new array. */
export function ErrorSummary({ title = "There is a problem", errors }: ErrorSummaryProps) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) container.current?.focus();
  }, [errors]);

  if (errors.length === 0) return null;
  return (
    <div
      ref={container}
      role="alert"
      tabIndex={-1}
      className="rounded-lg border border-danger-line border-l-4 border-l-danger bg-danger-soft p-4 focus:outline-2 focus:outline-offset-2 focus:outline-danger"
    >
      <h2 className="font-semibold text-danger">{title}</h2>
      <ul className="mt-1 flex flex-col gap-1">
        {errors.map(({ field, message }) => (
          <li key={`${field ?? ""} ${message}`}>
            {field ? (
              <a
                href={`#${field}`}
                onClick={(event) => goToField(event, field)}
                className="font-medium text-danger underline underline-offset-3 hover:decoration-2"
              >
                {message}
              </a>
            ) : (
              <span className="text-ink">{message}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
