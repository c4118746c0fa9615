/** The portal's mark: two doorways. */
export function LogoMark({ className = "size-7" }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M7.5 24.5v-8a5.5 5.5 0 0 1 11 0v8"
        fill="none"
        strokeWidth="2.4"
        strokeLinecap="round"
        className="stroke-on-accent"
      />
      <path
        d="M14 25.7v-9.2a5.5 5.5 0 0 1 11 0v9.2z"
        strokeWidth="2.4"
        paintOrder="stroke"
        className="fill-on-accent stroke-accent"
      />
    </svg>
  );
}

/** Mark and name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight">
      <LogoMark />
      Partner Portal
    </span>
  );
}
