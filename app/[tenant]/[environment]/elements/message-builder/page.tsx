import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { AssignedElementList } from "@/components/elements/catalogue/assigned-element-list";
import { PracticePicker } from "@/components/elements/practice-picker";
import { MessageBuilder } from "@/components/elements/message-builder/message-builder";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { environmentNames } from "@/server/schemas/environment-names";
import type { PracticeOption } from "@/server/schemas/practices";
import { requirePortalPage, resultOrMessage, type Portal } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = {
  title: "Message Builder – Elements",
  // Phones must not turn NHS numbers into phone links.
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
          Send a message to a patient
          {practice ? (
            <>
              {" "}
              of <strong className="text-ink">{practice.name}</strong>
            </>
          ) : null}
          , in <strong className="text-ink">{environmentNames[scope.environment]}</strong>. Messages
          sent here are not reviewed, approved or listed by the portal.
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
        <Notice tone="info" title="You do not have permission to use elements">
          {whoCan("element_sessions.create")}
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
          Use the Message Builder to message a practice's patients.
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
        title="Could not load elements from Hero"
        retry={portalPath(scope, "/elements/message-builder", { practice: practice.id })}
      >
        {message} We do not know whether {practice.name} has the Message Builder.
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
          <Notice tone="warning" title="Message Builder may not be available">
            The portal does not recognise any element that Hero has assigned to {practice.name}.
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
        Checking with Hero…
      </p>
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}
