import { formatCount } from "@/components/ui/format-count";
import type { LinkCount } from "@/server/schemas/links/list";

/** "476 links", or "more than 10,000 links". */
export function LinkTotal({ count: { count, hasMore } }: { count: LinkCount }) {
  return (
    <span className="text-muted tabular-nums">
      {hasMore ? "more than " : null}
      {formatCount(count, "link")}
    </span>
  );
}
