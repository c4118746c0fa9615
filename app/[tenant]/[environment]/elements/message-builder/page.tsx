import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { AssignedElementList } from "@/components/elements/catalogue/assigned-element-list";
import { PracticePicker } from "@/components/elements/practice-picker";
import { MessageBuilder } from "@/components/elements/message-builder/message-builder";
import { whoUsesElements } from "@/components/elements/labels";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { environmentNames } from "@/server/schemas/environments";
import type { PracticeOption } from "@/server/schemas/practices";
import { requirePortalPage, resultOrMessage, type Portal } from "@/server/portal/page-caller";

export const metadata: Metadata = {
  title: "Message Builder",
  // No phone turns an NHS number into something to call.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function MessageBuilderPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const requestedPracticeId = idFromQuery((await searchParams).practice);
  const practices = await portal.practices.options();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
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
        href: portalPath(portalScope, "/elements", { practice: practice?.id }),
        label: "Elements",
      }}
    />
  );
  if (!scope.permissions.includes("element_sessions.create")) {
    return (
      <>
        {header}
        <Notice tone="info" title="Your role does not use elements">
          {whoUsesElements}
        </Notice>
      </>
    );
  }
  const canConnect = scope.permissions.includes("practices.manage");
  return (
    <>
      {header}
      {practices.length === 0 ? (
        <NoPractices scope={portalScope} canConnect={canConnect}>
          The Message Builder writes to patients of a practice.
        </NoPractices>
      ) : (
        <div className="flex flex-col gap-6">
          {onlyPractice ? null : (
            <PracticePicker
              action={portalPath(portalScope, "/elements/message-builder")}
              label="Practice"
              practices={practices}
              practiceId={practice?.id}
            />
          )}
          {practice ? (
            <Suspense key={practice.id} fallback={<MessageBuilderSkeleton />}>
              <AvailableMessageBuilder
                portal={portal}
                scope={portalScope}
                practice={practice}
                elementsOrigin={scope.urls.elements}
              />
            </Suspense>
          ) : null}
        </div>
      )}
    </>
  );
}

type AvailableMessageBuilderProps = {
  portal: Portal;
  scope: PortalScope;
  practice: PracticeOption;
  elementsOrigin: string;
};

/** The element where Hero has assigned it, or why it is not offered. */
async function AvailableMessageBuilder({
  portal,
  scope,
  practice,
  elementsOrigin,
}: AvailableMessageBuilderProps) {
  const { result: assigned, message } = await resultOrMessage(
    portal.elements.listForPractice({ practiceId: practice.id }),
  );
  if (!assigned) {
    return (
      <Failure
        title="Hero's list could not be read"
        retry={portalPath(scope, "/elements/message-builder", { practice: practice.id })}
      >
        {message} Whether {practice.name} has the Message Builder is not known just now.
      </Failure>
    );
  }
  if (assigned.items.length === 0)
    return <AssignedElementList practiceName={practice.name} items={[]} />;
  const isAssigned = assigned.items.some(({ tag }) => tag === "hh-message-builder");
  return (
    <>
      {isAssigned ? null : (
        <div className="max-w-3xl">
          <Notice tone="warning" title="It may not be there for this practice">
            Hero has assigned only elements that the portal does not know to {practice.name}.
          </Notice>
        </div>
      )}
      <MessageBuilder
        key={practice.id}
        scope={scope}
        practice={practice}
        elementsOrigin={elementsOrigin}
      />
    </>
  );
}

function MessageBuilderSkeleton() {
  return (
    <div aria-busy="true" className="max-w-3xl">
      <p role="status" className="mb-3 text-muted">
        Asking Hero whether the practice has it…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
