import Link from "next/link";
import { StateBadge } from "@/components/links/state-badge";
import { isBookable, linkTitle, wasCreated } from "@/components/links/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { formatRelativeDate } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";

function describeExpiry({ state, expiresOn }: LinkView, today: string): string | null {
  if (state === "live" || state === "ends_soon") {
    return `ends ${formatRelativeDate(expiresOn, today)}`;
  }
  return state === "expired" ? `ended ${formatRelativeDate(expiresOn, today)}` : null;
}

type LatestLinksProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  links: readonly LinkView[];
  /** Today's date in the UK. */
  today: string;
};

/** The newest links with their state and URL. */
export function LatestLinks({ scope, practiceId, links, today }: LatestLinksProps) {
  const filter = { practice: practiceId };
  return (
    <Card aria-labelledby="latest-links" padding="none">
      <CardHeader
        id="latest-links"
        title="Latest links"
        className="mb-0! border-b border-line px-4 py-3 sm:px-5"
        actions={
          <Link href={portalPath(scope, "/links", filter)} className="link text-sm">
            All links
          </Link>
        }
      />
      <ul>
        {links.map((link) => (
          <li
            key={link.id}
            className="flex items-center gap-3 border-t border-line px-4 py-3 first:border-t-0 sm:px-5"
          >
            <div className="min-w-0 flex-1">
              <Link
                href={portalPath(scope, `/links/${link.id}`, filter)}
                className="link font-medium"
              >
                <bdi>{linkTitle(link)}</bdi>
              </Link>
              <p className="text-sm text-muted">
                {[
                  link.practice.name,
                  wasCreated(link) && link.maxUses !== null
                    ? `${link.uses} of ${link.maxUses.toLocaleString("en-GB")} booked`
                    : null,
                  describeExpiry(link, today),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
            <StateBadge state={link.state} />
            <span className="inline-flex w-9 shrink-0 justify-end pointer-coarse:w-11">
              {isBookable(link) ? (
                <CopyButton
                  value={link.url}
                  label={`Copy link: ${linkTitle(link)}`}
                  iconOnly
                  size="sm"
                />
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
