import type { Metadata } from "next";
import { PlacementDetails } from "@/components/elements/placement/placement-details";
import { PlacementHeader } from "@/components/elements/placement/placement-header";
import { ReportChart } from "@/components/elements/placement/report-chart";
import { SwitchCard } from "@/components/elements/placement/switch-card";
import { idFromPath } from "@/components/shell/route-ids";
import { Card, CardHeader } from "@/components/ui/card";
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
  return titleOf(loadPlacement(portal, placementId), ({ name }) => `${name} – Elements`);
}

export default async function PlacementPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  const [placement, days] = await Promise.all([
    orNotFoundPage(loadPlacement(portal, placementId)),
    orNotFoundPage(portal.placements.listReports({ placementId })),
  ]);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.permissions.includes("elements.manage");

  return (
    <>
      <PlacementHeader
        scope={portalScope}
        placement={placement}
        current="Overview"
        canManage={canManage}
      />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="lg:order-last">
          <SwitchCard scope={portalScope} placement={placement} canManage={canManage} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <PlacementDetails scope={portalScope} placement={placement} />
          <Card aria-labelledby="reports">
            <CardHeader
              id="reports"
              title="Error reports"
              description="Problems reported in the last 14 days. Reports hold no page or patient details and are not verified."
              className="mb-2"
            />
            <ReportChart days={days} />
          </Card>
        </div>
      </div>
    </>
  );
}
