import { DailyBars, DailyTable } from "@/components/ui/daily-chart";
import { LocalDate } from "@/components/ui/timestamp";
import { type ElementErrorCode, elementErrorMessages } from "@/server/schemas/element-errors";
import type { ElementReportDays } from "@/server/schemas/element-reports";

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
            <DailyBars
              label={`${code}: ${total} in 14 days, at most ${Math.max(...counts)} a day`}
              maxCount={maxCount}
              className="h-10 w-full sm:w-56"
              days={days.map(({ day }, index) => {
                const count = counts[index] ?? 0;
                return { day, count, text: String(count) };
              })}
            />
          </li>
        ))}
      </ul>
      <p className="mt-1 flex justify-between text-xs text-muted sm:ml-auto sm:w-56">
        <LocalDate date={firstDay} />
        <LocalDate date={lastDay} />
      </p>
      <DailyTable
        label="Reports by day"
        columns={codes.map(({ code }) => code)}
        rows={days.map(({ day, counts }) => ({
          day,
          counts: codes.map(({ code }) => counts[code] ?? 0),
        }))}
      />
    </>
  );
}
