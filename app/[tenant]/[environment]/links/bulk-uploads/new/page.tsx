import { FileStack } from "lucide-react";
import type { Metadata } from "next";
import { NewBulkUpload } from "@/components/bulk-uploads/new/lazy-form";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { formatLocalDate, formatTimeOfDay, ukDateOf } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "New bulk upload – Links" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewBulkUploadPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const requestedPracticeId = idFromQuery((await searchParams).practice);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="New bulk upload"
      description={
        <>
          Create one link for each row of a file, in{" "}
          <strong className="text-ink">{environmentNames[scope.environment]}</strong>.
        </>
      }
      back={{ href: portalPath(portalScope, "/links/bulk-uploads"), label: "Bulk uploads" }}
    />
  );
  if (!scope.permissions.includes("links.create")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to create links">
          {whoCan("links.create")}
        </Notice>
      </>
    );
  }

  const [practices, earlierColumns] = await Promise.all([
    portal.practices.options(),
    portal.bulkUploads.columns(),
  ]);
  const canManage = scope.permissions.includes("practices.manage");
  const now = new Date();
  const today = ukDateOf(now);
  return (
    <>
      {header}
      {practices.length > 0 ? (
        <NewBulkUpload
          scope={portalScope}
          practices={practices}
          savedColumns={earlierColumns}
          practiceId={practices.find(({ id }) => id === requestedPracticeId)?.id ?? null}
          today={today}
          // To the second, so that several uploads in a row differ. The file name may name a patient.
          defaultName={`Upload of ${formatLocalDate(today)}, ${formatTimeOfDay(now)}`}
        />
      ) : (
        <NoPractices scope={portalScope} canConnect={canManage} icon={<FileStack />}>
          Each link is for one practice, with its own appointment types and locations.
        </NoPractices>
      )}
    </>
  );
}
