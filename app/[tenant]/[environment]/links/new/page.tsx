import { Link2 } from "lucide-react";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Suspense } from "react";
import { ChosenPractice } from "@/components/links/chosen-practice";
import { FormSkeleton } from "@/components/links/form-skeleton";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { proposeLink } from "@/components/links/link-defaults";
import { isNewLinkKind, type NewLinkKind } from "@/components/links/kind-choice";
import { type FormLinkChance, NewLinkForm } from "@/components/links/new-link-form";
import { PracticeChoice } from "@/components/links/practice-choice";
import { describeLogin, whoMakesLinks } from "@/components/links/words";
import { practiceLabel, whoManagesPractices } from "@/components/practices/words";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links";
import type { PracticeView } from "@/server/schemas/practices";
import { openPortal, orNotFound, orReason, type Portal } from "@/server/trpc/caller";

export const metadata: Metadata = {
  title: "New link",
  // No phone turns an NHS number into something to call.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewLinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const query = await searchParams;
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const operationId = idInAddress(query.operation) ?? null;
  if (operationId) {
    const made = await portal.links.findOperation({ operationId });
    if (made) redirect(portalPath(place, `/links/${made.linkId}`));
  }

  const header = (
    <PageHeader
      title="New link"
      back={{
        href: portalPath(place, "/links", { practice: idInAddress(query.practice) }),
        label: "Links",
      }}
    />
  );
  if (!scope.can.includes("links.create")) {
    return (
      <>
        {header}
        <Notice tone="info" title="Your role does not make links">
          {whoMakesLinks}
        </Notice>
      </>
    );
  }

  const kind = isNewLinkKind(query.kind) ? query.kind : null;
  const earlierId = idInAddress(query.from);
  const [practices, earlier] = await Promise.all([
    portal.practices.list(),
    earlierId ? orNotFound(portal.links.get({ linkId: earlierId })) : null,
  ]);
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const wantedId = idInAddress(query.practice) ?? earlier?.practice.id;
  const practice = wantedId
    ? (practices.find(({ id }) => id === wantedId) ?? notFound())
    : onlyPractice;

  return (
    <>
      {header}
      {practice ? (
        <>
          <ChosenPractice
            place={place}
            practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
            canChange={!onlyPractice}
          />
          {practice.reads.some(({ read, isWorking }) => read === "booking_links" && !isWorking) ? (
            <div className="mb-6 max-w-3xl">
              <Notice tone="warning" title="Hero may refuse to make this link">
                The key of {practiceLabel(practice)} could not read booking links when it was last
                tested.
              </Notice>
            </div>
          ) : null}
          <Suspense key={practice.id} fallback={<FormSkeleton />}>
            <LoadedForm
              portal={portal}
              place={place}
              practice={practice}
              operationId={operationId}
              earlier={earlier}
              kind={kind}
            />
          </Suspense>
        </>
      ) : practices.length > 0 ? (
        <PracticeChoice place={place} practices={practices} kind={kind} />
      ) : (
        <EmptyState
          icon={<Link2 />}
          title="Connect a practice first"
          action={
            scope.can.includes("practices.manage") ? (
              <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary">
                Connect a practice
              </ButtonLink>
            ) : null
          }
          doc={scope.can.includes("practices.manage") ? null : whoManagesPractices}
        >
          A link is made for one practice, with its own appointment types and locations.
        </EmptyState>
      )}
    </>
  );
}

type LoadedFormProps = {
  portal: Portal;
  place: Place;
  practice: PracticeView;
  operationId: string | null;
  earlier: LinkView | null;
  kind: NewLinkKind | null;
};

/** What the practice's last test and the links made since say about form links. */
function readChance(reads: PracticeView["reads"]): FormLinkChance {
  const links = reads.find(({ read }) => read === "form_links");
  if (links) return links.isWorking ? "worked" : "refused";
  return reads.some(({ read, isWorking }) => read === "forms" && !isWorking)
    ? "no forms"
    : "untried";
}

/** The form with Hero's lists of this moment, or why they could not be read. */
async function LoadedForm(props: LoadedFormProps) {
  const { portal, place, practice, operationId, earlier, kind } = props;
  const today = ukDateOf(new Date());
  const { result: options, reason } = await orReason(
    portal.practices.bookingOptions({ practiceId: practice.id }),
  );
  if (!options) {
    return (
      <Failure
        title="Hero's lists could not be read"
        retry={portalPath(place, "/links/new", {
          practice: practice.id,
          operation: operationId,
          from: earlier?.id,
          kind,
        })}
      >
        {reason} Without the appointment types and locations of {practiceLabel(practice)} no link
        can be made. Nothing was sent or changed.
      </Failure>
    );
  }
  const defaults = proposeLink(options, today, earlier);
  return (
    <NewLinkForm
      place={place}
      practice={{ id: practice.id, name: practiceLabel(practice) }}
      loginText={describeLogin(practice.sector)}
      options={options}
      defaults={{ ...defaults, kind: kind ?? defaults.kind }}
      formLinks={readChance(practice.reads)}
      operationId={operationId}
      today={today}
    />
  );
}
