import type { Metadata } from "next";
import Link from "next/link";
import { ButtonLink } from "@/components/ui/button";
import { Suspense } from "react";
import { BulkUploadRows } from "@/components/bulk-uploads/bulk-upload-rows";
import { BulkUploadStatus } from "@/components/bulk-uploads/bulk-upload-status";
import { StartBulkUpload } from "@/components/bulk-uploads/start-bulk-upload";
import { BulkUploadStateBadge } from "@/components/bulk-uploads/state-badge";
import { isFullyUploaded } from "@/components/bulk-uploads/labels";
import { LiveRefresh } from "@/components/live/live-refresh";
import { formatCount } from "@/components/ui/format-count";
import { idFromPath, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Failure } from "@/components/ui/failure";
import { Timestamp } from "@/components/ui/timestamp";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { bulkUploadRowState, type BulkUploadView } from "@/server/schemas/bulk-uploads";
import {
  requirePortalPage,
  orNotFoundPage,
  resultOrMessage,
  type Portal,
  loadBulkUpload,
  titleOf,
} from "@/server/portal/page-caller";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; bulkUploadId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const bulkUploadId = idFromPath((await params).bulkUploadId);
  return titleOf(loadBulkUpload(portal, bulkUploadId), ({ name }) => `${name} – Bulk uploads`);
}

export default async function BulkUploadPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const bulkUploadId = idFromPath((await params).bulkUploadId);
  const query = await searchParams;
  const bulkUpload = await orNotFoundPage(loadBulkUpload(portal, bulkUploadId));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.permissions.includes("links.create");
  // Invalid query parameters show the first page of all rows.
  const state = bulkUploadRowState.safeParse(query.state).data;
  const cursor = /^\d{1,7}$/.test(String(query.after)) ? Number(query.after) : 0;
  const [rows, created, used] = await Promise.all([
    portal.bulkUploads.rows({ bulkUploadId, cursor, ...(state ? { state } : {}) }),
    portal.links.count({ bulkUploadId }),
    portal.links.count({ bulkUploadId, isUsed: "yes" }),
  ]);

  return (
    <>
      <LiveRefresh
        topics={["bulk_uploads"]}
        subjectId={bulkUpload.id}
        position={scope.livePosition}
      />
      <PageHeader
        title={bulkUpload.name}
        badge={<BulkUploadStateBadge state={bulkUpload.state} />}
        description={
          <>
            {formatCount(
              bulkUpload.rowCount,
              bulkUpload.kind === "form" ? "form link" : "booking link",
            )}{" "}
            · uploaded by {bulkUpload.createdBy}, <Timestamp iso={bulkUpload.createdAt} />
            {created.count > 0 ? (
              <Link
                href={portalPath(portalScope, "/links", { upload: bulkUpload.id, used: "yes" })}
                className="link mt-1 block w-fit font-medium"
              >
                {used.count.toLocaleString("en-GB")} of {created.count.toLocaleString("en-GB")}
                {created.hasMore ? "+" : null} {bulkUpload.kind === "form" ? "filled in" : "booked"}
              </Link>
            ) : null}
          </>
        }
        back={{ href: portalPath(portalScope, "/links/bulk-uploads"), label: "Bulk uploads" }}
        actions={
          created.count > 0 ? (
            <ButtonLink href={portalPath(portalScope, "/links", { upload: bulkUpload.id })}>
              View {formatCount(created.count, "link")}
            </ButtonLink>
          ) : null
        }
      />
      <div className="flex flex-col gap-5">
        {bulkUpload.state === "uploading" && isFullyUploaded(bulkUpload) && canCreate ? (
          <Suspense fallback={<SlotCountSkeleton />}>
            <ReadyToStart portal={portal} scope={portalScope} bulkUpload={bulkUpload} />
          </Suspense>
        ) : (
          <BulkUploadStatus scope={portalScope} bulkUpload={bulkUpload} canChange={canCreate} />
        )}
        {bulkUpload.rowsExpireAt && bulkUpload.state !== "uploading" ? (
          <BulkUploadRows
            scope={portalScope}
            bulkUpload={bulkUpload}
            page={rows}
            state={state}
            after={cursor}
          />
        ) : null}
      </div>
    </>
  );
}

async function ReadyToStart({
  portal,
  scope,
  bulkUpload,
}: {
  portal: Portal;
  scope: PortalScope;
  bulkUpload: BulkUploadView;
}) {
  const { result: check, message } = await resultOrMessage(
    portal.bulkUploads.check({ bulkUploadId: bulkUpload.id }),
  );
  return check ? (
    <StartBulkUpload scope={scope} bulkUpload={bulkUpload} check={check} />
  ) : (
    <Failure
      title="Could not count free slots"
      retry={portalPath(scope, `/links/bulk-uploads/${bulkUpload.id}`)}
    >
      {message} No links were created.
    </Failure>
  );
}

function SlotCountSkeleton() {
  return (
    <div aria-busy="true">
      <p role="status" className="mb-2 text-muted">
        Counting free slots…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
