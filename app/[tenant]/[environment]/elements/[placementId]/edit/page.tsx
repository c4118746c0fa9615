import type { Metadata } from "next";
import { PlacementForm } from "@/components/elements/lazy-forms";
import { idFromPath } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  requirePortalPage,
  orNotFoundPage,
  loadPlacement,
  titleOf,
} from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = { params: Promise<{ tenant: string; environment: string; placementId: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  return titleOf(loadPlacement(portal, placementId), ({ name }) => `Edit – ${name} – Elements`);
}

export default async function EditPlacementPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  const [placement, connected] = await Promise.all([
    orNotFoundPage(loadPlacement(portal, placementId)),
    portal.practices.options(),
  ]);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <>
      <PageHeader
        title="Edit placement"
        description="Open pages pick up changes when they next renew."
        back={{ href: portalPath(portalScope, `/elements/${placement.id}`), label: placement.name }}
      />
      {scope.permissions.includes("elements.manage") ? (
        <PlacementForm
          scope={portalScope}
          practices={[
            ...placement.practices.filter(({ isConnected }) => !isConnected),
            ...connected.map((practice) => ({ ...practice, isConnected: true })),
          ]}
          placement={placement}
        />
      ) : (
        <Notice tone="info" title="You do not have permission to edit placements">
          {whoCan("elements.manage")}
        </Notice>
      )}
    </>
  );
}
