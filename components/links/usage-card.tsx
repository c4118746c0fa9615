import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { LinkView } from "@/server/schemas/links/view";
import { joinedText, useNames } from "./labels";
import { RefreshButton } from "./refresh-button";

const formatNumber = (value: number) => value.toLocaleString("en-GB");

/** How often the link was used, and when that was last read from Hero. */
export function UsageCard({ scope, link }: { scope: PortalScope; link: LinkView }) {
  return (
    <Card aria-labelledby="link-usage">
      <CardHeader
        id="link-usage"
        title="Usage"
        actions={<RefreshButton scope={scope} linkId={link.id} />}
        className="mb-3"
      />
      <dl className="flex flex-wrap gap-x-10 gap-y-4">
        <div>
          <dt className="text-sm text-muted">{useNames[link.kind]}</dt>
          <dd className="text-3xl font-semibold tabular-nums">
            {link.maxUses === null ? (
              joinedText(link)
            ) : (
              <>
                {formatNumber(link.uses)}
                <span className="text-lg font-normal text-muted">
                  {" "}
                  of {formatNumber(link.maxUses)}
                </span>
              </>
            )}
          </dd>
        </div>
        {link.kind === "video" ? null : (
          <div>
            <dt className="text-sm text-muted">Opens</dt>
            <dd className="text-3xl font-semibold tabular-nums">{formatNumber(link.opens)}</dd>
          </div>
        )}
      </dl>
      <p className="mt-3 text-sm text-muted">
        {link.refreshedAt ? (
          <>
            Last updated <Timestamp iso={link.refreshedAt} />
          </>
        ) : (
          "Not updated yet"
        )}
      </p>
    </Card>
  );
}
