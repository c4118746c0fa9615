import { Badge } from "@/components/ui/badge";
import type { DestinationView } from "@/server/schemas/destinations";

type DestinationStateProps = Pick<DestinationView, "isOn" | "failingSince" | "pausedUntil">;

/** What a destination does now. */
export function DestinationState({ isOn, failingSince, pausedUntil }: DestinationStateProps) {
  if (!isOn) return <Badge tone="dead">Off</Badge>;
  if (failingSince) return <Badge tone="danger">Failing</Badge>;
  if (pausedUntil) return <Badge tone="ending">Slowed down</Badge>;
  return <Badge tone="live">On</Badge>;
}

/** What a destination receives, in words. */
export function describeFilters({
  eventTypes,
  practices,
}: Pick<DestinationView, "eventTypes" | "practices">): string {
  const types =
    eventTypes.length === 0
      ? "All event types"
      : eventTypes.length === 1
        ? "1 event type"
        : `${eventTypes.length} event types`;
  const where =
    practices.length === 0
      ? "all practices"
      : practices.length === 1
        ? (practices[0]?.name ?? "")
        : `${practices.length} practices`;
  return `${types}, ${where}`;
}
