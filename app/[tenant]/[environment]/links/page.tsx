import { Files, Link2, Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import {
  isFiltered,
  type LedgerParams,
  formatLedgerParams,
  parseLedgerParams,
} from "@/components/links/ledger/search-params";
import { FilterBar } from "@/components/links/ledger/filter-bar";
import { RefreshPageButton } from "@/components/links/ledger/refresh-page-button";
import { SavedViews } from "@/components/links/ledger/saved-views";
import { LinkList } from "@/components/links/link-list";
import { wasCreated } from "@/components/links/labels";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Timestamp } from "@/components/ui/timestamp";
import { NewestPager } from "@/components/ui/newest-pager";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import type { LinkPage } from "@/server/schemas/links/list";
import {
  listPracticeOptions,
  type PageScope,
  requirePortalPage,
} from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Links" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function LinksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const practiceId = idFromQuery(query.practice);
  const address = parseLedgerParams(query, practiceId);
  const { filters, sort } = address;
  const cursor = typeof query.cursor === "string" && query.cursor ? query.cursor : undefined;
  const [page, practices, filterOptions, savedViews] = await Promise.all([
    portal.links
      .list({ ...filters, practiceId, sort, cursor })
      // A page that is no page of this list: its beginning is.
      .catch((error: unknown) => {
        if (!cursor) throw error;
        return portal.links.list({ ...filters, practiceId, sort });
      }),
    listPracticeOptions(portal),
    portal.links.filterOptions(),
    portal.links.listViews(),
  ]);
  const practice = practices.find(({ id }) => id === practiceId);
  const isEmptyLedger = page.items.length === 0 && !isFiltered(address) && !cursor;
  // A disconnected practice keeps its links; one that is nobody's has neither name nor links.
  if (practiceId && !practice && isEmptyLedger) notFound();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canCreate = scope.permissions.includes("links.create");
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
              <ButtonLink
                href={portalPath(portalScope, "/links/bulk-uploads", filter)}
                icon={<Files />}
              >
                Bulk
              </ButtonLink>
              <ButtonLink
                href={portalPath(portalScope, "/links/new", filter)}
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
        <EmptyLedger
          portalScope={portalScope}
          scope={scope}
          practice={practice}
          hasPractices={practices.length > 0}
        />
      ) : (
        <>
          <SavedViews scope={portalScope} params={address} savedViews={savedViews} />
          <FilterBar
            key={JSON.stringify(address)}
            scope={portalScope}
            params={address}
            filterOptions={filterOptions}
          />
          <LinkResults
            portalScope={portalScope}
            address={address}
            page={page}
            cursor={cursor}
            today={ukDateOf(new Date())}
            canEdit={scope.permissions.includes("links.edit")}
            suggestions={filters.q ? findPracticesByName(practices, filters.q) : []}
          />
        </>
      )}
    </>
  );
}

type PracticeOption = { id: string; name: string };

/** Practices whose name holds the words: links are narrowed to one by its own filter, not by words. */
function findPracticesByName(practices: PracticeOption[], search: string): PracticeOption[] {
  const searchText = search.toLowerCase();
  return practices.filter(({ name }) => name.toLowerCase().includes(searchText)).slice(0, 5);
}

type LinkResultsProps = {
  portalScope: PortalScope;
  address: LedgerParams;
  page: LinkPage;
  cursor: string | undefined;
  /** The day it is in the United Kingdom. */
  today: string;
  canEdit: boolean;
  suggestions: PracticeOption[];
};

function LinkResults({
  portalScope,
  address,
  page,
  cursor,
  today,
  canEdit,
  suggestions,
}: LinkResultsProps) {
  const { practiceId } = address;
  const createdLinks = page.items.filter((link) => wasCreated(link));
  const oldestRefreshedAt = createdLinks.map(({ refreshedAt }) => refreshedAt ?? "").sort()[0];
  return (
    <>
      {page.isTruncated ? (
        <div className="mb-4">
          <Notice tone="info" title="Type more letters to see every match">
            Very many words begin like this; links with the first of them are shown.
          </Notice>
        </div>
      ) : null}
      {suggestions.length > 0 ? (
        <p className="mb-3 text-sm text-muted">
          Practices with this name:{" "}
          {suggestions.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 ? ", " : null}
              <Link href={portalPath(portalScope, "/links", { practice: id })} className="link">
                {name}
              </Link>
            </span>
          ))}
        </p>
      ) : null}
      {page.items.length > 0 ? (
        <>
          <LinkList
            scope={portalScope}
            practiceId={practiceId}
            links={page.items}
            today={today}
            canEdit={canEdit}
          />
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
            {oldestRefreshedAt ? (
              <p>
                Uses and opens as of <Timestamp iso={oldestRefreshedAt} /> or later
              </p>
            ) : null}
            {createdLinks.length > 0 ? (
              <RefreshPageButton scope={portalScope} linkIds={createdLinks.map(({ id }) => id)} />
            ) : null}
          </div>
          <NewestPager
            label="Pages of links"
            newest={
              cursor ? portalPath(portalScope, "/links", formatLedgerParams(address)) : undefined
            }
            older={
              page.nextCursor
                ? portalPath(
                    portalScope,
                    "/links",
                    formatLedgerParams(address, { cursor: page.nextCursor }),
                  )
                : undefined
            }
          />
        </>
      ) : cursor ? (
        <EmptyState
          title="No older links"
          action={
            <ButtonLink href={portalPath(portalScope, "/links", formatLedgerParams(address))}>
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
            <ButtonLink href={portalPath(portalScope, "/links", { practice: practiceId })}>
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

type EmptyLedgerProps = {
  portalScope: PortalScope;
  scope: PageScope;
  practice: PracticeOption | undefined;
  hasPractices: boolean;
};

function EmptyLedger({ portalScope, scope, practice, hasPractices }: EmptyLedgerProps) {
  if (!hasPractices) {
    return (
      <EmptyState
        icon={<Link2 />}
        title="No links yet"
        action={
          scope.permissions.includes("practices.manage") ? (
            <ButtonLink href={portalPath(portalScope, "/practices/connect")} variant="primary">
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
        scope.permissions.includes("links.create") ? (
          <div className="flex flex-wrap justify-center gap-2">
            <ButtonLink
              href={portalPath(portalScope, "/links/new", { practice: practice?.id })}
              variant="primary"
              icon={<Plus />}
            >
              New link
            </ButtonLink>
            <ButtonLink href={portalPath(portalScope, "/links/bulk-uploads")} icon={<Files />}>
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
