import { Badge } from "@/components/ui/badge";

/** Whether a placement gives out tokens, in a word. */
export function PlacementStateBadge({ isOn }: { isOn: boolean }) {
  return isOn ? <Badge tone="live">On</Badge> : <Badge tone="dead">Off</Badge>;
}
