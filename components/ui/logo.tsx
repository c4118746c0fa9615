/** The portal's mark: a doorway with its neighbour beside it. */
export function Mark({ className = "size-7" }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M8 24v-8.5a6 6 0 0 1 12 0V24"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        className="stroke-on-accent"
      />
      <path d="M13.5 24v-7.5a5.25 5.25 0 0 1 10.5 0V24z" className="fill-on-accent" />
    </svg>
  );
}

/** Mark and name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight">
      <Mark />
      Partner Portal
    </span>
  );
}
