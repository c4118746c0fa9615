import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "./button";

type FailureProps = {
  title: string;
  /** What happened, and what still works. */
  children?: ReactNode;
  /** What to quote when asking for help. */
  reference?: string | null | undefined;
  /** A path to load again, or a function in client components. */
  retry?: string | (() => void);
};

/** Shown in place of something that could not be loaded. */
export function Failure({ title, children, reference, retry }: FailureProps) {
  return (
    <div role="alert" className="rounded-lg border border-danger-line bg-surface p-5 sm:p-6">
      <div className="flex gap-3">
        <TriangleAlert aria-hidden="true" className="mt-1 size-4 shrink-0 text-danger" />
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{title}</h2>
          {children ? <div className="mt-1 max-w-prose text-muted">{children}</div> : null}
          {reference ? (
            <p className="mt-2 text-sm text-subtle">
              Reference <code className="font-mono break-all text-muted">{reference}</code>
            </p>
          ) : null}
          {retry ? (
            <div className="mt-4">
              {typeof retry === "string" ? (
                <ButtonLink href={retry} prefetch={false}>
                  Try again
                </ButtonLink>
              ) : (
                <Button onClick={retry}>Try again</Button>
              )}
            </div>
          ) : null}
        </div>
      </div>
    </div>
  );
}
