import { KeyRound, TriangleAlert } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { PracticeView } from "@/server/schemas/practices";

/** The health of a practice's connection. */
export function HealthBadge({ health }: { health: PracticeView["health"] }) {
  if (health === "working") return <Badge tone="live">Working</Badge>;
  if (health === "failing") {
    return (
      <Badge tone="ending" icon={<TriangleAlert />}>
        Failing
      </Badge>
    );
  }
  if (health === "limited") {
    return (
      <Badge tone="ending" icon={<TriangleAlert />}>
        Limited
      </Badge>
    );
  }
  return (
    <Badge tone="danger" icon={<KeyRound />}>
      Needs a new key
    </Badge>
  );
}
