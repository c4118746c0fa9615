import type { Metadata } from "next";
import { DoctorDesk } from "@/components/elements/doctor/doctor-desk";
import { portalPath } from "@/components/shell/portal-path";
import { PageHeader } from "@/components/ui/page-header";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Embed doctor" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function DoctorPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const placements = await portal.placements.list();
  const { placement } = await searchParams;
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <>
      <PageHeader
        title="Embed doctor"
        back={{ href: portalPath(place, "/elements"), label: "Elements" }}
        description="Says what keeps an element from working in a page, and the line that mends it."
      />
      <DoctorDesk
        addresses={scope.addresses}
        environment={scope.environment}
        placements={placements}
        chosenId={placements.find(({ id }) => id === placement)?.id}
      />
    </>
  );
}
