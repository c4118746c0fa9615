import { FileStack } from "lucide-react";
import type { Metadata } from "next";
import { NewBulk } from "@/components/bulk/new/new-bulk";
import { whoMakesLinks } from "@/components/links/words";
import { whoManagesPractices } from "@/components/practices/words";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { formatBareDate, ukDateOf } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environments";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "New bulk" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewBulkPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const wantedId = idInAddress((await searchParams).practice);
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="New bulk"
      description={
        <>
          One link for each row of a file, in{" "}
          <strong className="text-ink">{environmentNames[scope.environment]}</strong>.
        </>
      }
      back={{ href: portalPath(place, "/links/bulk"), label: "Bulk links" }}
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

  const [practices, earlierColumns] = await Promise.all([
    portal.practices.options(),
    portal.bulk.columns(),
  ]);
  const canManage = scope.can.includes("practices.manage");
  const today = ukDateOf(new Date());
  return (
    <>
      {header}
      {practices.length > 0 ? (
        <NewBulk
          place={place}
          practices={practices}
          earlierColumns={earlierColumns}
          practiceId={practices.find(({ id }) => id === wantedId)?.id ?? null}
          today={today}
          usualName={`Bulk of ${formatBareDate(today)}`}
        />
      ) : (
        <EmptyState
          icon={<FileStack />}
          title="Connect a practice first"
          action={
            canManage ? (
              <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary">
                Connect a practice
              </ButtonLink>
            ) : null
          }
          doc={canManage ? null : whoManagesPractices}
        >
          A link is made for one practice, with its own appointment types and locations.
        </EmptyState>
      )}
    </>
  );
}
