import { CheckCheck } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { sharedStateStyles, type StateStyle } from "@/components/ui/state-styles";
import type { LinkState } from "@/server/schemas/links/view";
import { stateNames } from "./labels";

const styles: Partial<Record<LinkState, StateStyle>> = {
  ...sharedStateStyles,
  live: { tone: "live" },
  ends_soon: { tone: "ending" },
  used_up: { tone: "dead", icon: <CheckCheck /> },
};

/** A link's state as a badge. */
export function StateBadge({ state }: { state: LinkState }) {
  const { tone, icon } = styles[state] ?? { tone: "dead" };
  return (
    <Badge tone={tone} icon={icon}>
      {stateNames[state]}
    </Badge>
  );
}
