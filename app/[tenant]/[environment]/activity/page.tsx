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
import { environmentNames } from "@/server/schemas/environments";
import { requirePortalPage } from "@/server/trpc/caller";

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
      description={`Every change in ${environmentNames[scope.environment]} and to the organisation, newest first. Rows are never changed or removed.`}
    />
  );
  if (!scope.permissions.includes("activity.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="Your role does not show this">
          Owners, admins and auditors of your organisation can see its activity.
        </Notice>
      </>
    );
  }

  const cursor = idFromQuery(query.cursor);
  // The header's practice stays in the addresses; the list is of the whole organisation.
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
          title={cursor ? "No older activity" : "Nothing has happened yet"}
          action={cursor ? <ButtonLink href={newest}>Newest activity</ButtonLink> : null}
        >
          Each change leaves a row here: who, what, on what, and when.
        </EmptyState>
      )}
      <NewestPager
        label="Pages of activity"
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
