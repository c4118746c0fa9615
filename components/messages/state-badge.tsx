import { Ban, CheckCheck, CircleX, Hand, MailOpen, Send, Timer } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { StateStyle } from "@/components/ui/state-styles";
import type { MessageState } from "@/server/schemas/messages";
import { stateNames } from "./labels";

const styles: Record<MessageState, StateStyle> = {
  scheduled: { tone: "ending", icon: <Timer /> },
  held: { tone: "danger", icon: <Hand /> },
  sending: { tone: "info", icon: <Send /> },
  sent: { tone: "info", icon: <Send /> },
  delivered: { tone: "live", icon: <CheckCheck /> },
  opened: { tone: "live", icon: <MailOpen /> },
  failed: { tone: "danger", icon: <CircleX /> },
  unknown: { tone: "unknown" },
  cancelled: { tone: "dead", icon: <Ban /> },
};

/** A message's state as a badge. */
export function MessageStateBadge({ state }: { state: MessageState }) {
  const { tone, icon } = styles[state];
  return (
    <Badge tone={tone} icon={icon}>
      {stateNames[state]}
    </Badge>
  );
}
