import type { ReactNode } from "react";

/** The attributes that tie a control to its label, hint and error; spread them on the control. */
export type FieldIds = {
  id: string;
  name: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  "aria-required": true | undefined;
};

type FieldProps = {
  label: ReactNode;
  /** The control's name, and its id unless `id` is set; error summaries link to the id. */
  name: string;
  id?: string;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** Marks the label "(optional)": most of our fields are required. */
  optionalMark?: boolean;
  className?: string;
  children: (ids: FieldIds) => ReactNode;
};

/** Label, hint, error and one control, tied together by ids. */
export function Field({
  label,
  name,
  id = name,
  hint,
  error,
  required,
  optionalMark,
  className,
  children,
}: FieldProps) {
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const describedBy = [hintId, errorId].filter(Boolean).join(" ") || undefined;
  return (
    <div className={["flex flex-col gap-1.5", className].filter(Boolean).join(" ")}>
      <label htmlFor={id} className="w-fit font-medium text-ink">
        {label}
        {optionalMark ? <span className="font-normal text-subtle"> (optional)</span> : null}
      </label>
      {hint ? (
        <p id={hintId} className="text-sm text-muted">
          {hint}
        </p>
      ) : null}
      {errorId ? <FieldError id={errorId}>{error}</FieldError> : null}
      {children({
        id,
        name,
        "aria-describedby": describedBy,
        "aria-invalid": error ? true : undefined,
        "aria-required": required ? true : undefined,
      })}
    </div>
  );
}

type FieldErrorProps = { id: string; className?: string; children: ReactNode };

/** The sentence under a label that says what is wrong; the control refers to it by id. */
export function FieldError({ id, className, children }: FieldErrorProps) {
  return (
    <p
      id={id}
      className={["flex items-start gap-1.5 text-sm font-medium text-danger", className]
        .filter(Boolean)
        .join(" ")}
    >
      <ErrorIcon />
      <span>
        <span className="sr-only">Error: </span>
        {children}
      </span>
    </p>
  );
}

/** A warning icon for a line of text. */
export function ErrorIcon() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="mt-0.5 size-4 shrink-0" fill="none">
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" />
      <path
        d="M8 4.75v4M8 11.1v.15"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
