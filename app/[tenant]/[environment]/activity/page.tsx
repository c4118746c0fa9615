import { History } from "lucide-react";
import type { Metadata } from "next";
import { ActivityTable } from "@/components/activity/activity-table";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { NewestPager } from "@/components/ui/newest-pager";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Activity" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function ActivityPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="Activity"
      description={`Every change in ${environmentNames[scope.environment]} and to the organisation, newest first. Entries cannot be edited or deleted.`}
    />
  );
  if (!scope.permissions.includes("activity.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to see activity">
          {whoCan("activity.read")}
        </Notice>
      </>
    );
  }

  const cursor = idFromQuery(query.cursor);
  // Links keep the practice chosen in the header; the list is of the whole organisation.
  const practice = idFromQuery(query.practice);
  const page = await portal.activity.list({ cursor });
  const newest = portalPath(portalScope, "/activity", { practice });

  return (
    <>
      {header}
      {page.items.length > 0 ? (
        <ActivityTable scope={portalScope} events={page.items} />
      ) : (
        <EmptyState
          icon={<History />}
          title={cursor ? "No older activity" : "No activity yet"}
          action={cursor ? <ButtonLink href={newest}>Newest activity</ButtonLink> : null}
        >
          Every change is recorded here, with its time and author.
        </EmptyState>
      )}
      <NewestPager
        label="Activity pages"
        newest={cursor && page.items.length > 0 ? newest : undefined}
        older={
          page.nextCursor
            ? portalPath(portalScope, "/activity", { practice, cursor: page.nextCursor })
            : undefined
        }
      />
    </>
  );
}
