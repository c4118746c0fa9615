import { count } from "@/components/practices/words";
import type { BulkRowState, BulkState, BulkView } from "@/server/schemas/bulk";

export const bulkStateNames: Record<BulkState, string> = {
  uploading: "Not started",
  running: "Running",
  paused: "Paused",
  cancelled: "Cancelled",
  finished: "Finished",
};

export const rowStateNames: Record<BulkRowState, string> = {
  waiting: "Waiting",
  working: "Being made",
  made: "Made",
  refused: "Refused",
  unknown: "Unknown",
  cancelled: "Cancelled",
};

/** True once every row of the file has arrived, so that the work can start. */
export function isWhole({ receivedCount, rowCount }: BulkView): boolean {
  return receivedCount >= rowCount;
}

/** Rows that nothing more will happen to. */
export function settledRows({ counts }: BulkView): number {
  return counts.made + counts.refused + counts.unknown + counts.cancelled;
}

/** How long the rest will take at the rate of now, in words; null while there is nothing to go by. */
export function describeTimeLeft({ counts, perMinute }: BulkView): string | null {
  const left = counts.waiting + counts.working;
  if (!perMinute || left === 0) return null;
  const minutes = left / perMinute;
  if (minutes < 1) return "less than a minute left";
  if (minutes < 90) return `about ${count(Math.ceil(minutes), "minute")} left`;
  return `about ${count(Math.round(minutes / 60), "hour")} left`;
}
