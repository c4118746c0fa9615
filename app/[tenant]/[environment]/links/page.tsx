import { Link2, Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { LinkList } from "@/components/links/link-list";
import { NewestPager } from "@/components/ui/newest-pager";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Links" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function LinksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const query = await searchParams;
  const practiceId = idInAddress(query.practice);
  const cursor = idInAddress(query.cursor);
  const [page, practices] = await Promise.all([
    portal.links.list({ practiceId, cursor }),
    portal.practices.options(),
  ]);
  const practice = practices.find(({ id }) => id === practiceId);
  // A disconnected practice keeps its links; one that is nobody's has neither name nor links.
  if (practiceId && !practice && page.items.length === 0) notFound();
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const filter = { practice: practiceId };
  const newLink = scope.can.includes("links.create") ? (
    <ButtonLink href={portalPath(place, "/links/new", filter)} variant="primary" icon={<Plus />}>
      New link
    </ButtonLink>
  ) : null;
  const connect = scope.can.includes("practices.manage") ? (
    <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary">
      Connect a practice
    </ButtonLink>
  ) : null;

  return (
    <>
      <PageHeader
        title="Links"
        description={
          practice
            ? `Booking links of ${practice.name}.`
            : "Booking links that patients follow to choose a time."
        }
        actions={page.items.length > 0 ? newLink : null}
      />
      {page.items.length > 0 ? (
        <>
          <LinkList
            place={place}
            practiceId={practiceId}
            links={page.items}
            today={ukDateOf(new Date())}
          />
          <NewestPager
            label="Pages of links"
            newest={cursor ? portalPath(place, "/links", filter) : undefined}
            older={
              page.nextCursor
                ? portalPath(place, "/links", { ...filter, cursor: page.nextCursor })
                : undefined
            }
          />
        </>
      ) : cursor ? (
        <EmptyState
          title="No older links"
          action={<ButtonLink href={portalPath(place, "/links", filter)}>Newest links</ButtonLink>}
        >
          You have reached the end of the list.
        </EmptyState>
      ) : practices.length === 0 ? (
        <EmptyState icon={<Link2 />} title="No links yet" action={connect}>
          A link is made for a practice, so connect a practice first.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Link2 />}
          title={practice ? `No links for ${practice.name} yet` : "No links yet"}
          action={newLink}
          doc="The patient books on Hero's own pages; you see how often the link was used."
        >
          Make a link for one patient, or one that anyone registered at the practice can use.
        </EmptyState>
      )}
    </>
  );
}
