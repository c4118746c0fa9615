import Link from "next/link";
import {
  resultSteps,
  describeResults,
  stepColours,
  stepNames,
  formatShare,
} from "@/components/results/labels";
import { ResultsChart } from "@/components/results/results-chart";
import { ResultsTable } from "@/components/results/results-table";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { formatLocalDate } from "@/server/schemas/dates";
import type { Overview } from "@/server/schemas/results";

type MonthResultsProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  month: Overview["month"];
};

/** What the links created this month led to, by day; the results page has the rest. */
export function MonthResults({ scope, practiceId, month }: MonthResultsProps) {
  const { totals, intervals, isTruncated } = month;
  const names = stepNames(undefined);
  const firstDay = intervals[0]?.startsOn ?? "";
  const share = (part: number) => formatShare(part, totals.created);
  return (
    <Card aria-labelledby="month-results">
      <CardHeader
        id="month-results"
        title="This month"
        description={
          totals.created === 0
            ? "No links created this month yet."
            : `${isTruncated ? "The newest " : ""}${formatCount(totals.created, "link")} created: ${share(totals.opened)} opened, ${share(totals.booked)} booked.`
        }
        actions={
          <Link
            href={portalPath(scope, "/results", {
              practice: practiceId,
              period: totals.created > 0 ? firstDay.slice(0, 7) : undefined,
            })}
            className="link text-sm"
          >
            All results
          </Link>
        }
        className={totals.created === 0 ? "mb-0!" : "mb-3"}
      />
      {totals.created > 0 ? (
        <>
          <ResultsChart
            label={`${describeResults(totals, undefined)}, by day since ${formatLocalDate(firstDay)}`}
            colours={resultSteps.map((step) => stepColours[step])}
            data={{
              labels: intervals.map(({ startsOn }) => String(Number(startsOn.slice(8)))),
              series: resultSteps.map((step) => ({
                label: names[step],
                values: intervals.map((counts) => counts[step]),
              })),
            }}
          />
          <details className="mt-3">
            <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
              Show as a table
            </summary>
            <div className="mt-2">
              <ResultsTable
                label="Results of this month by day"
                firstColumn="Date"
                kind={undefined}
                rows={intervals.map(({ startsOn, ...counts }) => ({
                  ...counts,
                  key: startsOn,
                  name: formatLocalDate(startsOn, "short"),
                }))}
              />
            </div>
          </details>
        </>
      ) : null}
    </Card>
  );
}
