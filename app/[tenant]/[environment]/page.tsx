import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { Attention } from "@/components/overview/attention";
import { ConnectedPractices } from "@/components/overview/connected-practices";
import { FirstSteps } from "@/components/overview/first-steps";
import { LatestLinks } from "@/components/overview/latest-links";
import { practiceLabel } from "@/components/practices/words";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environments";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Overview" };

const linksShown = 6;
/** As many links of unknown fate ask for attention here; the ledger lists all. */
const unknownShown = 10;

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function OverviewPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const practiceId = idInAddress((await searchParams).practice);
  const [all, { items: links }, { items: lost }, scripts] = await Promise.all([
    portal.practices.list(),
    portal.links.list({ practiceId, limit: linksShown }),
    portal.links.list({ practiceId, state: "unknown", limit: unknownShown }),
    portal.elements.scripts(),
  ]);
  const practice = practiceId ? (all.find(({ id }) => id === practiceId) ?? notFound()) : null;
  const practices = practice ? [practice] : all;
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.can.includes("links.create");
  const canManage = scope.can.includes("practices.manage");
  const isStarted = practices.length > 0 && links.length > 0;

  return (
    <>
      <PageHeader
        title={practice ? practiceLabel(practice) : scope.tenant.name}
        description={`${environmentNames[scope.environment]} overview`}
        actions={
          isStarted ? (
            <>
              {canManage ? (
                <ButtonLink href={portalPath(place, "/practices/connect")}>
                  Connect a practice
                </ButtonLink>
              ) : null}
              {canCreate ? (
                <ButtonLink
                  href={portalPath(place, "/links/new", { practice: practiceId })}
                  variant="primary"
                  icon={<Plus />}
                >
                  New link
                </ButtonLink>
              ) : null}
            </>
          ) : null
        }
      />
      <div className="flex flex-col gap-6">
        {practices.length > 0 ? (
          <Attention place={place} practices={practices} lost={lost} scripts={scripts} />
        ) : null}
        {isStarted ? null : (
          <FirstSteps
            place={place}
            practiceId={practiceId}
            hasPractice={practices.length > 0}
            canManage={canManage}
            canCreate={canCreate}
          />
        )}
        {practices.length > 0 ? (
          <div
            className={`grid grid-cols-1 items-start gap-6 ${links.length > 0 ? "lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]" : ""}`}
          >
            {links.length > 0 ? (
              <LatestLinks
                place={place}
                practiceId={practiceId}
                links={links}
                today={ukDateOf(new Date())}
              />
            ) : null}
            <ConnectedPractices place={place} practices={practices} />
          </div>
        ) : null}
      </div>
    </>
  );
}
