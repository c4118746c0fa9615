import { CalendarCheck, CircleX, Hourglass, Timer } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { AppointmentState } from "@/server/schemas/appointments";
import { stateNames } from "./labels";

/** An appointment's state as a badge. */
export function AppointmentStateBadge({ state }: { state: AppointmentState }) {
  const name = stateNames[state];
  switch (state) {
    case "booked":
      return (
        <Badge tone="live" icon={<CalendarCheck />}>
          {name}
        </Badge>
      );
    case "reserved":
      return (
        <Badge tone="ending" icon={<Timer />}>
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
