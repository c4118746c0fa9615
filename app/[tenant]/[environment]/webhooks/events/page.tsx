import { Radio } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NewestPager } from "@/components/ui/newest-pager";
import { PageHeader } from "@/components/ui/page-header";
import { EventFilter } from "@/components/webhooks/events/event-filter";
import { EventList } from "@/components/webhooks/events/event-list";
import { WebhooksTabs } from "@/components/webhooks/webhooks-tabs";
import { requirePortalPage } from "@/server/portal/page-caller";
import { environmentNames } from "@/server/schemas/environment-names";
import { eventType } from "@/server/schemas/event-types";

export const metadata: Metadata = { title: "Events – Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function EventsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const practiceId = idFromQuery(query.practice);
  const cursor = idFromQuery(query.cursor);
  // A type that is not known shows every type.
  const type = eventType.safeParse(query.type).data;
  const page = await portal.events.list({ type, practiceId, cursor });
  const filters = { practice: practiceId, type };
  const newest = portalPath(portalScope, "/webhooks/events", filters);

  return (
    <>
      {/* An event is recorded together with a change of one of these. */}
      <LiveRefresh
        topics={["links", "bulk_uploads", "deliveries", "practices"]}
        position={scope.livePosition}
      />
      <PageHeader
        title="Events"
        description={`What your systems can receive from ${environmentNames[scope.environment]}, newest first. Events are kept for 90 days.`}
        actions={
          <ButtonLink href={portalPath(portalScope, "/webhooks/events/types")}>
            Event types
          </ButtonLink>
        }
      />
      <WebhooksTabs scope={portalScope} current="Events" practiceId={practiceId} />
      <EventFilter scope={portalScope} type={type} practiceId={practiceId} />
      {page.items.length > 0 ? (
        <EventList scope={portalScope} events={page.items} />
      ) : (
        <EmptyState
          icon={<Radio />}
          title={cursor ? "No older events" : type ? "No events of this type" : "No events yet"}
          action={
            cursor || type ? (
              <ButtonLink
                href={
                  cursor
                    ? newest
                    : portalPath(portalScope, "/webhooks/events", { practice: practiceId })
                }
              >
                {cursor ? "Newest events" : "All types"}
              </ButtonLink>
            ) : null
          }
        >
          An event appears here when a link is created, opened, booked or expires.
        </EmptyState>
      )}
      <NewestPager
        label="Event pages"
        newest={cursor && page.items.length > 0 ? newest : undefined}
        older={
          page.nextCursor
            ? portalPath(portalScope, "/webhooks/events", { ...filters, cursor: page.nextCursor })
            : undefined
        }
      />
    </>
  );
}
