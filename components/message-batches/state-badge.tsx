import {
  Ban,
  CircleCheck,
  ClipboardCheck,
  Hourglass,
  OctagonX,
  Pause,
  Send,
  Timer,
  UserCheck,
  UserX,
} from "lucide-react";
import { MessageStateBadge } from "@/components/messages/state-badge";
import { Badge } from "@/components/ui/badge";
import type { StateStyle } from "@/components/ui/state-styles";
import type { MessageBatchState, RecipientOutcome } from "@/server/schemas/message-batches";
import { batchStateNames, outcomeNames } from "./labels";

const styles: Record<MessageBatchState, StateStyle> = {
  collecting: { tone: "neutral", icon: <Hourglass /> },
  checking: { tone: "info", icon: <Hourglass /> },
  ready: { tone: "ending", icon: <ClipboardCheck /> },
  awaiting_approval: { tone: "ending", icon: <UserCheck /> },
  scheduled: { tone: "ending", icon: <Timer /> },
  sending: { tone: "info", icon: <Send /> },
  paused: { tone: "ending", icon: <Pause /> },
  finished: { tone: "live", icon: <CircleCheck /> },
  stopped: { tone: "danger", icon: <OctagonX /> },
  cancelled: { tone: "dead", icon: <Ban /> },
};

/** A batch's state as a badge. */
export function BatchStateBadge({ state }: { state: MessageBatchState }) {
  const { tone, icon } = styles[state];
  return (
    <Badge tone={tone} icon={icon}>
      {batchStateNames[state]}
    </Badge>
  );
}

/** What became of one recipient. */
export function OutcomeBadge({ outcome }: { outcome: RecipientOutcome }) {
  switch (outcome) {
    case "waiting":
    case "included":
      return (
        <Badge tone="neutral" icon={<Hourglass />}>
          {outcomeNames[outcome]}
        </Badge>
      );
    case "excluded":
      return (
        <Badge tone="dead" icon={<UserX />}>
          {outcomeNames[outcome]}
        </Badge>
      );
    case "not_checked":
      return <Badge tone="unknown">{outcomeNames[outcome]}</Badge>;
    default:
      return <MessageStateBadge state={outcome} />;
  }
}
