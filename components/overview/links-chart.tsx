import { Card, CardHeader } from "@/components/ui/card";
import { DailyBars, DailyTable } from "@/components/ui/daily-chart";
import { formatCount } from "@/components/ui/format-count";
import { LocalDate } from "@/components/ui/timestamp";
import type { DailyLinkCount } from "@/server/schemas/links/list";

/** Links created on each of the last days, and how many of them have been used: bars, and a table. */
export function LinksChart({ days }: { days: DailyLinkCount[] }) {
  const created = days.reduce((sum, day) => sum + day.created, 0);
  const used = days.reduce((sum, day) => sum + day.used, 0);
  if (created === 0) return null;
  const summary = `${formatCount(created, "link")} created in the last ${days.length} days; ${used.toLocaleString("en-GB")} of them used`;
  return (
    <Card aria-labelledby="links-chart">
      <CardHeader id="links-chart" title="Links created" description={`${summary}.`} />
      <DailyBars
        label={summary}
        maxCount={Math.max(...days.map((day) => day.created))}
        className="h-20 w-full"
        days={days.map((day) => ({
          day: day.day,
          count: day.created,
          filled: day.used,
          text: `${day.created} created, ${day.used} used`,
        }))}
      />
      <p className="mt-1 flex justify-between text-xs text-muted">
        <LocalDate date={days[0]?.day ?? ""} />
        <span className="inline-flex flex-wrap items-center gap-x-1.5">
          <span aria-hidden="true" className="size-2.5 bg-accent edge-when-forced" /> Used
          <span aria-hidden="true" className="ml-2 size-2.5 bg-line-strong edge-when-forced" /> Not
          used yet
        </span>
        <LocalDate date={days.at(-1)?.day ?? ""} />
      </p>
      <DailyTable
        label="Links created by day"
        columns={["Created", "Used"]}
        rows={days.map((day) => ({ day: day.day, counts: [day.created, day.used] }))}
      />
    </Card>
  );
}
