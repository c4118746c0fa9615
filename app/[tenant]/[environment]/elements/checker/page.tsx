import type { Metadata } from "next";
import { EmbedChecker } from "@/components/elements/lazy-forms";
import { portalPath } from "@/components/shell/portal-path";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Embed checker – Elements" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function EmbedCheckerPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const placements = await portal.placements.list();
  const { placement } = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <>
      <PageHeader
        title="Embed checker"
        back={{ href: portalPath(portalScope, "/elements"), label: "Elements" }}
        description="Find out why an element is not working on your page, and how to fix it."
      />
      <EmbedChecker
        addresses={scope.urls}
        environment={scope.environment}
        placements={placements}
        initialPlacementId={placements.find(({ id }) => id === placement)?.id}
      />
    </>
  );
}
