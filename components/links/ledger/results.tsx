import { Download, Mails } from "lucide-react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NewestPager } from "@/components/ui/newest-pager";
import { Timestamp } from "@/components/ui/timestamp";
import { buttonClasses } from "@/components/ui/button-classes";
import type { LinkPage } from "@/server/schemas/links/list";
import { LinkList } from "../link-list";
import { wasCreated } from "../labels";
import { RefreshPageButton } from "./refresh-page-button";
import { formatLedgerParams, type LedgerParams } from "./search-params";

type LedgerResultsProps = {
  scope: PortalScope;
  params: LedgerParams;
  page: LinkPage;
  cursor: string | undefined;
  /** Today's date in the United Kingdom. */
  today: string;
  canEdit: boolean;
  /** Whether this person can send messages. */
  canMessage: boolean;
};

/** One page of the ledger, or why it has no links. */
export function LedgerResults(props: LedgerResultsProps) {
  const { scope, params, page, cursor, today, canEdit, canMessage } = props;
  const createdLinks = page.items.filter((link) => wasCreated(link));
  const oldestRefreshedAt = createdLinks.map(({ refreshedAt }) => refreshedAt ?? "").sort()[0];
  const pagePath = (nextCursor?: string) =>
    portalPath(scope, "/links", formatLedgerParams(params, { cursor: nextCursor }));
  return (
    <>
      {page.items.length > 0 ? (
        <>
          <LinkList
            scope={scope}
            practiceId={params.practiceId}
            links={page.items}
            filters={{ ...params.filters, practiceId: params.practiceId }}
            hasMore={page.nextCursor !== null || cursor !== undefined}
            today={today}
            canEdit={canEdit}
          />
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
            {oldestRefreshedAt ? (
              <p>
                Counts last updated <Timestamp iso={oldestRefreshedAt} />
              </p>
            ) : null}
            {createdLinks.length > 0 ? (
              <RefreshPageButton scope={scope} linkIds={createdLinks.map(({ id }) => id)} />
            ) : null}
            {canMessage && page.items.some(({ audience }) => audience === "patient_invite") ? (
              <ButtonLink
                href={portalPath(
                  scope,
                  "/messages/batches/new",
                  formatLedgerParams({ ...params, sort: undefined }, { to: "links" }),
                )}
                prefetch={false}
                size="sm"
                variant="quiet"
                icon={<Mails />}
                className="print:hidden"
              >
                Message the patients of all that match
              </ButtonLink>
            ) : null}
            <a
              href={`/api/downloads${portalPath(scope, "/links", { ...params.filters, practiceId: params.practiceId })}`}
              download
              className={buttonClasses({ size: "sm", variant: "quiet" }, "print:hidden")}
            >
              <Download aria-hidden="true" className="size-4" />
              Export all as CSV
            </a>
          </div>
          <NewestPager
            label="Pages of links"
            newest={cursor ? pagePath() : undefined}
            older={page.nextCursor ? pagePath(page.nextCursor) : undefined}
          />
        </>
      ) : cursor ? (
        <EmptyState
          title="No older links"
          action={<ButtonLink href={pagePath()}>Newest links</ButtonLink>}
        >
          This is the end of the list.
        </EmptyState>
      ) : (
        <EmptyState
          title="No links match your search"
          action={
            <ButtonLink href={portalPath(scope, "/links", { practice: params.practiceId })}>
              Show all links
            </ButtonLink>
          }
        >
          Change or clear the filters.
        </EmptyState>
      )}
    </>
  );
}
