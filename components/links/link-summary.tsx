import type { ReactNode } from "react";

/** What the link allows, in a sentence that follows every change; live details below it. */
export function LinkSummary({ summary, children }: { summary: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-accent-line bg-accent-soft p-4 sm:p-6">
      <h2 className="text-sm font-medium text-muted">Summary</h2>
      <p id="link-summary" className="mt-1 text-lg text-ink">
        {summary}
      </p>
      {children}
    </div>
  );
}
