import { CalendarCheck, CheckCheck, CircleX, Hourglass } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { LinkState } from "@/server/schemas/links/view";
import { stateNames } from "./labels";

/** A link's state as a badge. */
export function StateBadge({ state }: { state: LinkState }) {
  const name = stateNames[state];
  switch (state) {
    case "live":
      return <Badge tone="live">{name}</Badge>;
    case "ends_soon":
      return <Badge tone="ending">{name}</Badge>;
    case "booked":
      return (
        <Badge tone="live" icon={<CalendarCheck />}>
          {name}
        </Badge>
      );
    case "used_up":
      return (
        <Badge tone="dead" icon={<CheckCheck />}>
          {name}
        </Badge>
      );
    case "pending":
      return (
        <Badge tone="info" icon={<Hourglass />}>
          {name}
        </Badge>
      );
    case "failed":
      return (
        <Badge tone="danger" icon={<CircleX />}>
          {name}
        </Badge>
      );
    case "unknown":
      return <Badge tone="unknown">{name}</Badge>;
    default:
      return <Badge tone="dead">{name}</Badge>;
  }
}
