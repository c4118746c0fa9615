import { Files, Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EmptyLedger } from "@/components/links/ledger/empty-ledger";
import { FilterBar } from "@/components/links/ledger/filter-bar";
import { LedgerResults } from "@/components/links/ledger/results";
import { LinkTotal } from "@/components/links/ledger/link-total";
import { parseLedgerParams } from "@/components/links/ledger/parse-search-params";
import { isFiltered } from "@/components/links/ledger/search-params";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { LiveRefresh } from "@/components/live/live-refresh";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { linkCursor } from "@/server/schemas/links/list";
import { listPracticeOptions, requirePortalPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Links" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function LinksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const practiceId = idFromQuery(query.practice);
  const ledgerParams = parseLedgerParams(query, practiceId);
  const { filters, sort } = ledgerParams;
  // An invalid cursor shows the first page.
  const cursor = linkCursor.safeParse(query.cursor).data;
  // All at once, because overlapping reads share a transaction.
  const [page, count, practices, filterOptions, savedViews, bulkUploads] = await Promise.all([
    portal.links.list({ ...filters, practiceId, sort, cursor }),
    portal.links.count({ ...filters, practiceId }),
    listPracticeOptions(portal),
    portal.links.filterOptions(),
    portal.links.listViews(),
    portal.bulkUploads.list(),
  ]);
  const practice = practices.find(({ id }) => id === practiceId);
  const isEmptyLedger = page.items.length === 0 && !isFiltered(ledgerParams) && !cursor;
  // A disconnected practice keeps its links; an unknown one has neither name nor links.
  if (practiceId && !practice && isEmptyLedger) notFound();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.permissions.includes("links.create");
  const filter = { practice: practiceId };

  return (
    <>
      <LiveRefresh topics={["links", "bulk_uploads"]} position={scope.livePosition} />
      <PageHeader
        title="Links"
        density="compact"
        badge={isEmptyLedger ? null : <LinkTotal count={count} />}
        actions={
          isEmptyLedger || !canCreate ? null : (
            <>
              <ButtonLink
                href={portalPath(portalScope, "/links/bulk-uploads", filter)}
                icon={<Files />}
              >
                Bulk uploads
              </ButtonLink>
              <ButtonLink
                href={portalPath(portalScope, "/links/new", filter)}
                variant="primary"
                icon={<Plus />}
              >
                New link
              </ButtonLink>
            </>
          )
        }
      />
      {isEmptyLedger ? (
        <EmptyLedger
          scope={portalScope}
          practice={practice}
          hasPractices={practices.length > 0}
          canCreate={canCreate}
          canConnect={scope.permissions.includes("practices.manage")}
        />
      ) : (
        <>
          <FilterBar
            key={JSON.stringify(ledgerParams)}
            scope={portalScope}
            params={ledgerParams}
            filterOptions={filterOptions}
            bulkUploads={bulkUploads.map(({ id, name }) => ({ id, name }))}
            savedViews={savedViews}
          />
          <LedgerResults
            scope={portalScope}
            params={ledgerParams}
            page={page}
            cursor={cursor}
            today={ukDateOf(new Date())}
            canEdit={scope.permissions.includes("links.edit")}
            canMessage={scope.permissions.includes("messages.send")}
          />
        </>
      )}
    </>
  );
}
