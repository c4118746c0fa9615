import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NewestPager } from "@/components/ui/newest-pager";
import { PageHeader } from "@/components/ui/page-header";
import { DeliveryAttention } from "@/components/webhooks/deliveries/delivery-attention";
import { DeliveryFilters } from "@/components/webhooks/deliveries/delivery-filters";
import { DeliveryList } from "@/components/webhooks/deliveries/delivery-list";
import { parseDeliveryQuery } from "@/components/webhooks/deliveries/delivery-query";
import { WebhooksTabs } from "@/components/webhooks/webhooks-tabs";
import { ReplaySince } from "@/components/webhooks/deliveries/replay-since";
import { requirePortalPage } from "@/server/portal/page-caller";
import { heroEventTypeNames } from "@/server/schemas/event-catalogue";

export const metadata: Metadata = { title: "Deliveries – Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function DeliveriesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const pageQuery = await searchParams;
  const practiceId = idFromQuery(pageQuery.practice);
  const { filters, state, cursor, query } = parseDeliveryQuery(pageQuery, practiceId);
  const [page, causes] = await Promise.all([
    portal.deliveries.list({ ...filters, state, cursor }),
    // Shown above the newest deliveries, not above those that a person asked for.
    state || cursor ? [] : portal.deliveries.attention(filters),
  ]);
  const newest = portalPath(portalScope, "/webhooks/deliveries", query);
  const isFiltered = Boolean(state || query.type || query.late || query.period);

  return (
    <>
      <LiveRefresh topics={["deliveries"]} position={scope.livePosition} />
      <PageHeader
        title="Deliveries"
        density="compact"
        description="Requests from Hero with a valid signature, newest first."
        actions={scope.permissions.includes("webhooks.manage") ? <ReplaySince /> : null}
      />
      <WebhooksTabs scope={portalScope} current="Deliveries" practiceId={practiceId} />
      <DeliveryAttention scope={portalScope} query={query} causes={causes} />
      <DeliveryFilters
        key={JSON.stringify(query)}
        scope={portalScope}
        query={query}
        eventTypes={heroEventTypeNames}
      />
      {page.items.length > 0 ? (
        <DeliveryList scope={portalScope} practiceId={practiceId} deliveries={page.items} />
      ) : (
        <EmptyState
          icon={<Inbox />}
          title={
            cursor
              ? "No older deliveries"
              : isFiltered
                ? "No deliveries match"
                : "No deliveries yet"
          }
          action={
            cursor || isFiltered ? (
              <ButtonLink
                href={portalPath(portalScope, "/webhooks/deliveries", { practice: practiceId })}
              >
                {cursor ? "Newest deliveries" : "Clear the filters"}
              </ButtonLink>
            ) : null
          }
        >
          Each request from Hero appears here within seconds.
        </EmptyState>
      )}
      <NewestPager
        label="Delivery pages"
        newest={cursor && page.items.length > 0 ? newest : undefined}
        older={
          page.nextCursor
            ? portalPath(portalScope, "/webhooks/deliveries", {
                ...query,
                cursor: page.nextCursor,
              })
            : undefined
        }
      />
    </>
  );
}
