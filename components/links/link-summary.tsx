import type { ReactNode } from "react";

/** What the link will do, in one sentence that follows every change; under it what is known live. */
export function LinkSummary({ summary, children }: { summary: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-accent-line bg-accent-soft p-4 sm:p-6">
      <h2 className="text-sm font-medium text-muted">What this link will do</h2>
      <p id="link-sentence" className="mt-1 text-lg text-ink">
        {summary}
      </p>
      {children}
    </div>
  );
}
