import { MessageSquare } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { PatientStrip } from "@/components/appointments/patient-strip";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { isBookable, linkTitle } from "@/components/links/labels";
import { ComposeMessage, SelectRecipient } from "@/components/messages/lazy-forms";
import type { LinkChoice } from "@/components/messages/text-fields";
import { practiceLabel } from "@/components/practices/labels";
import { NoPractices } from "@/components/practices/no-practices";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  type Portal,
  orNotFoundPage,
  requirePortalPage,
  resultOrMessage,
} from "@/server/portal/page-caller";
import { ukDateOf } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";
import { type FoundPatientRecord, patientRecordInput } from "@/server/schemas/patient-record";
import { type Permission, whoCan } from "@/server/schemas/permissions";
import type { PracticeView } from "@/server/schemas/practices";

export const metadata: Metadata = {
  title: "New message – Messages",
  // Keeps phones from turning an NHS number into a phone number.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewMessagePage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="New message"
      description="A message to one patient. Nothing is sent until you have checked it."
      back={{
        href: portalPath(portalScope, "/messages", { practice: idFromQuery(query.practice) }),
        label: "Messages",
      }}
    />
  );
  if (!scope.permissions.includes("messages.send")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to send messages">
          {whoCan("messages.send")}
        </Notice>
      </>
    );
  }

  const linkId = idFromQuery(query.link);
  const [practices, link] = await Promise.all([
    portal.practices.list(),
    linkId ? orNotFoundPage(portal.links.get({ linkId })) : null,
  ]);
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const requestedPracticeId = link?.practice.id ?? idFromQuery(query.practice);
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  const patientId =
    link?.patientId ?? patientRecordInput.shape.patientId.safeParse(query.patient).data;

  return (
    <>
      {header}
      {practice && patientId ? (
        <Suspense
          key={`${practice.id} ${patientId}`}
          fallback={<FormSkeleton text="Reading the patient's record from Hero…" />}
        >
          <LoadedForm
            portal={portal}
            scope={portalScope}
            permissions={scope.permissions}
            practice={practice}
            patientId={patientId}
            link={link}
          />
        </Suspense>
      ) : practice ? (
        <>
          <SelectedPractice
            scope={portalScope}
            practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
            changeHref={onlyPractice || link ? null : portalPath(portalScope, "/messages/new")}
          />
          <SelectRecipient
            scope={portalScope}
            practice={{ id: practice.id, name: practiceLabel(practice) }}
            linkId={link?.id}
          />
        </>
      ) : practices.length > 0 ? (
        <PracticeListPicker
          practices={practices}
          hrefOf={(practiceId) =>
            portalPath(portalScope, "/messages/new", { practice: practiceId })
          }
        />
      ) : (
        <NoPractices
          scope={portalScope}
          canConnect={scope.permissions.includes("practices.manage")}
          icon={<MessageSquare />}
        >
          A message is sent on behalf of one practice, to one of its patients.
        </NoPractices>
      )}
    </>
  );
}

type LoadedFormProps = {
  portal: Portal;
  scope: PortalScope;
  permissions: readonly Permission[];
  practice: PracticeView;
  patientId: string;
  /** The link whose page led here. */
  link: LinkView | null;
};

/** The form for a patient whose record allows a message, or why there is none. */
async function LoadedForm(props: LoadedFormProps) {
  const { portal, scope, permissions, practice, patientId, link } = props;
  const practiceId = practice.id;
  const { result: record, message } = await resultOrMessage(
    orNotFoundPage(portal.patients.open({ practiceId, patientId })),
  );
  const patientPath = portalPath(scope, `/patients/${practiceId}/${patientId}`);
  const strip = (
    <PatientStrip
      patientId={patientId}
      practiceName={practiceLabel(practice)}
      href={patientPath}
      record={record}
    />
  );
  if (!record) {
    return (
      <>
        {strip}
        <Failure
          title="Could not read this patient"
          retry={portalPath(scope, "/messages/new", {
            practice: practiceId,
            patient: patientId,
            link: link?.id,
          })}
        >
          {message} Nothing was sent.
        </Failure>
      </>
    );
  }
  const refusal =
    record.outcome === "found"
      ? record.actions.message.reason
      : "This record was merged into another one. Open the patient to see which.";
  if (record.outcome !== "found" || refusal !== null) {
    return (
      <>
        {strip}
        <Notice
          tone="danger"
          title="You cannot message this patient"
          action={
            <ButtonLink href={patientPath} prefetch={false}>
              Open the patient
            </ButtonLink>
          }
        >
          {refusal}
        </Notice>
      </>
    );
  }
  const [templates, settings, links] = await Promise.all([
    portal.messageTemplates.list({ practiceId }),
    portal.messageSettings.get(),
    listLinkChoices(portal, record, link),
  ]);
  const { name, dateOfBirth, nhsNumber } = record.masked;

  return (
    <>
      {strip}
      {link && !links.some(({ id }) => id === link.id) ? (
        <div className="mb-5">
          <Notice tone="warning" title="This link cannot be sent">
            It is not live, is on hold, or is for another patient.
          </Notice>
        </div>
      ) : null}
      <ComposeMessage
        scope={scope}
        practice={{ id: practiceId, name: practiceLabel(practice), publicName: practice.name }}
        patientId={patientId}
        maskedPatient={[name, dateOfBirth, nhsNumber].filter(Boolean).join(", ") || null}
        templates={templates}
        settings={settings}
        links={links}
        initialLinkId={links.find(({ id }) => id === link?.id)?.id ?? ""}
        canWriteAutomatically={permissions.includes("messages.write_to_record_automatically")}
        today={ukDateOf(new Date())}
      />
    </>
  );
}

/** The ledger's first ones; a link's own page leads here for any other. */
const maxLinkChoices = 50;
const maxOwnLinks = 10;

/** Live links that the patient can use: their own, then the practice's generic ones. */
async function listLinkChoices(
  portal: Portal,
  { practice, patientId, links }: FoundPatientRecord,
  requested: LinkView | null,
): Promise<LinkChoice[]> {
  const ownIds = links
    .filter(({ state, isHeld }) => !isHeld && (state === "live" || state === "ends_soon"))
    .slice(0, maxOwnLinks)
    .map(({ id }) => id);
  const [own, ...generic] = await Promise.all([
    Promise.all(ownIds.map((linkId) => portal.links.get({ linkId }))),
    ...(["live", "ends_soon"] as const).map((state) =>
      portal.links.list({
        practiceId: practice.id,
        audience: "generic",
        state,
        limit: maxLinkChoices,
      }),
    ),
  ]);
  const isForPatient = ({ audience, patientId: linkPatientId }: LinkView) =>
    audience === "generic" || linkPatientId === patientId;
  const found = [requested ?? [], own, generic.flatMap(({ items }) => items)].flat();
  const byId = new Map(found.map((link) => [link.id, link]));
  return [...byId.values()]
    .filter((link) => !link.isHeld && isForPatient(link))
    .flatMap((link) =>
      isBookable(link)
        ? [{ id: link.id, name: `${linkTitle(link)} (${audienceOf(link)})`, url: link.url }]
        : [],
    );
}

const audienceOf = ({ audience }: LinkView) =>
  audience === "generic" ? "generic" : "for this patient";
