import type { ComponentProps } from "react";

/** The classes of every text control. Text is 16 px on touch screens: smaller text makes pages zoom. */
export const controlClasses =
  "w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-subtle pointer-coarse:text-lg pointer-coarse:min-h-11 transition-colors hover:border-muted focus-visible:outline-offset-0 focus-visible:border-accent aria-invalid:border-danger aria-invalid:border-2 disabled:bg-sunken disabled:text-subtle";

type InputProps = ComponentProps<"input"> & {
  /** Monospaced, for ids, keys and tokens. */
  mono?: boolean;
};

/** A one-line text control. Put it in a `Field` and spread the ids on it. */
export function Input({ mono, className, ...rest }: InputProps) {
  return (
    <input
      {...rest}
      className={[
        controlClasses,
        "h-9 py-1.5 read-only:bg-sunken",
        mono ? "font-mono" : "",
        className,
      ]
        .filter(Boolean)
        .join(" ")}
    />
  );
}

/** A multi-line text control. */
export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...rest}
      rows={rows}
      className={[controlClasses, "py-2 read-only:bg-sunken", className].filter(Boolean).join(" ")}
    />
  );
}
