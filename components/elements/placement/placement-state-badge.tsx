import { Badge } from "@/components/ui/badge";

export function PlacementStateBadge({ isOn }: { isOn: boolean }) {
  return isOn ? <Badge tone="live">On</Badge> : <Badge tone="dead">Off</Badge>;
}
