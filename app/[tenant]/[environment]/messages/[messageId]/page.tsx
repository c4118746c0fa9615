import type { Metadata } from "next";
import { EventHistory } from "@/components/activity/event-history";
import { LiveRefresh } from "@/components/live/live-refresh";
import { CancelMessage } from "@/components/messages/cancel-message";
import { canUndo, describeChannels, isCancellable } from "@/components/messages/labels";
import { MessageDetails } from "@/components/messages/message-details";
import { MessageStatus } from "@/components/messages/message-status";
import { MessageTimeline } from "@/components/messages/message-timeline";
import { ShowText } from "@/components/messages/show-text";
import { UndoOnPage } from "@/components/messages/undo-on-page";
import { portalPath } from "@/components/shell/portal-path";
import { FormResponses } from "@/components/tasks/form-responses";
import { RelatedTasks } from "@/components/tasks/related-tasks";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  listPracticeOptions,
  loadLink,
  loadMessage,
  orNotFoundPage,
  requirePortalPage,
  titleOf,
} from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; messageId: string }>;
  searchParams: SearchParams;
};

/** Browsers and logs keep titles, so this one has the practice only. */
export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal, scope } = await requirePortalPage(params);
  const messageId = idFromPath((await params).messageId);
  if (!scope.permissions.includes("messages.read")) return { title: "Message" };
  return titleOf(
    loadMessage(portal, messageId),
    ({ practice }) => `Message – ${practice.name} – Messages`,
  );
}

export default async function MessagePage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const messageId = idFromPath((await params).messageId);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const back = {
    href: portalPath(portalScope, "/messages", {
      practice: idFromQuery((await searchParams).practice),
    }),
    label: "Messages",
  };
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Message" back={back} />
        <Notice tone="info" title="You do not have permission to see messages">
          {whoCan("messages.read")}
        </Notice>
      </>
    );
  }
  const [message, events, practices] = await Promise.all([
    orNotFoundPage(loadMessage(portal, messageId)),
    orNotFoundPage(portal.messages.history({ messageId })),
    listPracticeOptions(portal),
  ]);
  const { practice, patientId, state } = message;
  const link = message.link ? await loadLink(portal, message.link.id) : null;
  // Through a link for anyone, others send forms too: its own page has them.
  const formLink = link?.kind === "form" && link.patientId === patientId ? link : null;
  const formResponses = formLink ? await portal.tasks.formResponses({ linkId: formLink.id }) : [];
  const canSend = scope.permissions.includes("messages.send");
  const isConnected = practices.some(({ id }) => id === practice.id);
  const showsUndo = canSend && canUndo(message);
  const hasEnded = !["scheduled", "sending"].includes(state);

  return (
    <>
      <LiveRefresh topics={["messages"]} subjectId={message.id} position={scope.livePosition} />
      <PageHeader
        title="Message"
        description={`${describeChannels(message)}, ${practice.name}`}
        back={back}
        actions={
          <>
            {canSend && isConnected && hasEnded ? (
              <ButtonLink
                href={portalPath(portalScope, "/messages/new", {
                  practice: practice.id,
                  patient: patientId,
                })}
                prefetch={false}
              >
                New message to this patient
              </ButtonLink>
            ) : null}
            {canSend && isCancellable(message) && !showsUndo ? (
              <CancelMessage scope={portalScope} message={message} />
            ) : null}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <MessageStatus message={message}>
          {showsUndo ? <UndoOnPage scope={portalScope} message={message} /> : null}
        </MessageStatus>
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-5">
            <MessageTimeline message={message} />
            <ShowText
              scope={portalScope}
              of={{ messageId: message.id }}
              hasText={message.hasText}
            />
            {isConnected ? (
              <RelatedTasks
                scope={portalScope}
                source={{ messageId: message.id }}
                description="Tasks about this patient in the practice's inbox in Hero. Showing what a patient wrote is recorded in the activity log."
                canRead
                canUpdate={scope.permissions.includes("tasks.update")}
              >
                {formLink ? (
                  <FormResponses
                    scope={portalScope}
                    linkId={formLink.id}
                    responses={formResponses}
                    canShow
                  />
                ) : null}
              </RelatedTasks>
            ) : null}
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            <MessageDetails scope={portalScope} message={message} />
            <EventHistory events={events} />
          </div>
        </div>
      </div>
    </>
  );
}
