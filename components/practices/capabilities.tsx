import { Badge } from "@/components/ui/badge";
import { describeCapability } from "./labels";

/** The capabilities Hero reports for a practice. */
export function Capabilities({ capabilities }: { capabilities: readonly string[] }) {
  if (capabilities.length === 0) return <span className="text-muted">None reported by Hero</span>;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {capabilities.map((capability) => (
        <li key={capability} title={capability}>
          <Badge tone="neutral">{describeCapability(capability)}</Badge>
        </li>
      ))}
    </ul>
  );
}
