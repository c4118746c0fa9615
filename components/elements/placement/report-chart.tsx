import { LocalDate } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { type ElementErrorCode, elementErrorMessages } from "@/server/schemas/element-errors";
import type { ElementReportDays } from "@/server/schemas/element-reports";
import { formatLocalDate } from "@/server/schemas/dates";

/** Reports by error code and day, as bars and as a table. */
export function ReportChart({ days }: { days: ElementReportDays }) {
  const codes = (Object.keys(elementErrorMessages) as ElementErrorCode[])
    .map((code) => ({ code, counts: days.map(({ counts }) => counts[code] ?? 0) }))
    .map((row) => ({ ...row, total: row.counts.reduce((sum, count) => sum + count, 0) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total);
  if (codes.length === 0) {
    return <p className="text-muted">No errors in the last 14 days.</p>;
  }
  const maxCount = Math.max(...codes.flatMap(({ counts }) => counts));
  const [firstDay, lastDay] = [days[0]?.day ?? "", days.at(-1)?.day ?? ""];
  return (
    <>
      <ul className="flex flex-col divide-y divide-line">
        {codes.map(({ code, counts, total }) => (
          <li key={code} className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2 py-3">
            <div className="min-w-0 flex-1 basis-56">
              <p>
                <span className="text-xl font-semibold tabular-nums">{total}</span>{" "}
                <code className="font-mono text-sm">{code}</code>
              </p>
              <p className="text-sm text-muted">{elementErrorMessages[code]}</p>
            </div>
            <div
              role="img"
              aria-label={`${code}: ${total} in 14 days, at most ${Math.max(...counts)} a day`}
              className="flex h-10 w-full items-end gap-0.5 border-b border-line-strong sm:w-56"
            >
              {counts.map((count, index) => (
                <span
                  key={days[index]?.day}
                  title={`${formatLocalDate(days[index]?.day ?? "", "short")}: ${count}`}
                  className="min-w-1 flex-1 rounded-t-xs bg-accent edge-when-forced"
                  style={{ height: count > 0 ? `max(3px, ${(count / maxCount) * 100}%)` : 0 }}
                />
              ))}
            </div>
          </li>
        ))}
      </ul>
      <p className="mt-1 flex justify-between text-xs text-muted sm:ml-auto sm:w-56">
        <LocalDate date={firstDay} />
        <LocalDate date={lastDay} />
      </p>
      <details className="mt-3">
        <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
          Show as a table
        </summary>
        <div className="mt-2">
          <TableFrame label="Reports by day" density="compact">
            <Table>
              <thead>
                <tr>
                  <Th>Date</Th>
                  {codes.map(({ code }) => (
                    <Th key={code} numeric>
                      {code}
                    </Th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {days.map(({ day, counts }) => (
                  <tr key={day}>
                    <Th scope="row" className="bg-transparent!">
                      <LocalDate date={day} />
                    </Th>
                    {codes.map(({ code }) => (
                      <Td key={code} numeric>
                        {counts[code] ?? 0}
                      </Td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </Table>
          </TableFrame>
        </div>
      </details>
    </>
  );
}
