import { Palette, Pencil, SearchCheck } from "lucide-react";
import type { Metadata } from "next";
import { PlacementDetails } from "@/components/elements/placement/placement-details";
import { ReportChart } from "@/components/elements/placement/report-chart";
import { PlacementStateBadge } from "@/components/elements/placement/placement-state-badge";
import { SwitchCard } from "@/components/elements/placement/switch-card";
import { elementName } from "@/components/elements/element-name";
import { idFromPath } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
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
      <PageHeader
        title={placement.name}
        badge={<PlacementStateBadge isOn={placement.isOn} />}
        description={`Placement of the ${elementName(placement.element)}.`}
        back={{ href: portalPath(portalScope, "/elements"), label: "Elements" }}
        actions={
          <>
            <ButtonLink
              href={portalPath(portalScope, "/elements/checker", { placement: placement.id })}
              variant="quiet"
              icon={<SearchCheck />}
            >
              Embed checker
            </ButtonLink>
            {canManage ? (
              <ButtonLink
                href={portalPath(portalScope, `/elements/${placement.id}/edit`)}
                icon={<Pencil />}
              >
                Edit
              </ButtonLink>
            ) : null}
            <ButtonLink
              href={portalPath(portalScope, `/elements/${placement.id}/designer`)}
              variant="primary"
              icon={<Palette />}
            >
              Designer
            </ButtonLink>
          </>
        }
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
