import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { LocalDate } from "@/components/ui/timestamp";
import { formatLocalDate } from "@/server/schemas/dates";
import type { DailyLinkCount } from "@/server/schemas/links/list";

const barWidth = 16;
const barGap = 4;
const chartHeight = 64;

/** Links created on each of the last days, and how many of them have been used: bars, and a table. */
export function LinksChart({ days }: { days: DailyLinkCount[] }) {
  const created = days.reduce((sum, day) => sum + day.created, 0);
  const used = days.reduce((sum, day) => sum + day.used, 0);
  if (created === 0) return null;
  const maxCreated = Math.max(...days.map((day) => day.created));
  const heightOf = (count: number) =>
    count === 0 ? 0 : Math.max(2, (count / maxCreated) * chartHeight);
  const width = days.length * (barWidth + barGap) - barGap;
  const summary = `${formatCount(created, "link")} created in the last ${days.length} days; ${used.toLocaleString("en-GB")} of them used`;
  return (
    <Card aria-labelledby="links-chart">
      <CardHeader id="links-chart" title="Links created" description={`${summary}.`} />
      <svg
        role="img"
        aria-label={summary}
        viewBox={`0 0 ${width} ${chartHeight}`}
        preserveAspectRatio="none"
        className="block h-20 w-full"
      >
        {days.map((day, index) => {
          const x = index * (barWidth + barGap);
          return (
            <g key={day.day}>
              <title>
                {`${formatLocalDate(day.day, "short")}: ${day.created} created, ${day.used} used`}
              </title>
              <rect
                x={x}
                y={chartHeight - heightOf(day.created)}
                width={barWidth}
                height={heightOf(day.created)}
                className="fill-line-strong"
              />
              <rect
                x={x}
                y={chartHeight - heightOf(day.used)}
                width={barWidth}
                height={heightOf(day.used)}
                className="fill-accent"
              />
            </g>
          );
        })}
      </svg>
      <p className="mt-1 flex justify-between text-xs text-muted">
        <LocalDate date={days[0]?.day ?? ""} />
        <span className="inline-flex flex-wrap items-center gap-x-1.5">
          <span aria-hidden="true" className="size-2.5 bg-accent edge-when-forced" /> Used
          <span aria-hidden="true" className="ml-2 size-2.5 bg-line-strong edge-when-forced" /> Not
          used yet
        </span>
        <LocalDate date={days.at(-1)?.day ?? ""} />
      </p>
      <details className="mt-2">
        <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
          Show as a table
        </summary>
        <div className="mt-2">
          <TableFrame label="Links created by day" density="compact">
            <Table>
              <thead>
                <tr>
                  <Th>Date</Th>
                  <Th numeric>Created</Th>
                  <Th numeric>Used</Th>
                </tr>
              </thead>
              <tbody>
                {days.map((day) => (
                  <tr key={day.day}>
                    <Th scope="row" className="bg-transparent!">
                      <LocalDate date={day.day} />
                    </Th>
                    <Td numeric>{day.created}</Td>
                    <Td numeric>{day.used}</Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </TableFrame>
        </div>
      </details>
    </Card>
  );
}
