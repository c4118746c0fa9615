import { Timer } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { sharedStateStyles, type StateStyle } from "@/components/ui/state-styles";
import type { AppointmentState } from "@/server/schemas/appointments";
import { stateNames } from "./labels";

const styles: Partial<Record<AppointmentState, StateStyle>> = {
  ...sharedStateStyles,
  reserved: { tone: "ending", icon: <Timer /> },
};

/** An appointment's state as a badge. */
export function AppointmentStateBadge({ state }: { state: AppointmentState }) {
  const { tone, icon } = styles[state] ?? { tone: "dead" };
  return (
    <Badge tone={tone} icon={icon}>
      {stateNames[state]}
    </Badge>
  );
}
