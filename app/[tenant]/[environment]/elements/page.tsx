import { Blocks, MessageSquarePlus, Plus, SearchCheck } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ElementsTabs } from "@/components/elements/elements-tabs";
import { PlacementList } from "@/components/elements/placement/placement-list";
import { NoPractices } from "@/components/practices/no-practices";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Elements" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function ElementsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const requestedPracticeId = idFromQuery((await searchParams).practice);
  const [placements, practices] = await Promise.all([
    portal.placements.list(),
    portal.practices.options(),
  ]);
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.permissions.includes("elements.manage");
  const newPlacement = (
    <ButtonLink href={portalPath(portalScope, "/elements/new")} variant="primary" icon={<Plus />}>
      New placement
    </ButtonLink>
  );

  return (
    <>
      <PageHeader
        title="Elements"
        description={
          <>
            Ready-made Hero components to use here or embed in your product. A placement controls
            which pages can show one, and for which practices, in{" "}
            {environmentNames[scope.environment]}.
          </>
        }
        actions={
          <>
            <ButtonLink
              href={portalPath(portalScope, "/elements/checker")}
              variant="quiet"
              icon={<SearchCheck />}
            >
              Embed checker
            </ButtonLink>
            {scope.permissions.includes("element_sessions.create") ? (
              <ButtonLink
                href={portalPath(portalScope, "/elements/message-builder", {
                  practice: practice?.id,
                })}
                icon={<MessageSquarePlus />}
              >
                Use Message Builder
              </ButtonLink>
            ) : null}
            {canManage && placements.length > 0 ? newPlacement : null}
          </>
        }
      />
      <ElementsTabs scope={portalScope} current="Placements" />
      <section aria-labelledby="placements">
        <h2 id="placements" className="sr-only">
          Placements
        </h2>
        {placements.length > 0 ? (
          <>
            <PlacementList scope={portalScope} placements={placements} />
            {canManage ? null : (
              <p className="mt-3 text-sm text-muted">{whoCan("elements.manage")}</p>
            )}
          </>
        ) : practices.length === 0 ? (
          <NoPractices
            scope={portalScope}
            canConnect={scope.permissions.includes("practices.manage")}
            icon={<Blocks />}
          >
            Elements work on behalf of a practice.
          </NoPractices>
        ) : (
          <EmptyState
            icon={<Blocks />}
            title="No placements yet"
            action={canManage ? newPlacement : null}
            doc={canManage ? null : whoCan("elements.manage")}
          >
            Create one for each place you embed an element, so you can turn each off separately.
          </EmptyState>
        )}
      </section>
    </>
  );
}
