"use client";

import { buttonClasses } from "./button-classes";
import { ErrorIcon } from "./field";
import { isNewVersionError, newVersionText } from "./new-version";

type ErrorPanelProps = {
  children: string;
  /** Its digest is what to quote when asking for help. */
  error: Error & { digest?: string };
  retry: () => void;
};

/** The content of an error boundary. Boundaries load with every page, so it imports no icon library. */
export function ErrorPanel({ children, error, retry }: ErrorPanelProps) {
  const isNewVersion = isNewVersionError(error);
  const { digest } = error;
  return (
    <div role="alert" className="rounded-lg border border-danger-line bg-surface p-5 sm:p-6">
      <h1 className="flex gap-2 text-lg font-semibold">
        <span className="mt-0.5 text-danger">
          <ErrorIcon />
        </span>
        {isNewVersion ? "The portal was updated" : "This page could not be loaded"}
      </h1>
      <p className="mt-1 max-w-prose text-muted">{isNewVersion ? newVersionText : children}</p>
      {digest && !isNewVersion ? (
        <p className="mt-2 text-sm text-subtle">
          Reference <code className="font-mono break-all text-muted">{digest}</code>
        </p>
      ) : null}
      <button
        type="button"
        onClick={isNewVersion ? () => location.reload() : retry}
        className={buttonClasses({}, "mt-4")}
      >
        {isNewVersion ? "Reload" : "Try again"}
      </button>
    </div>
  );
}
