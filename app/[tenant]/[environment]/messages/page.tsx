import { MessageSquare, Plus } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { MessageFilters } from "@/components/messages/message-filters";
import { MessageList } from "@/components/messages/message-list";
import { MessagesTabs } from "@/components/messages/messages-tabs";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NewestPager } from "@/components/ui/newest-pager";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { listMessagesInput } from "@/server/schemas/messages";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Messages" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function MessagesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Messages" />
        <Notice tone="info" title="You do not have permission to see messages">
          {whoCan("messages.read")}
        </Notice>
      </>
    );
  }

  const practiceId = idFromQuery(query.practice);
  // Invalid filters and cursors show the unfiltered first page.
  const state = listMessagesInput.shape.state.safeParse(query.state).data;
  const patientId = listMessagesInput.shape.patientId.safeParse(query.patient).data;
  const cursor = listMessagesInput.shape.cursor.safeParse(query.cursor).data;
  const page = await portal.messages.list({ practiceId, patientId, state, cursor });
  const filters = { practice: practiceId, patient: patientId, state };
  const isFiltered = state !== undefined || patientId !== undefined || cursor !== undefined;
  const canSend = scope.permissions.includes("messages.send");
  const newMessageButton = (
    <ButtonLink
      href={portalPath(portalScope, "/messages/new", { practice: practiceId })}
      variant="primary"
      icon={<Plus />}
    >
      New message
    </ButtonLink>
  );

  return (
    <>
      <LiveRefresh topics={["messages"]} position={scope.livePosition} />
      <PageHeader
        title="Messages"
        description="Messages sent from this portal, to one patient each. Messages sent from Hero itself or from the Message Builder are not shown."
        actions={canSend ? newMessageButton : null}
      />
      <MessagesTabs scope={portalScope} practiceId={practiceId} current="Messages" />
      <MessageFilters
        key={JSON.stringify(filters)}
        scope={portalScope}
        practiceId={practiceId}
        patientId={patientId}
        state={state}
      />
      {patientId ? (
        <p className="mb-4">
          Messages to Hero patient <span className="font-mono">{patientId}</span>.
        </p>
      ) : null}
      {page.items.length > 0 ? (
        <MessageList scope={portalScope} practiceId={practiceId} messages={page.items} />
      ) : (
        <EmptyState
          icon={<MessageSquare />}
          title={isFiltered ? "No messages match" : "No messages yet"}
          action={
            isFiltered ? (
              <ButtonLink href={portalPath(portalScope, "/messages", { practice: practiceId })}>
                Clear the filters
              </ButtonLink>
            ) : canSend ? (
              newMessageButton
            ) : null
          }
        >
          {isFiltered
            ? "Change or clear the filters."
            : "You check each message before it is sent, and can undo it for a short time."}
        </EmptyState>
      )}
      <NewestPager
        label="Message pages"
        newest={cursor ? portalPath(portalScope, "/messages", filters) : undefined}
        older={
          page.nextCursor
            ? portalPath(portalScope, "/messages", { ...filters, cursor: page.nextCursor })
            : undefined
        }
      />
    </>
  );
}
