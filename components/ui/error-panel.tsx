"use client";

import { buttonClasses } from "./button-classes";
import { ErrorIcon } from "./field";

type ErrorPanelProps = {
  children: string;
  /** What to quote when asking for help. */
  reference?: string | undefined;
  retry: () => void;
};

/**
 * What an error boundary shows. Boundaries travel with every page, so this draws its own sign and
 * button and brings no library along.
 */
export function ErrorPanel({ children, reference, retry }: ErrorPanelProps) {
  return (
    <div role="alert" className="rounded-lg border border-danger-line bg-surface p-5 sm:p-6">
      <h1 className="flex gap-2 text-lg font-semibold">
        <span className="mt-0.5 text-danger">
          <ErrorIcon />
        </span>
        This page could not be shown
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
