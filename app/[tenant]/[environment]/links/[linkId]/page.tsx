import { Copy, MessageSquare, Pencil } from "lucide-react";
import type { Metadata } from "next";
import { CloseLinkButton } from "@/components/links/close-link-button";
import { idFromQuery, idFromPath, type SearchParams } from "@/components/shell/route-ids";
import { FoundOnList } from "@/components/links/found-on-list";
import { countUnlistedBookings, LinkAppointments } from "@/components/links/link-appointments";
import { LinkDetails } from "@/components/links/link-details";
import { LinkHistory } from "@/components/links/link-history";
import { LinkStatus } from "@/components/links/link-status";
import { PendingRefresh } from "@/components/links/pending-refresh";
import { ShareLink } from "@/components/links/share-link";
import { ResolveUnknown } from "@/components/links/resolve-unknown";
import { UsageCard } from "@/components/links/usage-card";
import { LinkProblem } from "@/components/links/link-problem";
import {
  explainFixedLink,
  isBookable,
  isEditable,
  isClosable,
  kindNames,
  linkTitle,
  wasCreated,
  linkPageTitle,
} from "@/components/links/labels";
import { FormResponses } from "@/components/tasks/form-responses";
import { RelatedTasks } from "@/components/tasks/related-tasks";
import { SharePanel } from "@/components/sharing/share-panel";
import { portalPath } from "@/components/shell/portal-path";
import { LiveRefresh } from "@/components/live/live-refresh";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { requirePortalPage, orNotFoundPage, loadLink, titleOf } from "@/server/portal/page-caller";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; linkId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const linkId = idFromPath((await params).linkId);
  return titleOf(loadLink(portal, linkId), (link) => `${linkPageTitle(link)} – Links`);
}

export default async function LinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const linkId = idFromPath((await params).linkId);
  const filter = { practice: idFromQuery((await searchParams).practice) };
  const [link, practices, events, appointments, formResponses] = await Promise.all([
    orNotFoundPage(loadLink(portal, linkId)),
    portal.practices.options(),
    orNotFoundPage(portal.links.history({ linkId })),
    orNotFoundPage(portal.links.appointments({ linkId })),
    orNotFoundPage(portal.tasks.formResponses({ linkId })),
  ]);
  const today = ukDateOf(new Date());
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const hasPractice = practices.some(({ id }) => id === link.practice.id);
  const canCreate = hasPractice && scope.permissions.includes("links.create");
  const canEdit = hasPractice && scope.permissions.includes("links.edit");
  const canMessage = hasPractice && scope.permissions.includes("messages.send");
  const canSeeTasks = hasPractice && scope.permissions.includes("messages.read");
  const isFailedOrUnknown = link.state === "failed" || link.state === "unknown";
  const isCreated = wasCreated(link);
  const areAllCancelled =
    appointments.length > 0 &&
    appointments.every(({ state }) => state === "cancelled") &&
    countUnlistedBookings(link, appointments) === 0;
  const details = <LinkDetails scope={portalScope} link={link} hasPracticePage={hasPractice} />;

  return (
    <>
      <LiveRefresh topics={["links"]} subjectId={link.id} position={scope.livePosition} />
      <PageHeader
        title={linkTitle(link)}
        description={link.practice.name}
        back={{ href: portalPath(portalScope, "/links", filter), label: "Links" }}
        actions={
          <>
            {canEdit && isEditable(link) ? (
              <ButtonLink
                href={portalPath(portalScope, `/links/${link.id}/edit`, filter)}
                icon={<Pencil />}
              >
                Edit
              </ButtonLink>
            ) : null}
            {canCreate && isCreated ? (
              <ButtonLink
                href={portalPath(portalScope, "/links/new", {
                  practice: link.practice.id,
                  from: link.id,
                })}
                icon={<Copy />}
              >
                Create a link like this
              </ButtonLink>
            ) : null}
            {canEdit && link.state === "closed" && link.expiresOn >= today ? (
              <CloseLinkButton scope={portalScope} linkId={link.id} action="reopen" />
            ) : null}
            {canEdit && isClosable(link) ? (
              <CloseLinkButton scope={portalScope} linkId={link.id} action="close" />
            ) : null}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <LinkStatus link={link} today={today}>
          {isBookable(link) ? <ShareLink url={link.url} /> : null}
          {canMessage && isBookable(link) && !link.isHeld ? (
            <div className="mt-3">
              <ButtonLink
                href={portalPath(portalScope, "/messages/new", { link: link.id })}
                prefetch={false}
                icon={<MessageSquare />}
              >
                Send in a message
              </ButtonLink>
            </div>
          ) : null}
          {link.state === "booked" && areAllCancelled ? (
            <p className="mt-1 max-w-prose text-lg font-medium">
              The appointment has since been cancelled. Create another link if the patient still
              needs one.
            </p>
          ) : null}
          {link.state === "pending" ? <PendingRefresh /> : null}
          {isFailedOrUnknown ? (
            <LinkProblem scope={portalScope} link={link} canCreate={canCreate} />
          ) : null}
          {canEdit && link.state === "unknown" ? (
            <ResolveUnknown scope={portalScope} linkId={link.id} />
          ) : null}
        </LinkStatus>
        {link.isHeld && link.patientId ? (
          <Notice
            tone="warning"
            title="This link is on hold"
            action={
              <ButtonLink
                href={portalPath(portalScope, `/patients/${link.practice.id}/${link.patientId}`)}
                prefetch={false}
              >
                Open the patient
              </ButtonLink>
            }
          >
            {link.reason}
          </Notice>
        ) : null}
        {isCreated ? (
          <FoundOnList scope={portalScope} linkId={link.id} events={events} canEdit={canEdit} />
        ) : null}
        {isCreated && link.reason && !link.isHeld ? (
          <Notice tone="warning" title="Could not refresh this link">
            {link.reason}
          </Notice>
        ) : null}
        {canEdit && isBookable(link) && link.kind !== "booking" ? (
          <Notice tone="info" title={`${kindNames[link.kind]}s cannot be edited or closed`}>
            {explainFixedLink(link)}
          </Notice>
        ) : null}
        {isCreated && !hasPractice ? (
          <Notice tone="info" title="Practice disconnected">
            {link.kind === "booking"
              ? "The link still works. Reconnect the practice to change, refresh or close it."
              : "The link still works. Reconnect the practice to refresh it."}
          </Notice>
        ) : null}
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-5">
            {isCreated ? <UsageCard scope={portalScope} link={link} /> : details}
            <LinkAppointments link={link} appointments={appointments} />
            {link.kind === "form" && isCreated ? (
              <RelatedTasks
                scope={portalScope}
                source={{ linkId }}
                description={
                  link.patientId
                    ? "Forms that the patient sent through this link, and tasks about this patient in the practice's inbox in Hero."
                    : "Forms that patients sent through this link, and the tasks that Hero says came from them."
                }
                canRead={canSeeTasks}
                canUpdate={scope.permissions.includes("tasks.update")}
              >
                <FormResponses
                  scope={portalScope}
                  linkId={linkId}
                  responses={formResponses}
                  canShow={canSeeTasks}
                />
              </RelatedTasks>
            ) : null}
            {isBookable(link) ? (
              <SharePanel scope={portalScope} link={link} baseUrls={scope.urls} />
            ) : null}
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            {isCreated ? details : null}
            <LinkHistory events={events} />
          </div>
        </div>
      </div>
    </>
  );
}
