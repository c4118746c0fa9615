import { Stethoscope } from "lucide-react";
import type { Metadata } from "next";
import { Studio } from "@/components/elements/studio/studio";
import { elementName } from "@/components/elements/element-name";
import { idInPath } from "@/components/shell/id-in-address";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Studio" };

type PageProps = { params: Promise<{ tenant: string; environment: string; placementId: string }> };

export default async function StudioPage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const placementId = idInPath((await params).placementId);
  const placement = await orNotFound(portal.placements.get({ placementId }));
  const { addresses, environment, can } = scope;
  const place = { tenant: scope.tenant.slug, environment };
  return (
    <>
      <PageHeader
        title="Studio"
        description={`How the ${elementName(placement.element)} looks in this placement, and the code that puts it into your product.`}
        back={{ href: portalPath(place, `/elements/${placement.id}`), label: placement.name }}
        actions={
          <ButtonLink
            href={portalPath(place, "/elements/doctor", { placement: placement.id })}
            variant="quiet"
            icon={<Stethoscope />}
          >
            Embed doctor
          </ButtonLink>
        }
      />
      <Studio
        place={place}
        placement={placement}
        facts={{
          portal: addresses.portal,
          elementsOrigin: addresses.elements,
          placementId: placement.id,
          environment,
          scriptHost: addresses.scripts,
          heroApi: new URL(addresses.hero).origin,
        }}
        canManage={can.includes("elements.manage")}
        canUse={can.includes("element_sessions.create")}
      />
    </>
  );
}
