import { Children, type ReactNode } from "react";

const toneClasses = {
  live: "text-live",
  danger: "text-danger",
  unknown: "text-unknown",
  plain: "text-ink",
} as const;

/** Takes `Stat`s as children. */
export function Stats({ children }: { children: ReactNode }) {
  // Leaves no empty cell in the grid on a phone.
  const columns = Children.count(children) === 4 ? "grid-cols-2 sm:grid-cols-4" : "grid-cols-3";
  return (
    <dl className={`grid gap-px overflow-hidden rounded-lg border border-line bg-line ${columns}`}>
      {children}
    </dl>
  );
}

type StatProps = { label: string; value: number; tone?: keyof typeof toneClasses };

export function Stat({ label, value, tone = "plain" }: StatProps) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd
        className={`text-2xl font-semibold tabular-nums ${value > 0 ? toneClasses[tone] : "text-subtle"}`}
      >
        {value.toLocaleString("en-GB")}
      </dd>
    </div>
  );
}
