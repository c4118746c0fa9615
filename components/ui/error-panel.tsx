"use client";

import { buttonClasses } from "./button-classes";
import { ErrorIcon } from "./field";

type ErrorPanelProps = {
  children: string;
  /** What to quote when asking for help. */
  reference?: string | undefined;
  retry: () => void;
};

/** The content of an error boundary. Boundaries load with every page, so it imports no icon library. */
export function ErrorPanel({ children, reference, retry }: ErrorPanelProps) {
  return (
    <div role="alert" className="rounded-lg border border-danger-line bg-surface p-5 sm:p-6">
      <h1 className="flex gap-2 text-lg font-semibold">
        <span className="mt-0.5 text-danger">
          <ErrorIcon />
        </span>
        This page could not be loaded
      </h1>
      <p className="mt-1 max-w-prose text-muted">{children}</p>
      {reference ? (
        <p className="mt-2 text-sm text-subtle">
          Reference <code className="font-mono break-all text-muted">{reference}</code>
        </p>
      ) : null}
      <button type="button" onClick={retry} className={buttonClasses({}, "mt-4")}>
        Try again
      </button>
    </div>
  );
}
