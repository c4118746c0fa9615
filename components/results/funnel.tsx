import type { LinkKind } from "@/server/schemas/links/fields";
import type { ResultCounts } from "@/server/schemas/results";
import { formatShare, resultSteps, stepColours, stepNames } from "./labels";

type FunnelProps = { totals: ResultCounts; kind: LinkKind | undefined };

/** The four steps as large numbers, each with its share of the created links. */
export function Funnel({ totals, kind }: FunnelProps) {
  const names = stepNames(kind);
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {resultSteps.map((step) => (
        <div
          key={step}
          className="flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-surface px-4 py-3"
        >
          <dt className="flex items-center gap-1.5 text-sm text-muted">
            <span
              aria-hidden="true"
              className={`size-2.5 shrink-0 rounded-xs edge-when-forced ${stepColours[step]}`}
            />
            {names[step]}
          </dt>
          <dd className="flex flex-wrap items-baseline gap-x-2">
            <span
              className={`text-3xl font-semibold tabular-nums ${totals[step] > 0 ? "" : "text-subtle"}`}
            >
              {totals[step].toLocaleString("en-GB")}
            </span>
            <span className="text-sm text-muted">
              {step === "created"
                ? totals.created === 1
                  ? "link"
                  : "links"
                : step === "cancelled"
                  ? `${formatShare(totals.cancelled, totals.booked)} of ${names.booked.toLowerCase()}`
                  : `${formatShare(totals[step], totals.created)} of created`}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
