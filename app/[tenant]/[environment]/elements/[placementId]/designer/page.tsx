import type { Metadata } from "next";
import { PlacementDesigner } from "@/components/elements/lazy-forms";
import { PlacementHeader } from "@/components/elements/placement/placement-header";
import { idFromPath } from "@/components/shell/route-ids";
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
  const canManage = permissions.includes("elements.manage");
  return (
    <>
      <PlacementHeader
        scope={portalScope}
        placement={placement}
        current="Designer"
        canManage={canManage}
      />
      <PlacementDesigner
        scope={portalScope}
        placement={placement}
        elementsOrigin={urls.elements}
        canManage={canManage}
        canUse={permissions.includes("element_sessions.create")}
      />
    </>
  );
}
