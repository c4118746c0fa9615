import type { Metadata } from "next";
import Link from "next/link";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Card, CardHeader } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { EventSendings } from "@/components/webhooks/events/event-sendings";
import { eventLabel } from "@/components/webhooks/events/labels";
import { loadEvent, orNotFoundPage, requirePortalPage, titleOf } from "@/server/portal/page-caller";

type PageProps = { params: Promise<{ tenant: string; environment: string; eventId: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const eventId = idFromPath((await params).eventId);
  return titleOf(loadEvent(portal, eventId), ({ type }) => `${eventLabel(type)} – Webhooks`);
}

export default async function EventPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const event = await orNotFoundPage(loadEvent(portal, idFromPath((await params).eventId)));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const { linkId } = event.data;

  return (
    <>
      <LiveRefresh topics={["destinations"]} position={scope.livePosition} />
      <PageHeader
        title={eventLabel(event.type)}
        back={{ href: portalPath(portalScope, "/webhooks/events"), label: "Events" }}
      />
      <div className="flex min-w-0 flex-col gap-5">
        <Card>
          <DescriptionList>
            <DescriptionItem term="Event ID">
              <Identifier value={event.id} label="Copy event ID" />
            </DescriptionItem>
            <DescriptionItem term="Type">
              <code className="font-mono wrap-anywhere">{event.type}</code>
            </DescriptionItem>
            <DescriptionItem term="Time">
              <Timestamp iso={event.occurredAt} />
            </DescriptionItem>
            <DescriptionItem term="Practice">{event.practice?.name ?? "None"}</DescriptionItem>
            {typeof linkId === "string" ? (
              <DescriptionItem term="Link">
                <Link href={portalPath(portalScope, `/links/${linkId}`)} className="link">
                  Open the link
                </Link>
              </DescriptionItem>
            ) : null}
          </DescriptionList>
        </Card>
        <Card aria-labelledby="data">
          <CardHeader id="data" title="Data" />
          <CodeBlock
            caption="As sent and as returned by the API"
            title="event data"
            code={JSON.stringify(event.data, null, 2)}
          />
        </Card>
        <Card aria-labelledby="sendings">
          <CardHeader id="sendings" title="Destinations" />
          <EventSendings scope={portalScope} sendings={event.sendings} />
        </Card>
      </div>
    </>
  );
}
