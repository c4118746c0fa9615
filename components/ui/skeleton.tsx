/** A placeholder for loading content; set its size with `className`. */
export function Skeleton({ className = "h-4 w-full" }: { className?: string }) {
  return (
    <div className={`animate-breathe rounded-sm bg-dead-soft edge-when-forced ${className}`} />
  );
}
