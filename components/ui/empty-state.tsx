import type { ReactNode } from "react";

type EmptyStateProps = {
  title: string;
  /** One sentence on what will appear here. */
  children?: ReactNode;
  /** The one thing to do next: a `ButtonLink`. */
  action?: ReactNode;
  /** A note or a link to more information. */
  doc?: ReactNode;
  icon?: ReactNode;
};

/** Shown in place of an empty list. */
export function EmptyState({ title, children, action, doc, icon }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed border-line bg-surface px-6 py-12 text-center">
      {icon ? (
        <span
          aria-hidden="true"
          className="mb-4 inline-flex rounded-lg border border-line bg-canvas p-2.5 text-muted [&>svg]:size-5"
        >
          {icon}
        </span>
      ) : null}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="mt-1 max-w-prose text-muted">{children}</div> : null}
      {action ? <div className="mt-5">{action}</div> : null}
      {doc ? <div className="mt-3 text-sm text-muted">{doc}</div> : null}
    </div>
  );
}
