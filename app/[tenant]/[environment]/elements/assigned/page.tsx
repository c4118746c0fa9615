import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { AssignedElementList } from "@/components/elements/catalogue/assigned-element-list";
import { ElementsTabs } from "@/components/elements/elements-tabs";
import { PracticePicker } from "@/components/elements/practice-picker";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Failure } from "@/components/ui/failure";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import type { PracticeOption } from "@/server/schemas/practices";
import { requirePortalPage, resultOrMessage, type Portal } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Assigned elements – Elements" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function AssignedElementsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const requestedPracticeId = idFromQuery((await searchParams).practice);
  const practices = await portal.practices.options();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };

  return (
    <>
      <PageHeader
        title="Elements"
        description="Hero assigns elements to each practice. This list is read from Hero each time."
      />
      <ElementsTabs scope={portalScope} current="Assigned elements" />
      <section aria-labelledby="assigned" className="flex flex-col gap-4">
        <h2 id="assigned" className="sr-only">
          Assigned elements
        </h2>
        {practices.length > 0 ? (
          <>
            {onlyPractice ? null : (
              <PracticePicker
                action={portalPath(portalScope, "/elements/assigned")}
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
          </>
        ) : (
          <NoPractices
            scope={portalScope}
            canConnect={scope.permissions.includes("practices.manage")}
          >
            Elements work on behalf of a practice.
          </NoPractices>
        )}
      </section>
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
      retry={portalPath(scope, "/elements/assigned", { practice: practice.id })}
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
