import type { Metadata } from "next";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { DestinationForm } from "@/components/webhooks/destinations/lazy-form";
import { requirePortalPage } from "@/server/portal/page-caller";
import { environmentNames } from "@/server/schemas/environment-names";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "New destination – Webhooks" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function NewDestinationPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="New destination"
      description={
        <>
          An address of your system that receives events from{" "}
          <strong className="text-ink">{environmentNames[scope.environment]}</strong>.
        </>
      }
      back={{ href: portalPath(portalScope, "/webhooks/destinations"), label: "Destinations" }}
    />
  );
  if (!scope.permissions.includes("webhooks.manage")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to add destinations">
          {whoCan("webhooks.manage")}
        </Notice>
      </>
    );
  }
  const practices = await portal.practices.options();
  return (
    <>
      {header}
      <DestinationForm
        scope={portalScope}
        practices={practices.map((practice) => ({ ...practice, isConnected: true }))}
        destination={null}
      />
    </>
  );
}
