import { ResultsChart } from "@/components/results/results-chart";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { LocalDate, Timestamp } from "@/components/ui/timestamp";
import { formatLocalDate, formatTimeOfDay, ukDateOf } from "@/server/schemas/dates";
import type { EndpointHealth } from "@/server/schemas/webhook-deliveries";
import { formatLag } from "./labels";

type HealthChartProps = { health: EndpointHealth };

/** What an endpoint received, as a chart and as a table. */
export function HealthChart({ health: { unit, spans } }: HealthChartProps) {
  const sum = (count: (span: (typeof spans)[number]) => number) =>
    spans.reduce((total, span) => total + count(span), 0);
  const received = sum((span) => span.received);
  const verified = sum((span) => span.verified);
  if (received === 0) return <p className="text-muted">Nothing arrived in this period.</p>;
  const withDeliveries = spans.filter((span) => span.received > 0);
  const labels = spans.map(({ from }) =>
    unit === "day"
      ? formatLocalDate(ukDateOf(new Date(from)), "short").replace(/ \d{4}$/, "")
      : formatTimeOfDay(new Date(from)).slice(0, 5),
  );
  return (
    <>
      {/* The chart is as wide as before until it has noticed a narrower window. */}
      <div className="overflow-hidden">
        <ResultsChart
          label={`Received ${received}, of which ${verified} had a valid signature`}
          data={{
            labels,
            series: [
              { label: "Received", values: spans.map((span) => span.received) },
              { label: "Verified", values: spans.map((span) => span.verified) },
            ],
          }}
          colours={["bg-line-strong", "bg-accent"]}
        />
      </div>
      <div className="mt-5">
        <TableFrame label={`Deliveries by ${unit}`} density="compact">
          <Table>
            <thead>
              <tr>
                <Th>{unit === "day" ? "Day" : "Hour"}</Th>
                <Th numeric>Received</Th>
                <Th numeric>Verified</Th>
                <Th numeric>Refused</Th>
                <Th numeric>Late</Th>
                <Th numeric>Quarantined</Th>
                <Th numeric>Average delay</Th>
                <Th numeric>Longest delay</Th>
              </tr>
            </thead>
            <tbody>
              {withDeliveries.toReversed().map((span) => (
                <tr key={span.from}>
                  <Th scope="row" className="bg-transparent!">
                    {unit === "day" ? (
                      <LocalDate date={ukDateOf(new Date(span.from))} />
                    ) : (
                      <Timestamp iso={span.from} format="table" />
                    )}
                  </Th>
                  <Td numeric>{span.received}</Td>
                  <Td numeric>{span.verified}</Td>
                  <Td numeric>{span.refused}</Td>
                  <Td numeric>{span.late}</Td>
                  <Td numeric>{span.quarantined}</Td>
                  <Td numeric>{span.averageLagMs === null ? "–" : formatLag(span.averageLagMs)}</Td>
                  <Td numeric>{span.maxLagMs === null ? "–" : formatLag(span.maxLagMs)}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
        <p className="mt-2 text-sm text-muted">
          {unit === "day" ? "Days" : "Hours"} without deliveries are not listed.
        </p>
      </div>
    </>
  );
}
