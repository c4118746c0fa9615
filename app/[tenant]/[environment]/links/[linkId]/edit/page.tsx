import type { Metadata } from "next";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { EditLinkForm } from "@/components/links/lazy-forms";
import { idFromQuery, idFromPath, type SearchParams } from "@/components/shell/route-ids";
import {
  explainNotEditable,
  isEditable,
  kindNames,
  linkSubject,
  linkTitle,
  linkPageTitle,
} from "@/components/links/labels";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { requirePortalPage, orNotFoundPage, loadLink, titleOf } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; linkId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const linkId = idFromPath((await params).linkId);
  return titleOf(loadLink(portal, linkId), (link) => `Edit – ${linkPageTitle(link)} – Links`);
}

export default async function EditLinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const linkId = idFromPath((await params).linkId);
  const link = await orNotFoundPage(loadLink(portal, linkId));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const returnTo = portalPath(portalScope, `/links/${link.id}`, {
    practice: idFromQuery((await searchParams).practice),
  });

  return (
    <>
      <PageHeader
        title={`Edit ${kindNames[link.kind].toLowerCase()}`}
        back={{ href: returnTo, label: linkTitle(link) }}
        description={
          link.location ? `${linkSubject(link)} at ${link.location.name}.` : linkSubject(link)
        }
      />
      <SelectedPractice scope={portalScope} practice={link.practice} />
      {!scope.permissions.includes("links.edit") ? (
        <Notice tone="info" title="You do not have permission to change links">
          {whoCan("links.edit")}
        </Notice>
      ) : isEditable(link) ? (
        <>
          <p className="mb-6 max-w-3xl text-muted">
            You cannot change the patient, appointment type, location or practitioner. You can
            change dates but not remove them.
          </p>
          <EditLinkForm
            scope={portalScope}
            link={link}
            returnTo={returnTo}
            today={ukDateOf(new Date())}
          />
        </>
      ) : (
        <Notice tone="info" title={explainNotEditable(link).title}>
          {explainNotEditable(link).text}
        </Notice>
      )}
    </>
  );
}
