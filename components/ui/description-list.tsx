import type { ReactNode } from "react";

/** A list of `DescriptionItem`s: terms beside their values, or above them where there is no room. */
export function DescriptionList({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-line">{children}</dl>;
}

type DescriptionItemProps = {
  term: ReactNode;
  /** The value; write "None" rather than leaving it blank. */
  children: ReactNode;
  isOnPaper?: boolean;
};

/** A term and its value. */
export function DescriptionItem({ term, children, isOnPaper = true }: DescriptionItemProps) {
  return (
    <div
      data-on-paper={isOnPaper}
      className="grid gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 min-[24rem]:grid-cols-[8rem_minmax(0,1fr)] sm:gap-x-6 sm:grid-cols-[minmax(8rem,11rem)_minmax(0,1fr)] print:data-[on-paper=false]:hidden"
    >
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </div>
  );
}
