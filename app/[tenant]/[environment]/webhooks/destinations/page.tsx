import { Plus, Send } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { DestinationList } from "@/components/webhooks/destinations/destination-list";
import { WebhooksTabs } from "@/components/webhooks/webhooks-tabs";
import { requirePortalPage } from "@/server/portal/page-caller";
import { environmentNames } from "@/server/schemas/environment-names";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Destinations – Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function DestinationsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practiceId = idFromQuery((await searchParams).practice);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.permissions.includes("webhooks.manage");
  const destinations = await portal.destinations.list();
  const addButton = canManage ? (
    <ButtonLink
      href={portalPath(portalScope, "/webhooks/destinations/new")}
      variant="primary"
      icon={<Plus />}
    >
      Add a destination
    </ButtonLink>
  ) : null;

  return (
    <>
      <LiveRefresh topics={["destinations"]} position={scope.livePosition} />
      <PageHeader
        title="Destinations"
        description={`Your systems that receive events from ${environmentNames[scope.environment]}.`}
        actions={destinations.length > 0 ? addButton : null}
      />
      <WebhooksTabs scope={portalScope} current="Destinations" practiceId={practiceId} />
      {destinations.length > 0 ? (
        <DestinationList scope={portalScope} destinations={destinations} />
      ) : (
        <EmptyState
          icon={<Send />}
          title="No destinations yet"
          action={addButton}
          doc={canManage ? null : whoCan("webhooks.manage")}
        >
          Add the address of your system to receive an event when a link is booked, cancelled or
          expires.
        </EmptyState>
      )}
    </>
  );
}
