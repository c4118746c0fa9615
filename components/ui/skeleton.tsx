/** A grey shape in the place of something that is loading; size it with `className`. */
export function Skeleton({ className = "h-4 w-full" }: { className?: string }) {
  return (
    <div className={`animate-breathe rounded-sm bg-dead-soft edge-when-forced ${className}`} />
  );
}

type SkeletonPageProps = {
  /** What is loading, said once to screen readers. */
  label?: string;
  rows?: number;
};

/** A page being loaded: heading, and a table of `rows` lines. */
export function SkeletonPage({ label = "Loading", rows = 6 }: SkeletonPageProps) {
  return (
    <div aria-busy="true">
      <p role="status" className="sr-only">
        {label}
      </p>
      <div aria-hidden="true">
        <Skeleton className="h-8 w-48" />
        <Skeleton className="mt-2 h-4 w-72 max-w-full" />
        <SkeletonTable rows={rows} />
      </div>
    </div>
  );
}

/** The shape of a table of `rows` lines. */
export function SkeletonTable({ rows = 6 }: { rows?: number }) {
  return (
    <div className="mt-6 overflow-hidden rounded-lg border border-line bg-surface">
      <div className="h-9 bg-sunken" />
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-6 border-t border-line px-4 py-3">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-4 w-1/5" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
