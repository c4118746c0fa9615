import { Badge } from "@/components/ui/badge";
import { sendingStates } from "./labels";
import type { SendingView } from "@/server/schemas/events";

/** Whether an event has reached a destination. */
export function SendingState({ state }: Pick<SendingView, "state">) {
  const { label, tone } = sendingStates[state];
  return <Badge tone={tone}>{label}</Badge>;
}
