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
  working: "Creating",
  created: "Created",
  failed: "Failed",
  unknown: "Unknown",
  cancelled: "Cancelled",
};

export function isFullyUploaded({ receivedCount, rowCount }: BulkUploadView): boolean {
  return receivedCount >= rowCount;
}

/** Rows in a final state. */
export function countFinishedRows({ counts }: BulkUploadView): number {
  return counts.created + counts.failed + counts.unknown + counts.cancelled;
}

/** Estimated from the current rate; null without one. */
export function describeTimeLeft({ counts, rowsPerMinute }: BulkUploadView): string | null {
  const remaining = counts.waiting + counts.working;
  if (!rowsPerMinute || remaining === 0) return null;
  const minutes = remaining / rowsPerMinute;
  if (minutes < 1) return "less than a minute left";
  if (minutes < 90) return `about ${formatCount(Math.ceil(minutes), "minute")} left`;
  return `about ${formatCount(Math.round(minutes / 60), "hour")} left`;
}
