import type { Metadata } from "next";
import { ChosenPractice } from "@/components/links/chosen-practice";
import { EditLinkForm } from "@/components/links/edit-link-form";
import { idInAddress, idInPath, type SearchParams } from "@/components/shell/id-in-address";
import {
  isChangeable,
  linkSubject,
  linkTitle,
  stateNames,
  whoMakesLinks,
} from "@/components/links/words";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Edit booking link" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string; linkId: string }>;
  searchParams: SearchParams;
};

export default async function EditLinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const linkId = idInPath((await params).linkId);
  const link = await orNotFound(portal.links.get({ linkId }));
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const returnTo = portalPath(place, `/links/${link.id}`, {
    practice: idInAddress((await searchParams).practice),
  });

  return (
    <>
      <PageHeader
        title="Edit booking link"
        back={{ href: returnTo, label: linkTitle(link) }}
        description={
          link.location ? `${linkSubject(link)} at ${link.location.name}.` : linkSubject(link)
        }
      />
      <ChosenPractice place={place} practice={link.practice} />
      {!scope.can.includes("links.edit") ? (
        <Notice tone="info" title="Your role does not change links">
          {whoMakesLinks}
        </Notice>
      ) : isChangeable(link) ? (
        <>
          <p className="mb-6 max-w-3xl text-muted">
            Whom the link is for, the appointment type, the location and the practitioner cannot be
            changed. A day that was set can be moved, but not taken away.
          </p>
          <EditLinkForm
            place={place}
            link={link}
            returnTo={returnTo}
            today={ukDateOf(new Date())}
          />
        </>
      ) : (
        <Notice
          tone="info"
          title={`This link cannot be changed: ${stateNames[link.state].toLowerCase()}`}
        >
          Only a link that Hero made and nobody closed can be changed. Make a new one instead.
        </Notice>
      )}
    </>
  );
}
