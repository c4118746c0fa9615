import { Files, Link2, Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import {
  isNarrowed,
  type LedgerAddress,
  ledgerQuery,
  readLedgerAddress,
} from "@/components/links/ledger/address";
import { FilterBar } from "@/components/links/ledger/filter-bar";
import { RefreshPageButton } from "@/components/links/ledger/refresh-page-button";
import { Views } from "@/components/links/ledger/views";
import { LinkList } from "@/components/links/link-list";
import { wasMade } from "@/components/links/words";
import { idInAddress, type SearchParams } from "@/components/shell/id-in-address";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Moment } from "@/components/ui/moment";
import { NewestPager } from "@/components/ui/newest-pager";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import type { LinkPage } from "@/server/schemas/links";
import { openPortal, type PortalScope } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Links" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function LinksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const query = await searchParams;
  const practiceId = idInAddress(query.practice);
  const address = readLedgerAddress(query, practiceId);
  const { filters, sort } = address;
  const cursor = typeof query.cursor === "string" && query.cursor ? query.cursor : undefined;
  const [page, practices, facets, saved] = await Promise.all([
    portal.links
      .list({ ...filters, practiceId, sort, cursor })
      // A page that is no page of this list: its beginning is.
      .catch((error: unknown) => {
        if (!cursor) throw error;
        return portal.links.list({ ...filters, practiceId, sort });
      }),
    portal.practices.options(),
    portal.links.facets(),
    portal.links.savedViews(),
  ]);
  const practice = practices.find(({ id }) => id === practiceId);
  const isEmptyLedger = page.items.length === 0 && !isNarrowed(address) && !cursor;
  // A disconnected practice keeps its links; one that is nobody's has neither name nor links.
  if (practiceId && !practice && isEmptyLedger) notFound();
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.can.includes("links.create");
  const filter = { practice: practiceId };

  return (
    <>
      <PageHeader
        title="Links"
        description={
          practice
            ? `Booking and form links of ${practice.name}.`
            : "Booking and form links that patients follow."
        }
        actions={
          isEmptyLedger || !canCreate ? null : (
            <>
              <ButtonLink href={portalPath(place, "/links/bulk", filter)} icon={<Files />}>
                Bulk
              </ButtonLink>
              <ButtonLink
                href={portalPath(place, "/links/new", filter)}
                variant="primary"
                icon={<Plus />}
              >
                New link
              </ButtonLink>
            </>
          )
        }
      />
      {isEmptyLedger ? (
        <NoLinks
          place={place}
          scope={scope}
          practice={practice}
          hasPractices={practices.length > 0}
        />
      ) : (
        <>
          <Views place={place} address={address} saved={saved} />
          <FilterBar
            key={JSON.stringify(address)}
            place={place}
            address={address}
            facets={facets}
          />
          <Found
            place={place}
            address={address}
            page={page}
            cursor={cursor}
            today={ukDateOf(new Date())}
            canEdit={scope.can.includes("links.edit")}
            suggestions={filters.q ? practicesLike(practices, filters.q) : []}
          />
        </>
      )}
    </>
  );
}

type PracticeOption = { id: string; name: string };

/** Practices whose name holds the words: links are narrowed to one by its own filter, not by words. */
function practicesLike(practices: PracticeOption[], words: string): PracticeOption[] {
  const wanted = words.toLowerCase();
  return practices.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 5);
}

type FoundProps = {
  place: Place;
  address: LedgerAddress;
  page: LinkPage;
  cursor: string | undefined;
  /** The day it is in the United Kingdom. */
  today: string;
  canEdit: boolean;
  suggestions: PracticeOption[];
};

function Found({ place, address, page, cursor, today, canEdit, suggestions }: FoundProps) {
  const { practiceId } = address;
  const made = page.items.filter((link) => wasMade(link));
  const readAt = made.map(({ refreshedAt }) => refreshedAt ?? "").sort()[0];
  return (
    <>
      {page.isCut ? (
        <div className="mb-4">
          <Notice tone="info" title="Type more letters to see every match">
            Very many words begin like this; links with the first of them are shown.
          </Notice>
        </div>
      ) : null}
      {suggestions.length > 0 ? (
        <p className="mb-3 text-sm text-muted">
          Practices with this name:{" "}
          {suggestions.map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 ? ", " : null}
              <Link href={portalPath(place, "/links", { practice: id })} className="link">
                {name}
              </Link>
            </span>
          ))}
        </p>
      ) : null}
      {page.items.length > 0 ? (
        <>
          <LinkList
            place={place}
            practiceId={practiceId}
            links={page.items}
            today={today}
            canEdit={canEdit}
          />
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
            {readAt ? (
              <p>
                Uses and opens as of <Moment iso={readAt} /> or later
              </p>
            ) : null}
            {made.length > 0 ? (
              <RefreshPageButton place={place} linkIds={made.map(({ id }) => id)} />
            ) : null}
          </div>
          <NewestPager
            label="Pages of links"
            newest={cursor ? portalPath(place, "/links", ledgerQuery(address)) : undefined}
            older={
              page.nextCursor
                ? portalPath(place, "/links", ledgerQuery(address, { cursor: page.nextCursor }))
                : undefined
            }
          />
        </>
      ) : cursor ? (
        <EmptyState
          title="No older links"
          action={
            <ButtonLink href={portalPath(place, "/links", ledgerQuery(address))}>
              Newest links
            </ButtonLink>
          }
        >
          You have reached the end of the list.
        </EmptyState>
      ) : (
        <EmptyState
          title="No link is like this"
          action={
            <ButtonLink href={portalPath(place, "/links", { practice: practiceId })}>
              Show all links
            </ButtonLink>
          }
        >
          Nothing in this ledger matches the words and filters above.
        </EmptyState>
      )}
    </>
  );
}

type NoLinksProps = {
  place: Place;
  scope: PortalScope;
  practice: PracticeOption | undefined;
  hasPractices: boolean;
};

function NoLinks({ place, scope, practice, hasPractices }: NoLinksProps) {
  if (!hasPractices) {
    return (
      <EmptyState
        icon={<Link2 />}
        title="No links yet"
        action={
          scope.can.includes("practices.manage") ? (
            <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary">
              Connect a practice
            </ButtonLink>
          ) : null
        }
      >
        A link is made for a practice, so connect a practice first.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Link2 />}
      title={practice ? `No links for ${practice.name} yet` : "No links yet"}
      action={
        scope.can.includes("links.create") ? (
          <div className="flex flex-wrap justify-center gap-2">
            <ButtonLink
              href={portalPath(place, "/links/new", { practice: practice?.id })}
              variant="primary"
              icon={<Plus />}
            >
              New link
            </ButtonLink>
            <ButtonLink href={portalPath(place, "/links/bulk")} icon={<Files />}>
              From a file
            </ButtonLink>
          </div>
        ) : null
      }
      doc="The patient books or answers on Hero's own pages; you see how often the link was used."
    >
      Make a link for one patient, or one that anyone registered at the practice can use.
    </EmptyState>
  );
}
