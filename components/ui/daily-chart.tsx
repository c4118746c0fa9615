import { formatLocalDate } from "@/server/schemas/dates";
import { Table, TableFrame, Td, Th } from "./table";
import { LocalDate } from "./timestamp";

type DailyBar = {
  day: string;
  count: number;
  /** The part of the bar in the accent colour; all of it if not given. */
  filled?: number;
  /** The day's numbers in words. */
  text: string;
};

type DailyBarsProps = {
  /** What the bars show, for people who cannot see them. */
  label: string;
  days: DailyBar[];
  /** The count of a bar of full height. */
  maxCount: number;
  className: string;
};

/** One bar for each day. A small count stays visible. */
export function DailyBars({ label, days, maxCount, className }: DailyBarsProps) {
  return (
    <div
      role="img"
      aria-label={label}
      className={`flex items-end gap-0.5 border-b border-line-strong ${className}`}
    >
      {days.map(({ day, count, filled = count, text }) => (
        <span
          key={day}
          title={`${formatLocalDate(day, "short")}: ${text}`}
          className="flex min-w-1 flex-1 items-end overflow-hidden rounded-t-xs bg-line-strong edge-when-forced"
          style={{ height: count > 0 ? `max(3px, ${(count / maxCount) * 100}%)` : 0 }}
        >
          {filled > 0 ? (
            <span
              className="w-full bg-accent edge-when-forced"
              style={{ height: `max(3px, ${(filled / count) * 100}%)` }}
            />
          ) : null}
        </span>
      ))}
    </div>
  );
}

type DailyTableProps = {
  label: string;
  columns: string[];
  rows: { day: string; counts: number[] }[];
};

/** The numbers of a chart, shown on request. */
export function DailyTable({ label, columns, rows }: DailyTableProps) {
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
        Show as a table
      </summary>
      <div className="mt-2">
        <TableFrame label={label} density="compact">
          <Table>
            <thead>
              <tr>
                <Th>Date</Th>
                {columns.map((column) => (
                  <Th key={column} numeric>
                    {column}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ day, counts }) => (
                <tr key={day}>
                  <Th scope="row" className="bg-transparent!">
                    <LocalDate date={day} />
                  </Th>
                  {columns.map((column, index) => (
                    <Td key={column} numeric>
                      {counts[index]}
                    </Td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
      </div>
    </details>
  );
}
