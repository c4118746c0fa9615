import { ChartColumn, Download, Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Definitions } from "@/components/results/definitions";
import { Funnel } from "@/components/results/funnel";
import {
  describeResults,
  groupingNames,
  intervalName,
  resultSteps,
  stepColours,
  stepNames,
} from "@/components/results/labels";
import { datesOfPeriod, formatResultsParams, hasFilters } from "@/components/results/params";
import { parseResultsParams } from "@/components/results/parse-params";
import { ResultsChart } from "@/components/results/results-chart";
import { ResultsFilters } from "@/components/results/results-filters";
import { GroupTable, ResultsTable } from "@/components/results/results-table";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { formatDateRange } from "@/components/links/labels";
import { ButtonLink } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { listPracticeOptions, requirePortalPage } from "@/server/portal/page-caller";
import { formatLocalDate, ukDateOf } from "@/server/schemas/dates";

export const metadata: Metadata = { title: "Results" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function ResultsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const practiceId = idFromQuery(query.practice);
  const today = ukDateOf(new Date());
  const resultsParams = parseResultsParams(query, practiceId, today);
  const { groupBy, filters } = resultsParams;
  const { kind } = filters;
  const dates = datesOfPeriod(resultsParams.period, today);
  // All at once, because overlapping reads share a transaction.
  const [results, practices, { tags }, bulkUploads] = await Promise.all([
    portal.results.count({ ...dates, groupBy, ...filters }),
    listPracticeOptions(portal),
    portal.links.filterOptions(),
    portal.bulkUploads.list(),
  ]);
  const { totals, step, intervals } = results;
  // A disconnected practice keeps its results; an unknown one has neither name nor links.
  if (practiceId && totals.created === 0 && !practices.some(({ id }) => id === practiceId))
    notFound();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const names = stepNames(kind);
  const dateRows = intervals.map(({ startsOn, ...counts }) => ({
    ...counts,
    key: startsOn,
    name: intervalName(startsOn, step),
  }));
  const exportPath = (grouping: string) =>
    `/api/downloads${portalPath(portalScope, "/results", { ...dates, ...filters, groupBy: grouping })}`;

  return (
    <>
      <LiveRefresh topics={["links"]} position={scope.livePosition} />
      <PageHeader
        title="Results"
        description={`What happened to links created from ${formatDateRange(dates.from, dates.to, "to")}.`}
      />
      <ResultsFilters
        scope={portalScope}
        params={resultsParams}
        today={today}
        tags={tags}
        bulkUploads={bulkUploads.map(({ id, name }) => ({ id, name }))}
      />
      {totals.created === 0 ? (
        <EmptyState
          icon={<ChartColumn />}
          title="No links were created in this period"
          action={
            hasFilters(resultsParams) ? (
              <ButtonLink
                href={portalPath(
                  portalScope,
                  "/results",
                  formatResultsParams({ ...resultsParams, filters: {} }),
                )}
              >
                Clear filters
              </ButtonLink>
            ) : scope.permissions.includes("links.create") ? (
              <ButtonLink
                href={portalPath(portalScope, "/links/new")}
                variant="primary"
                icon={<Plus />}
              >
                New link
              </ButtonLink>
            ) : null
          }
        >
          {hasFilters(resultsParams)
            ? "Select another period, or clear the filters."
            : "Here you will see how many links were opened and booked."}
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-6">
          <Funnel totals={totals} kind={kind} />
          {results.isTruncated ? (
            <p className="text-sm text-muted">
              This period has too many links to count. The numbers are for the newest only. Select a
              shorter period or a filter to count them all.
            </p>
          ) : null}
          <Card aria-labelledby="results-chart">
            <CardHeader
              id="results-chart"
              title={step === "day" ? "By day" : "By week"}
              description="Each link counts on the date it was created. Inside each bar: how many were opened, booked and cancelled."
              className="mb-3"
            />
            <ResultsChart
              label={`${describeResults(totals, kind)}, by ${step} from ${formatLocalDate(dates.from)} to ${formatLocalDate(dates.to)}`}
              colours={resultSteps.map((name) => stepColours[name])}
              data={{
                labels: dateRows.map(({ key }) =>
                  formatLocalDate(key, "short").replace(/ \d{4}$/, ""),
                ),
                series: resultSteps.map((name) => ({
                  label: names[name],
                  values: intervals.map((counts) => counts[name]),
                })),
              }}
            />
            {groupBy === "date" ? null : (
              <details className="mt-3">
                <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
                  Show as a table
                </summary>
                <div className="mt-2">
                  <ResultsTable
                    label={`Results by ${step}`}
                    firstColumn={groupingNames.date}
                    kind={kind}
                    rows={dateRows}
                  />
                </div>
              </details>
            )}
          </Card>
          <section aria-labelledby="results-groups">
            <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
              <h2 id="results-groups" className="text-lg font-semibold">
                {`By ${groupBy === "date" ? step : groupingNames[groupBy].toLowerCase()}`}
              </h2>
              <a
                href={exportPath(groupBy)}
                download
                className={buttonClasses({ size: "sm" }, "print:hidden")}
              >
                <Download aria-hidden="true" className="size-4" />
                Export as CSV
              </a>
            </div>
            {groupBy === "date" ? (
              <ResultsTable
                label={`Results by ${step}`}
                firstColumn={groupingNames.date}
                kind={kind}
                rows={dateRows}
              />
            ) : (
              <GroupTable
                scope={portalScope}
                groupBy={groupBy}
                kind={kind}
                practiceId={practiceId}
                groups={results.groups}
              />
            )}
            {results.hasMoreGroups ? (
              <p className="mt-2 text-sm text-muted">
                The {results.groups.length} with the most links. The CSV file has up to 10,000.
              </p>
            ) : null}
            {groupBy === "tag" ? (
              <p className="mt-2 text-sm text-muted">
                A link with several tags counts for each of them, so the rows can add up to more
                than the total.
              </p>
            ) : null}
          </section>
          <Definitions kind={kind} />
        </div>
      )}
    </>
  );
}
