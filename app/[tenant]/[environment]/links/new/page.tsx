import { Link2 } from "lucide-react";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Suspense } from "react";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { initialLinkFormValues, kindOfLink } from "@/components/links/link-form-values";
import { isNewLinkKind, type NewLinkKind } from "@/components/links/kind-picker";
import { NewLinkForm } from "@/components/links/lazy-forms";
import type { FormLinkSupport } from "@/components/links/new-link-form";
import { explainNoVideo } from "@/components/links/video-support";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { describeLogin } from "@/components/links/labels";
import { practiceLabel } from "@/components/practices/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { NoPractices } from "@/components/practices/no-practices";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { patientRecordInput } from "@/server/schemas/patient-record";
import type { LinkView } from "@/server/schemas/links/view";
import type { PracticeView } from "@/server/schemas/practices";
import {
  requirePortalPage,
  orNotFoundPage,
  resultOrMessage,
  type Portal,
} from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = {
  title: "New link – Links",
  // Keeps phones from turning an NHS number into a phone number.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewLinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const operationId = idFromQuery(query.operation) ?? null;
  if (operationId) {
    const existing = await portal.links.findByOperation({ operationId });
    if (existing) redirect(portalPath(portalScope, `/links/${existing.linkId}`));
  }

  const header = (
    <PageHeader
      title="New link"
      back={{
        href: portalPath(portalScope, "/links", { practice: idFromQuery(query.practice) }),
        label: "Links",
      }}
    />
  );
  if (!scope.permissions.includes("links.create")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to create links">
          {whoCan("links.create")}
        </Notice>
      </>
    );
  }

  const kind = isNewLinkKind(query.kind) ? query.kind : null;
  const sourceLinkId = idFromQuery(query.from);
  const [practices, sourceLink] = await Promise.all([
    portal.practices.list(),
    sourceLinkId ? orNotFoundPage(portal.links.get({ linkId: sourceLinkId })) : null,
  ]);
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const requestedPracticeId = idFromQuery(query.practice) ?? sourceLink?.practice.id;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;

  return (
    <>
      {header}
      {practice ? (
        <>
          <SelectedPractice
            scope={portalScope}
            practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
            changeHref={onlyPractice ? null : portalPath(portalScope, "/links/new")}
          />
          {practice.capabilityChecks.some(
            ({ capability, isAvailable }) =>
              ["booking_links", "booking_link_creation"].includes(capability) && !isAvailable,
          ) ? (
            <div className="mb-6 max-w-3xl">
              <Notice tone="warning" title="Booking links may not be available for this practice">
                Hero last refused booking links to the API key of {practiceLabel(practice)}.
              </Notice>
            </div>
          ) : null}
          <Suspense
            key={practice.id}
            fallback={<FormSkeleton text="Loading appointment types and locations from Hero…" />}
          >
            <LoadedForm
              portal={portal}
              scope={portalScope}
              practice={practice}
              operationId={operationId}
              sourceLink={sourceLink}
              kind={kind}
              patientId={typeof query.patient === "string" ? query.patient : null}
            />
          </Suspense>
        </>
      ) : practices.length > 0 ? (
        <PracticeListPicker
          practices={practices}
          hrefOf={(practiceId) =>
            portalPath(portalScope, "/links/new", { practice: practiceId, kind })
          }
        />
      ) : (
        <NoPractices
          scope={portalScope}
          canConnect={scope.permissions.includes("practices.manage")}
          icon={<Link2 />}
        >
          You create each link for one practice, with its own appointment types and locations.
        </NoPractices>
      )}
    </>
  );
}

type LoadedFormProps = {
  portal: Portal;
  scope: PortalScope;
  practice: PracticeView;
  operationId: string | null;
  sourceLink: LinkView | null;
  /** Hero's ID of a patient whose page led here. */
  patientId: string | null;
  kind: NewLinkKind | null;
};

/** Whether form links work, from the practice's last test and the links created since. */
function formLinkAvailability(checks: PracticeView["capabilityChecks"]): FormLinkSupport {
  const formLinksCheck = checks.find(({ capability }) => capability === "form_links");
  if (formLinksCheck) return formLinksCheck.isAvailable ? "worked" : "refused";
  return checks.some(({ capability, isAvailable }) => capability === "forms" && !isAvailable)
    ? "no forms"
    : "untried";
}

/** The form with Hero's current lists, or why they could not be loaded. */
async function LoadedForm(props: LoadedFormProps) {
  const { portal, scope, practice, operationId, sourceLink, kind } = props;
  const patient = patientRecordInput.shape.patientId.safeParse(props.patientId);
  const today = ukDateOf(new Date());
  const { result: options, message } = await resultOrMessage(
    portal.practices.bookingOptions({ practiceId: practice.id }),
  );
  if (!options) {
    return (
      <Failure
        title="Could not load appointment types and locations"
        retry={portalPath(scope, "/links/new", {
          practice: practice.id,
          operation: operationId,
          from: sourceLink?.id,
          kind,
        })}
      >
        {message} You need the appointment types and locations of {practiceLabel(practice)} to
        create a link. Nothing was sent or changed.
      </Failure>
    );
  }
  return (
    <NewLinkForm
      scope={scope}
      practice={{ id: practice.id, name: practiceLabel(practice) }}
      loginText={describeLogin(practice.sector)}
      options={options}
      initialKind={kind ?? (sourceLink && kindOfLink(sourceLink))}
      initialValues={{
        ...initialLinkFormValues(options, today, sourceLink),
        ...(patient.success && { patientId: patient.data }),
      }}
      formLinkSupport={formLinkAvailability(practice.capabilityChecks)}
      noVideoReason={explainNoVideo(practice, practiceLabel(practice))}
      operationId={operationId}
      today={today}
    />
  );
}
