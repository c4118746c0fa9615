import type { Metadata } from "next";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { DestinationForm } from "@/components/webhooks/destinations/lazy-form";
import {
  loadDestination,
  orNotFoundPage,
  requirePortalPage,
  titleOf,
} from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; destinationId: string }>;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const destinationId = idFromPath((await params).destinationId);
  return titleOf(loadDestination(portal, destinationId), ({ name }) => `Edit ${name} – Webhooks`);
}

export default async function EditDestinationPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const destinationId = idFromPath((await params).destinationId);
  const destination = await orNotFoundPage(loadDestination(portal, destinationId));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title={`Edit ${destination.name}`}
      description="Events that are waiting are sent to the new address."
      back={{
        href: portalPath(portalScope, `/webhooks/destinations/${destinationId}`),
        label: destination.name,
      }}
    />
  );
  if (!scope.permissions.includes("webhooks.manage")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to change destinations">
          {whoCan("webhooks.manage")}
        </Notice>
      </>
    );
  }
  const connected = await portal.practices.options();
  const connectedIds = new Set(connected.map(({ id }) => id));
  const disconnected = destination.practices.filter(({ id }) => !connectedIds.has(id));
  return (
    <>
      {header}
      <DestinationForm
        scope={portalScope}
        practices={[
          ...connected.map((practice) => ({ ...practice, isConnected: true })),
          ...disconnected.map((practice) => ({
            ...practice,
            practiceGroupId: "",
            isConnected: false,
          })),
        ]}
        destination={destination}
      />
    </>
  );
}
