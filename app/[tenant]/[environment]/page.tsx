import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { AttentionList } from "@/components/overview/attention-list";
import { ConnectedPractices } from "@/components/overview/connected-practices";
import { FirstSteps } from "@/components/overview/first-steps";
import { KeyNumbers } from "@/components/overview/key-numbers";
import { LatestLinks } from "@/components/overview/latest-links";
import { MonthResults } from "@/components/overview/month-results";
import { practiceLabel } from "@/components/practices/labels";
import { portalTitle } from "@/components/shell/portal-title";
import { portalPath } from "@/components/shell/portal-path";
import { LiveRefresh } from "@/components/live/live-refresh";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environment-names";
import { type Portal, requirePortalPage } from "@/server/portal/page-caller";

const maxLatestLinks = 6;
/** The ledger lists all of them. */
const maxUnknownLinks = 10;

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

/** The layout's template does not apply to a page of its own segment. */
export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { scope } = await requirePortalPage(params);
  return { title: { absolute: `Overview – ${portalTitle(scope)}` } };
}

export default async function OverviewPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practiceId = idFromQuery((await searchParams).practice);
  const canMerge = scope.permissions.includes("patients.merge");
  // All at once, because overlapping reads share a transaction.
  const [
    allPractices,
    { items: links },
    { items: unknownLinks },
    scripts,
    keyNumbers,
    overview,
    deliveryCauses,
    waitingMerges,
  ] = await Promise.all([
    portal.practices.list(),
    portal.links.list({ practiceId, limit: maxLatestLinks }),
    portal.links.list({ practiceId, state: "unknown", limit: maxUnknownLinks }),
    portal.elements.listScripts(),
    loadKeyNumbers(portal, practiceId),
    portal.results.overview({ practiceId }),
    portal.deliveries.attention({ practiceId }),
    canMerge ? portal.merges.summary().then(({ waitingForYou }) => waitingForYou) : 0,
  ]);
  const practice = practiceId
    ? (allPractices.find(({ id }) => id === practiceId) ?? notFound())
    : null;
  const practices = practice ? [practice] : allPractices;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.permissions.includes("links.create");
  const canManage = scope.permissions.includes("practices.manage");
  const hasLinks = practices.length > 0 && links.length > 0;

  return (
    <>
      <LiveRefresh
        topics={["links", "bulk_uploads", "practices", "deliveries", "messages"]}
        position={scope.livePosition}
      />
      <PageHeader
        title={practice ? practiceLabel(practice) : scope.tenant.name}
        description={`${environmentNames[scope.environment]} overview`}
        actions={
          hasLinks ? (
            <>
              {canManage ? (
                <ButtonLink href={portalPath(portalScope, "/practices/connect")}>
                  Connect a practice
                </ButtonLink>
              ) : null}
              {canCreate ? (
                <ButtonLink
                  href={portalPath(portalScope, "/links/new", { practice: practiceId })}
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
        {hasLinks ? (
          <KeyNumbers
            scope={portalScope}
            practiceId={practiceId}
            data={keyNumbers}
            knowsBookings={overview.knowsBookings}
          />
        ) : null}
        {practices.length > 0 ? (
          <AttentionList
            scope={portalScope}
            practices={practices}
            unknownLinks={unknownLinks}
            scripts={scripts}
            waitingMerges={waitingMerges}
            silentPractices={overview.silentPractices}
            practiceId={practiceId}
            deliveryCauses={deliveryCauses}
            messages={overview.messages}
            batches={overview.batches}
          />
        ) : null}
        {hasLinks ? null : (
          <FirstSteps
            scope={portalScope}
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
              <div className="flex min-w-0 flex-col gap-6">
                <MonthResults scope={portalScope} practiceId={practiceId} month={overview.month} />
                <LatestLinks
                  scope={portalScope}
                  practiceId={practiceId}
                  links={links}
                  today={ukDateOf(new Date())}
                />
              </div>
            ) : null}
            <ConnectedPractices scope={portalScope} practices={practices} />
          </div>
        ) : null}
      </div>
    </>
  );
}

async function loadKeyNumbers(portal: Portal, practiceId: string | undefined) {
  const [booked, live, endsSoon, used, unknown, bulkUploads] = await Promise.all([
    portal.links.count({ practiceId, bookedSince: "yesterday" }),
    portal.links.count({ practiceId, state: "live" }),
    portal.links.count({ practiceId, state: "ends_soon" }),
    portal.links.count({ practiceId, isUsed: "yes" }),
    portal.links.count({ practiceId, state: "unknown" }),
    portal.bulkUploads.list(),
  ]);
  const openUploads = bulkUploads.filter(
    ({ state }) => state !== "finished" && state !== "cancelled",
  ).length;
  return { booked, live, endsSoon, used, unknown, openUploads };
}
