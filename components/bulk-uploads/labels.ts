import { formatCount } from "@/components/ui/format-count";
import type {
  BulkUploadRowState,
  BulkUploadState,
  BulkUploadView,
} from "@/server/schemas/bulk-uploads";

export const bulkUploadStateNames: Record<BulkUploadState, string> = {
  uploading: "Not started",
  running: "Running",
  paused: "Paused",
  cancelled: "Cancelled",
  finished: "Finished",
};

export const rowStateNames: Record<BulkUploadRowState, string> = {
  waiting: "Waiting",
  working: "Being made",
  created: "Created",
  failed: "Failed",
  unknown: "Unknown",
  cancelled: "Cancelled",
};

/** True once every row of the file has arrived, so that the work can start. */
export function isFullyUploaded({ receivedCount, rowCount }: BulkUploadView): boolean {
  return receivedCount >= rowCount;
}

/** Rows that nothing more will happen to. */
export function countFinishedRows({ counts }: BulkUploadView): number {
  return counts.created + counts.failed + counts.unknown + counts.cancelled;
}

/** How long the rest will take at the rate of now, in words; null while there is nothing to go by. */
export function describeTimeLeft({ counts, rowsPerMinute }: BulkUploadView): string | null {
  const remaining = counts.waiting + counts.working;
  if (!rowsPerMinute || remaining === 0) return null;
  const minutes = remaining / rowsPerMinute;
  if (minutes < 1) return "less than a minute left";
  if (minutes < 90) return `about ${formatCount(Math.ceil(minutes), "minute")} left`;
  return `about ${formatCount(Math.round(minutes / 60), "hour")} left`;
}
