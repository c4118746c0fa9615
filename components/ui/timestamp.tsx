import {
  formatLocalDate,
  formatTableTimestamp,
  formatTimestamp,
  formatUtc,
} from "@/server/schemas/dates";

/**
 * A timestamp in UK time; UTC on hover. `iso` is ISO 8601 in UTC. Tables show 24-hour time with its zone,
 * other text "10:44pm, 3 December 2026".
 */
export function Timestamp({
  iso,
  format = "text",
  className,
}: {
  iso: string;
  format?: "text" | "table";
  className?: string;
}) {
  return (
    <time dateTime={iso} title={formatUtc(iso)} className={className}>
      {format === "table" ? formatTableTimestamp(iso) : formatTimestamp(iso)}
    </time>
  );
}

/** A UK date, `YYYY-MM-DD`, in words. */
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
