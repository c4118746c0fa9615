import { Blocks, MessageSquarePlus, Plus, SearchCheck } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { AssignedElementList } from "@/components/elements/catalogue/assigned-element-list";
import { PlacementList } from "@/components/elements/placement/placement-list";
import { PracticePicker } from "@/components/elements/practice-picker";
import { ScriptMonitor } from "@/components/elements/script-monitor";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Failure } from "@/components/ui/failure";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { environmentNames } from "@/server/schemas/environment-names";
import type { PracticeOption } from "@/server/schemas/practices";
import { requirePortalPage, resultOrMessage, type Portal } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Elements" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function ElementsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const requestedPracticeId = idFromQuery((await searchParams).practice);
  const [placements, practices, scripts] = await Promise.all([
    portal.placements.list(),
    portal.practices.options(),
    portal.elements.listScripts(),
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
      <div className="flex flex-col gap-10">
        <section aria-labelledby="placements">
          <h2 id="placements" className="mb-3 text-xl font-semibold">
            Placements
          </h2>
          {placements.length > 0 ? (
            <>
              <PlacementList scope={portalScope} placements={placements} />
              {canManage ? null : (
                <p className="mt-3 text-sm text-muted">{whoCan("elements.manage")}</p>
              )}
            </>
          ) : (
            <EmptyState
              icon={<Blocks />}
              title="No placements yet"
              action={canManage && practices.length > 0 ? newPlacement : null}
              doc={canManage ? null : whoCan("elements.manage")}
            >
              Create one for each place you embed an element, so you can turn each off separately.
            </EmptyState>
          )}
        </section>
        <section aria-labelledby="catalogue">
          <h2 id="catalogue" className="text-xl font-semibold">
            Assigned elements
          </h2>
          <p className="mt-0.5 mb-4 max-w-prose text-muted">
            Hero assigns elements to each practice. This list is read from Hero each time.
          </p>
          {practices.length > 0 ? (
            <div className="flex flex-col gap-4">
              {onlyPractice ? null : (
                <PracticePicker
                  action={portalPath(portalScope, "/elements")}
                  label="Practice"
                  practices={practices}
                  practiceId={practice?.id}
                />
              )}
              {practice ? (
                <Suspense key={practice.id} fallback={<ListSkeleton />}>
                  <AssignedElements portal={portal} scope={portalScope} practice={practice} />
                </Suspense>
              ) : null}
            </div>
          ) : (
            <NoPractices
              scope={portalScope}
              canConnect={scope.permissions.includes("practices.manage")}
            >
              Elements work on behalf of a practice.
            </NoPractices>
          )}
        </section>
        <ScriptMonitor scope={portalScope} scripts={scripts} canManage={canManage} />
      </div>
    </>
  );
}

type AssignedElementsProps = { portal: Portal; scope: PortalScope; practice: PracticeOption };

async function AssignedElements({ portal, scope, practice }: AssignedElementsProps) {
  const { result: assigned, message } = await resultOrMessage(
    portal.elements.listForPractice({ practiceId: practice.id }),
  );
  return assigned ? (
    <AssignedElementList practiceName={practice.name} items={assigned.items} />
  ) : (
    <Failure
      title="Could not load elements from Hero"
      retry={portalPath(scope, "/elements", { practice: practice.id })}
    >
      {message} Placements are not affected.
    </Failure>
  );
}

function ListSkeleton() {
  return (
    <div aria-busy="true">
      <p role="status" className="mb-3 text-muted">
        Loading elements from Hero…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
