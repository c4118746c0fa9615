import { Copy, Pencil } from "lucide-react";
import type { Metadata } from "next";
import { CloseLinkButton } from "@/components/links/close-link-button";
import { idInAddress, idInPath, type SearchParams } from "@/components/shell/id-in-address";
import { LinkFacts } from "@/components/links/link-facts";
import { LinkHistory } from "@/components/links/link-history";
import { LinkStatus } from "@/components/links/link-status";
import { PendingWatch } from "@/components/links/pending-watch";
import { ShareBox } from "@/components/links/share-box";
import { SettleBox } from "@/components/links/settle-box";
import { UseCard } from "@/components/links/use-card";
import { WhatHappened } from "@/components/links/what-happened";
import { isBookable, isChangeable, isClosable, linkTitle, wasMade } from "@/components/links/words";
import { HandOver } from "@/components/sharing/hand-over";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Link" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string; linkId: string }>;
  searchParams: SearchParams;
};

export default async function LinkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const linkId = idInPath((await params).linkId);
  const filter = { practice: idInAddress((await searchParams).practice) };
  const [link, practices, events] = await Promise.all([
    orNotFound(portal.links.get({ linkId })),
    portal.practices.options(),
    orNotFound(portal.links.history({ linkId })),
  ]);
  const today = ukDateOf(new Date());
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const hasPractice = practices.some(({ id }) => id === link.practice.id);
  const canCreate = hasPractice && scope.can.includes("links.create");
  const canEdit = hasPractice && scope.can.includes("links.edit");
  const isLost = link.state === "failed" || link.state === "unknown";
  const isMade = wasMade(link);

  return (
    <>
      <PageHeader
        title={linkTitle(link)}
        description={link.practice.name}
        back={{ href: portalPath(place, "/links", filter), label: "Links" }}
        actions={
          <>
            {canCreate && isMade ? (
              <ButtonLink
                href={portalPath(place, "/links/new", {
                  practice: link.practice.id,
                  from: link.id,
                })}
                variant="quiet"
                icon={<Copy />}
              >
                Make another like this
              </ButtonLink>
            ) : null}
            {canEdit && link.state === "closed" && link.expiresOn >= today ? (
              <CloseLinkButton place={place} linkId={link.id} to="open" />
            ) : null}
            {canEdit && isChangeable(link) ? (
              <>
                {isClosable(link) ? (
                  <CloseLinkButton place={place} linkId={link.id} to="close" />
                ) : null}
                <ButtonLink
                  href={portalPath(place, `/links/${link.id}/edit`, filter)}
                  icon={<Pencil />}
                >
                  Edit
                </ButtonLink>
              </>
            ) : null}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <LinkStatus link={link} today={today}>
          {isBookable(link) ? <ShareBox url={link.url} /> : null}
          {link.state === "pending" ? <PendingWatch /> : null}
          {isLost ? <WhatHappened place={place} link={link} canCreate={canCreate} /> : null}
          {canEdit && link.state === "unknown" ? (
            <SettleBox place={place} linkId={link.id} />
          ) : null}
        </LinkStatus>
        {isBookable(link) ? (
          <HandOver place={place} link={link} addresses={scope.addresses} />
        ) : null}
        {isMade && link.reason ? (
          <Notice tone="warning" title="Something to know about this link">
            {link.reason}
          </Notice>
        ) : null}
        {isMade && !hasPractice ? (
          <Notice tone="info" title="The practice is disconnected">
            The link lives on at Hero. Connect the practice again to change, refresh or close it.
          </Notice>
        ) : null}
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          {isMade ? (
            <div className="lg:order-last">
              <UseCard place={place} link={link} />
            </div>
          ) : null}
          <div className="flex min-w-0 flex-col gap-5">
            <LinkFacts place={place} link={link} hasPracticePage={hasPractice} />
            <LinkHistory events={events} />
          </div>
        </div>
      </div>
    </>
  );
}
