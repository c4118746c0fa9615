import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { AssignedList } from "@/components/elements/catalogue/assigned-list";
import { PracticePicker } from "@/components/elements/practice-picker";
import { UseBuilder } from "@/components/elements/use/use-builder";
import { whoUsesElements } from "@/components/elements/words";
import { whoManagesPractices } from "@/components/practices/words";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { environmentNames } from "@/server/schemas/environments";
import type { PracticeOption } from "@/server/schemas/practices";
import { openPortal, orReason, type Portal } from "@/server/trpc/caller";

export const metadata: Metadata = {
  title: "Message Builder",
  // No phone turns an NHS number into something to call.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function UseElementPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const wantedId = idInAddress((await searchParams).practice);
  const practices = await portal.practices.options();
  const only = practices.length === 1 ? practices[0] : undefined;
  const practice = wantedId ? (practices.find(({ id }) => id === wantedId) ?? notFound()) : only;
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="Message Builder"
      description={
        <>
          Hero's own element for writing to a patient
          {practice ? (
            <>
              {" "}
              of <strong className="text-ink">{practice.name}</strong>
            </>
          ) : null}
          , in <strong className="text-ink">{environmentNames[scope.environment]}</strong>.
        </>
      }
      back={{
        href: portalPath(place, "/elements", { practice: practice?.id }),
        label: "Elements",
      }}
    />
  );
  if (!scope.can.includes("element_sessions.create")) {
    return (
      <>
        {header}
        <Notice tone="info" title="Your role does not use elements">
          {whoUsesElements}
        </Notice>
      </>
    );
  }
  const canConnect = scope.can.includes("practices.manage");
  return (
    <>
      {header}
      {practices.length === 0 ? (
        <EmptyState
          title="Connect a practice first"
          action={
            canConnect ? (
              <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary">
                Connect a practice
              </ButtonLink>
            ) : null
          }
          doc={canConnect ? null : whoManagesPractices}
        >
          The Message Builder writes to patients of a practice.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-6">
          {only ? null : (
            <PracticePicker
              action={portalPath(place, "/elements/use")}
              label="Practice"
              practices={practices}
              practiceId={practice?.id}
            />
          )}
          {practice ? (
            <Suspense key={practice.id} fallback={<Looking />}>
              <Offered
                portal={portal}
                place={place}
                practice={practice}
                elementsOrigin={scope.addresses.elements}
              />
            </Suspense>
          ) : null}
        </div>
      )}
    </>
  );
}

type OfferedProps = {
  portal: Portal;
  place: Place;
  practice: PracticeOption;
  elementsOrigin: string;
};

/** The element where Hero has assigned it, or why it is not offered. */
async function Offered({ portal, place, practice, elementsOrigin }: OfferedProps) {
  const { result: assigned, reason } = await orReason(
    portal.elements.ofPractice({ practiceId: practice.id }),
  );
  if (!assigned) {
    return (
      <Failure
        title="Hero's list could not be read"
        retry={portalPath(place, "/elements/use", { practice: practice.id })}
      >
        {reason} Whether {practice.name} has the Message Builder is not known just now.
      </Failure>
    );
  }
  if (assigned.items.length === 0) return <AssignedList practiceName={practice.name} items={[]} />;
  const isKnown = assigned.items.some(({ tag }) => tag === "hh-message-builder");
  return (
    <>
      {isKnown ? null : (
        <div className="max-w-3xl">
          <Notice tone="warning" title="It may not be there for this practice">
            Hero has assigned only elements that the portal does not know to {practice.name}.
          </Notice>
        </div>
      )}
      <UseBuilder
        key={practice.id}
        place={place}
        practice={practice}
        elementsOrigin={elementsOrigin}
      />
    </>
  );
}

function Looking() {
  return (
    <div aria-busy="true" className="max-w-3xl">
      <p role="status" className="mb-3 text-muted">
        Asking Hero whether the practice has it…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
