import { Children, type ReactNode } from "react";

const looks = {
  live: "text-live",
  danger: "text-danger",
  unknown: "text-unknown",
  plain: "text-ink",
} as const;

/** Big numbers beside each other, which people act on. Its children are `Figure`s. */
export function Figures({ children }: { children: ReactNode }) {
  // So that no place in the grid stays empty on a phone.
  const columns = Children.count(children) === 4 ? "grid-cols-2 sm:grid-cols-4" : "grid-cols-3";
  return (
    <dl className={`grid gap-px overflow-hidden rounded-lg border border-line bg-line ${columns}`}>
      {children}
    </dl>
  );
}

type FigureProps = { term: string; value: number; tone?: keyof typeof looks };

export function Figure({ term, value, tone = "plain" }: FigureProps) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{term}</dt>
      <dd
        className={`text-2xl font-semibold tabular-nums ${value > 0 ? looks[tone] : "text-subtle"}`}
      >
        {value.toLocaleString("en-GB")}
      </dd>
    </div>
  );
}
