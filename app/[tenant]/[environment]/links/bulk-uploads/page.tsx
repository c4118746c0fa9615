import { FileStack, Plus } from "lucide-react";
import type { Metadata } from "next";
import { BulkUploadList } from "@/components/bulk-uploads/bulk-upload-list";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Bulk uploads – Links" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function BulkUploadsPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const bulkUploads = await portal.bulkUploads.list();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const newBulkUpload = scope.permissions.includes("links.create") ? (
    <ButtonLink
      href={portalPath(portalScope, "/links/bulk-uploads/new")}
      variant="primary"
      icon={<Plus />}
    >
      New bulk upload
    </ButtonLink>
  ) : null;

  return (
    <>
      <LiveRefresh topics={["bulk_uploads"]} position={scope.livePosition} />
      <PageHeader
        title="Bulk uploads"
        description="Links created from a file, one for each row."
        back={{ href: portalPath(portalScope, "/links"), label: "Links" }}
        actions={bulkUploads.length > 0 ? newBulkUpload : null}
      />
      {bulkUploads.length > 0 ? (
        <BulkUploadList scope={portalScope} bulkUploads={bulkUploads} />
      ) : (
        <EmptyState
          icon={<FileStack />}
          title="No bulk uploads yet"
          action={newBulkUpload}
          doc="Rows are checked in your browser before anything is uploaded."
        >
          Create up to 50,000 links at once from a CSV file or spreadsheet cells.
        </EmptyState>
      )}
    </>
  );
}
