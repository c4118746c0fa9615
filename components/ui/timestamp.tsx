import { formatLocalDate, formatTimestamp, formatUtc } from "@/server/schemas/dates";

/** A moment in UK time with its zone; UTC on hover. `iso` is ISO 8601 in UTC. */
export function Timestamp({ iso, className }: { iso: string; className?: string }) {
  return (
    <time dateTime={iso} title={formatUtc(iso)} className={className}>
      {formatTimestamp(iso)}
    </time>
  );
}

/** A day in the United Kingdom, `YYYY-MM-DD`, in words. */
export function LocalDate({
  date,
  length = "short",
  className,
}: {
  date: string;
  length?: "long" | "short";
  className?: string;
}) {
  return (
    <time dateTime={date} className={className}>
      {formatLocalDate(date, length)}
    </time>
  );
}
