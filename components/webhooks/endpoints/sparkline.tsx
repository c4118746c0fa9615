import { formatCount } from "@/components/ui/format-count";
import type { PracticeWebhooks } from "@/server/schemas/webhooks";

const barWidth = 4;
const height = 20;

/** Deliveries of the last 24 hours, by hour. Its text says the same. */
export function Sparkline({ health }: { health: PracticeWebhooks["health"] }) {
  const { received, refused, late } = health;
  const total = received.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...received);
  const notes = [
    ...(refused > 0 ? [`${refused.toLocaleString("en-GB")} refused`] : []),
    ...(late > 0 ? [`${late.toLocaleString("en-GB")} late`] : []),
  ];
  const text = [
    total === 0
      ? "No deliveries in 24 hours"
      : `${formatCount(total, "delivery", "deliveries")} in 24 hours`,
    ...notes,
  ].join(", ");
  return (
    <span className="mt-1 inline-flex flex-col gap-1 text-xs whitespace-nowrap text-muted">
      <svg
        aria-hidden="true"
        width={received.length * barWidth}
        height={height}
        className="shrink-0 text-accent"
      >
        {received.map((count, hour) => {
          const size = count === 0 ? 1 : Math.max(2, (count / most) * height);
          return (
            <rect
              key={hour}
              x={hour * barWidth}
              y={height - size}
              width={barWidth - 1}
              height={size}
              fill="currentColor"
              opacity={count === 0 ? 0.3 : 1}
            />
          );
        })}
      </svg>
      {text}
    </span>
  );
}
