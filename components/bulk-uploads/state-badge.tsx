import { CircleCheck, Hourglass, Pause, Play } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { BulkUploadRowState, BulkUploadState } from "@/server/schemas/bulk-uploads";
import { bulkUploadStateNames, rowStateNames } from "./labels";

export function BulkUploadStateBadge({ state }: { state: BulkUploadState }) {
  const name = bulkUploadStateNames[state];
  switch (state) {
    case "running":
      return (
        <Badge tone="info" icon={<Play />}>
          {name}
        </Badge>
      );
    case "paused":
      return (
        <Badge tone="ending" icon={<Pause />}>
          {name}
        </Badge>
      );
    case "finished":
      return (
        <Badge tone="live" icon={<CircleCheck />}>
          {name}
        </Badge>
      );
    case "cancelled":
      return <Badge tone="dead">{name}</Badge>;
    default:
      return (
        <Badge tone="neutral" icon={<Hourglass />}>
          {name}
        </Badge>
      );
  }
}

const rowTones = {
  waiting: "neutral",
  working: "info",
  created: "live",
  failed: "danger",
  unknown: "unknown",
  cancelled: "dead",
} as const;

export function RowStateBadge({ state }: { state: BulkUploadRowState }) {
  return <Badge tone={rowTones[state]}>{rowStateNames[state]}</Badge>;
}
