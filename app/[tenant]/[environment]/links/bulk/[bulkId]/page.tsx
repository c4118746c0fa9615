import type { Metadata } from "next";
import { Suspense } from "react";
import { BulkRows } from "@/components/bulk/bulk-rows";
import { BulkStatus } from "@/components/bulk/bulk-status";
import { StartBulk } from "@/components/bulk/start-bulk";
import { StateBadge } from "@/components/bulk/state-badge";
import { isWhole } from "@/components/bulk/words";
import { count } from "@/components/practices/words";
import { idInPath, type SearchParams } from "@/components/shell/id-in-address";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Failure } from "@/components/ui/failure";
import { Moment } from "@/components/ui/moment";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { bulkRowState, type BulkView } from "@/server/schemas/bulk";
import { openPortal, orNotFound, orReason, type Portal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Bulk" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string; bulkId: string }>;
  searchParams: SearchParams;
};

export default async function BulkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const bulkId = idInPath((await params).bulkId);
  const query = await searchParams;
  const bulk = await orNotFound(portal.bulk.get({ bulkId }));
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.can.includes("links.create");
  // What stands in the address and is no state or place shows the first page of all rows.
  const state = bulkRowState.safeParse(query.state).data;
  const after = /^\d{1,5}$/.test(String(query.after)) ? Number(query.after) : 0;
  const rows = await portal.bulk.rows({ bulkId, after, ...(state ? { state } : {}) });

  return (
    <>
      <PageHeader
        title={bulk.name}
        badge={<StateBadge state={bulk.state} />}
        description={
          <>
            {count(bulk.rowCount, bulk.kind === "form" ? "form link" : "booking link")} · sent by{" "}
            {bulk.createdBy}, <Moment iso={bulk.createdAt} />
          </>
        }
        back={{ href: portalPath(place, "/links/bulk"), label: "Bulk links" }}
      />
      <div className="flex flex-col gap-5">
        {bulk.state === "uploading" && isWhole(bulk) && canCreate ? (
          <Suspense fallback={<CountingSlots />}>
            <ReadyToStart portal={portal} place={place} bulk={bulk} />
          </Suspense>
        ) : (
          <BulkStatus place={place} bulk={bulk} canChange={canCreate} />
        )}
        {bulk.rowsUntil && bulk.state !== "uploading" ? (
          <BulkRows place={place} bulk={bulk} page={rows} state={state} after={after} />
        ) : null}
      </div>
    </>
  );
}

/** The last word before the work starts, with the free slots of this moment. */
async function ReadyToStart({
  portal,
  place,
  bulk,
}: {
  portal: Portal;
  place: Place;
  bulk: BulkView;
}) {
  const { result: check, reason } = await orReason(portal.bulk.check({ bulkId: bulk.id }));
  return check ? (
    <StartBulk place={place} bulk={bulk} check={check} />
  ) : (
    <Failure
      title="The free slots could not be counted"
      retry={portalPath(place, `/links/bulk/${bulk.id}`)}
    >
      {reason} Nothing was started.
    </Failure>
  );
}

function CountingSlots() {
  return (
    <div aria-busy="true">
      <p role="status" className="mb-2 text-muted">
        Counting free slots at Hero…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
