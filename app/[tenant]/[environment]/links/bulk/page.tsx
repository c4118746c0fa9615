import { FileStack, Plus } from "lucide-react";
import type { Metadata } from "next";
import { BulkList } from "@/components/bulk/bulk-list";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Bulk links" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function BulksPage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const bulks = await portal.bulk.list();
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const newBulk = scope.can.includes("links.create") ? (
    <ButtonLink href={portalPath(place, "/links/bulk/new")} variant="primary" icon={<Plus />}>
      New bulk
    </ButtonLink>
  ) : null;

  return (
    <>
      <PageHeader
        title="Bulk links"
        description="Links made from a file, one for each row."
        back={{ href: portalPath(place, "/links"), label: "Links" }}
        actions={bulks.length > 0 ? newBulk : null}
      />
      {bulks.length > 0 ? (
        <BulkList place={place} bulks={bulks} />
      ) : (
        <EmptyState
          icon={<FileStack />}
          title="No bulk yet"
          action={newBulk}
          doc="Rows are checked in your browser before anything is sent."
        >
          Make up to 50,000 links at once from a CSV file or from cells of a spreadsheet.
        </EmptyState>
      )}
    </>
  );
}
