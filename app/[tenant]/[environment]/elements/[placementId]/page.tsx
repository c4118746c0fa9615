import { Palette, Pencil, Stethoscope } from "lucide-react";
import type { Metadata } from "next";
import { PlacementFacts } from "@/components/elements/placement/placement-facts";
import { ReportChart } from "@/components/elements/placement/report-chart";
import { StateBadge } from "@/components/elements/placement/state-badge";
import { SwitchCard } from "@/components/elements/placement/switch-card";
import { elementName } from "@/components/elements/element-name";
import { idInPath } from "@/components/shell/id-in-address";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Placement" };

type PageProps = { params: Promise<{ tenant: string; environment: string; placementId: string }> };

export default async function PlacementPage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const placementId = idInPath((await params).placementId);
  const [placement, days] = await Promise.all([
    orNotFound(portal.placements.get({ placementId })),
    orNotFound(portal.placements.reports({ placementId })),
  ]);
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.can.includes("elements.manage");

  return (
    <>
      <PageHeader
        title={placement.name}
        badge={<StateBadge isOn={placement.isOn} />}
        description={`A placement of the ${elementName(placement.element)}.`}
        back={{ href: portalPath(place, "/elements"), label: "Elements" }}
        actions={
          <>
            <ButtonLink
              href={portalPath(place, "/elements/doctor", { placement: placement.id })}
              variant="quiet"
              icon={<Stethoscope />}
            >
              Embed doctor
            </ButtonLink>
            {canManage ? (
              <ButtonLink
                href={portalPath(place, `/elements/${placement.id}/edit`)}
                icon={<Pencil />}
              >
                Edit
              </ButtonLink>
            ) : null}
            <ButtonLink
              href={portalPath(place, `/elements/${placement.id}/studio`)}
              variant="primary"
              icon={<Palette />}
            >
              Studio
            </ButtonLink>
          </>
        }
      />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="lg:order-last">
          <SwitchCard place={place} placement={placement} canManage={canManage} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <PlacementFacts place={place} placement={placement} />
          <Card aria-labelledby="reports">
            <CardHeader
              id="reports"
              title="What pages report"
              description="Troubles of the last 14 days, as the loader told them: a code and nothing of the page or the patient. Anybody could send one, so take them as hints."
              className="mb-2"
            />
            <ReportChart days={days} />
          </Card>
        </div>
      </div>
    </>
  );
}
