import { CircleSlash, Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { DeliveryState } from "@/server/schemas/webhook-deliveries";
import { stateNames } from "./labels";

const styles: Record<DeliveryState, { tone: BadgeTone; icon?: ReactNode }> = {
  waiting: { tone: "ending" },
  done: { tone: "live" },
  kept: { tone: "neutral", icon: <Inbox /> },
  quarantined: { tone: "danger", icon: <CircleSlash /> },
  failed: { tone: "danger" },
};

/** A delivery's state as a badge. */
export function DeliveryStateBadge({ state }: { state: DeliveryState }) {
  return <Badge {...styles[state]}>{stateNames[state]}</Badge>;
}
