type ProgressBarProps = { label: string; value: number; max: number };

export function ProgressBar({ label, value, max }: ProgressBarProps) {
  const percentage = max > 0 ? Math.min(100, (value / max) * 100) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      className="h-2.5 overflow-hidden rounded-full border border-line bg-sunken"
    >
      <div className="h-full bg-accent edge-when-forced" style={{ width: `${percentage}%` }} />
    </div>
  );
}
