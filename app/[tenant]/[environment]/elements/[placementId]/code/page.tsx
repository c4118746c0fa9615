import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CodeSnippets } from "@/components/elements/designer/code-snippets";
import { PlacementHeader } from "@/components/elements/placement/placement-header";
import { PracticePicker } from "@/components/elements/practice-picker";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import {
  requirePortalPage,
  orNotFoundPage,
  loadPlacement,
  titleOf,
} from "@/server/portal/page-caller";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; placementId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  return titleOf(loadPlacement(portal, placementId), ({ name }) => `Code – ${name} – Elements`);
}

export default async function PlacementCodePage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const placementId = idFromPath((await params).placementId);
  const practiceId = idFromQuery((await searchParams).practice);
  const placement = await orNotFoundPage(loadPlacement(portal, placementId));
  const { urls, environment, permissions } = scope;
  const portalScope = { tenant: scope.tenant.slug, environment };
  const practices = placement.practices.filter(({ isConnected }) => isConnected);
  const practice = practiceId
    ? (practices.find(({ id }) => id === practiceId) ?? notFound())
    : practices[0];
  return (
    <>
      <PlacementHeader
        scope={portalScope}
        placement={placement}
        current="Code"
        canManage={permissions.includes("elements.manage")}
      />
      <section aria-labelledby="code" className="flex flex-col gap-6">
        <h2 id="code" className="sr-only">
          Code
        </h2>
        {practices.length > 1 ? (
          <PracticePicker
            action={portalPath(portalScope, `/elements/${placement.id}/code`)}
            label="Practice"
            practices={practices}
            practiceId={practice?.id}
          />
        ) : null}
        <CodeSnippets
          config={{
            portal: urls.portal,
            elementsOrigin: urls.elements,
            placementId: placement.id,
            environment,
            scriptHost: urls.scripts,
            heroApi: new URL(urls.hero).origin,
            practiceGroupId: practice?.practiceGroupId ?? "PRACTICE_GROUP_ID",
          }}
        />
      </section>
    </>
  );
}
