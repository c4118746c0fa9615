import { Mails, Plus } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { BatchFilters } from "@/components/message-batches/batch-filters";
import { BatchList } from "@/components/message-batches/batch-list";
import { MessagesTabs } from "@/components/messages/messages-tabs";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NewestPager } from "@/components/ui/newest-pager";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { listMessageBatchesInput } from "@/server/schemas/message-batches";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Batches – Messages" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function MessageBatchesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Messages" />
        <Notice tone="info" title="You do not have permission to see batches">
          {whoCan("messages.read")}
        </Notice>
      </>
    );
  }

  const practiceId = idFromQuery(query.practice);
  // Invalid filters and cursors show the unfiltered first page.
  const state = listMessageBatchesInput.shape.state.safeParse(query.state).data;
  const cursor = listMessageBatchesInput.shape.cursor.safeParse(query.cursor).data;
  const page = await portal.messageBatches.list({ practiceId, state, cursor });
  const filters = { practice: practiceId, state };
  const isFiltered = state !== undefined || cursor !== undefined;
  const canSend = scope.permissions.includes("messages.send");
  const newBatchButton = (
    <ButtonLink
      href={portalPath(portalScope, "/messages/batches/new", { practice: practiceId })}
      variant="primary"
      icon={<Plus />}
    >
      New batch
    </ButtonLink>
  );

  return (
    <>
      <LiveRefresh topics={["messages"]} position={scope.livePosition} />
      <PageHeader
        title="Messages"
        description="A batch is one message to many patients of a practice. It is checked, reviewed and, above a number that your organisation sets, approved by a second person."
        actions={canSend ? newBatchButton : null}
      />
      <MessagesTabs scope={portalScope} practiceId={practiceId} current="Batches" />
      <BatchFilters
        key={JSON.stringify(filters)}
        scope={portalScope}
        practiceId={practiceId}
        state={state}
      />
      {page.items.length > 0 ? (
        <BatchList scope={portalScope} practiceId={practiceId} batches={page.items} />
      ) : (
        <EmptyState
          icon={<Mails />}
          title={isFiltered ? "No batches match" : "No batches yet"}
          action={
            isFiltered ? (
              <ButtonLink
                href={portalPath(portalScope, "/messages/batches", { practice: practiceId })}
              >
                Clear the filters
              </ButtonLink>
            ) : canSend ? (
              newBatchButton
            ) : null
          }
        >
          {isFiltered
            ? "Change or clear the filters."
            : "Send one message to the patients of a file, or to those with links."}
        </EmptyState>
      )}
      <NewestPager
        label="Pages of batches"
        newest={cursor ? portalPath(portalScope, "/messages/batches", filters) : undefined}
        older={
          page.nextCursor
            ? portalPath(portalScope, "/messages/batches", { ...filters, cursor: page.nextCursor })
            : undefined
        }
      />
    </>
  );
}
