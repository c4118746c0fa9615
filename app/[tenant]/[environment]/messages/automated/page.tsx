import { Bot } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { AutomatedMessageList } from "@/components/messages/automated-message-list";
import { MessagesTabs } from "@/components/messages/messages-tabs";
import { practiceLabel } from "@/components/practices/labels";
import { NoPractices } from "@/components/practices/no-practices";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { type Portal, requirePortalPage, resultOrMessage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Automated – Messages" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function AutomatedMessagesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const requestedPracticeId = idFromQuery((await searchParams).practice);
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
  const header = (
    <>
      <PageHeader
        title="Messages"
        description="What Hero sends to patients by itself, such as reminders of appointments. Look here before you send the same by hand."
      />
      <MessagesTabs scope={portalScope} practiceId={requestedPracticeId} current="Automated" />
    </>
  );
  const practices = await portal.practices.list();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  if (!practice) {
    return (
      <>
        {header}
        {practices.length === 0 ? (
          <NoPractices
            scope={portalScope}
            canConnect={scope.permissions.includes("practices.manage")}
            icon={<Bot />}
          >
            Hero sends automated messages for each practice separately.
          </NoPractices>
        ) : (
          <PracticeListPicker
            practices={practices}
            hrefOf={(practiceId) =>
              portalPath(portalScope, "/messages/automated", { practice: practiceId })
            }
          />
        )}
      </>
    );
  }
  return (
    <>
      {header}
      <SelectedPractice
        scope={portalScope}
        practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
        changeHref={onlyPractice ? null : portalPath(portalScope, "/messages/automated")}
      />
      <Suspense fallback={<FormSkeleton text="Reading automated messages from Hero…" />}>
        <LoadedMessages portal={portal} scope={portalScope} practiceId={practice.id} />
      </Suspense>
    </>
  );
}

type LoadedMessagesProps = { portal: Portal; scope: PortalScope; practiceId: string };

async function LoadedMessages({ portal, scope, practiceId }: LoadedMessagesProps) {
  const { result: list, message } = await resultOrMessage(
    portal.automatedMessages.list({ practiceId }),
  );
  if (!list) {
    return (
      <Notice tone="danger" title="Automated messages could not be read">
        {message}
      </Notice>
    );
  }
  return (
    <>
      {list.isComplete ? null : (
        <div className="mb-4">
          <Notice tone="info" title="Not all automated messages are shown">
            These are the newest that Hero sent to the portal.
          </Notice>
        </div>
      )}
      {list.items.length > 0 ? (
        <AutomatedMessageList scope={scope} practiceId={practiceId} messages={list.items} />
      ) : (
        <EmptyState icon={<Bot />} title="No automated messages">
          Hero has sent nothing by itself for this practice.
        </EmptyState>
      )}
    </>
  );
}
