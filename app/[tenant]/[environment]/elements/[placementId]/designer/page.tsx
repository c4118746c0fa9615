import { SearchCheck } from "lucide-react";
import type { Metadata } from "next";
import { PlacementDesigner } from "@/components/elements/lazy-forms";
import { elementName } from "@/components/elements/element-name";
import { idFromPath } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import {
  requirePortalPage,
  orNotFoundPage,
  loadPlacement,
  titleOf,
} from "@/server/portal/page-caller";

type PageProps = { params: Promise<{ tenant: string; environment: string; placementId: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  return titleOf(loadPlacement(portal, placementId), ({ name }) => `Designer – ${name} – Elements`);
}

export default async function DesignerPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  const placement = await orNotFoundPage(loadPlacement(portal, placementId));
  const { urls, environment, permissions } = scope;
  const portalScope = { tenant: scope.tenant.slug, environment };
  return (
    <>
      <PageHeader
        title="Placement designer"
        description={`Change how the ${elementName(placement.element)} looks, and copy the code to embed it.`}
        back={{ href: portalPath(portalScope, `/elements/${placement.id}`), label: placement.name }}
        actions={
          <ButtonLink
            href={portalPath(portalScope, "/elements/checker", { placement: placement.id })}
            variant="quiet"
            icon={<SearchCheck />}
          >
            Embed checker
          </ButtonLink>
        }
      />
      <PlacementDesigner
        scope={portalScope}
        placement={placement}
        config={{
          portal: urls.portal,
          elementsOrigin: urls.elements,
          placementId: placement.id,
          environment,
          scriptHost: urls.scripts,
          heroApi: new URL(urls.hero).origin,
        }}
        canManage={permissions.includes("elements.manage")}
        canUse={permissions.includes("element_sessions.create")}
      />
    </>
  );
}
