import { Blocks } from "lucide-react";
import type { Metadata } from "next";
import { PlacementForm } from "@/components/elements/lazy-forms";
import { portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "New placement – Elements" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function NewPlacementPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="New placement"
      description={
        <>
          A place in your product that shows an element, in{" "}
          <strong className="text-ink">{environmentNames[scope.environment]}</strong>.
        </>
      }
      back={{ href: portalPath(portalScope, "/elements"), label: "Elements" }}
    />
  );
  if (!scope.permissions.includes("elements.manage")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to create placements">
          {whoCan("elements.manage")}
        </Notice>
      </>
    );
  }
  const practices = await portal.practices.options();
  return (
    <>
      {header}
      {practices.length > 0 ? (
        <PlacementForm
          scope={portalScope}
          practices={practices.map((practice) => ({ ...practice, isConnected: true }))}
          placement={null}
        />
      ) : (
        <NoPractices scope={portalScope} canConnect icon={<Blocks />}>
          Elements work on behalf of a practice.
        </NoPractices>
      )}
    </>
  );
}
