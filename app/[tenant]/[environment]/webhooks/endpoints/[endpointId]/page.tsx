import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { PageTabs } from "@/components/shell/page-tabs";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { HealthChart } from "@/components/webhooks/deliveries/health-chart";
import { periodNames } from "@/components/webhooks/deliveries/labels";
import { orNotFoundPage, requirePortalPage } from "@/server/portal/page-caller";
import { deliveryPeriod } from "@/server/schemas/webhook-deliveries";

export const metadata: Metadata = { title: "Endpoint – Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string; endpointId: string }>;
  searchParams: SearchParams;
};

const shownPeriods = ["day", "week", "month"] as const;

export default async function EndpointPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const endpointId = idFromPath((await params).endpointId);
  const period = deliveryPeriod
    .extract(shownPeriods)
    .catch("day")
    .parse((await searchParams).period);
  const health = await orNotFoundPage(portal.deliveries.endpointHealth({ endpointId, period }));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const path = `/webhooks/endpoints/${endpointId}`;

  return (
    <>
      <LiveRefresh topics={["deliveries", "practices"]} position={scope.livePosition} />
      <PageHeader
        title={<span className="font-mono wrap-anywhere">{health.eventType}</span>}
        description={health.practice.name}
        back={{
          href: portalPath(portalScope, "/webhooks", { practice: health.practice.id }),
          label: "Endpoints",
        }}
        actions={
          <ButtonLink
            href={portalPath(portalScope, "/webhooks/deliveries", {
              practice: health.practice.id,
              type: health.eventType,
            })}
          >
            See deliveries
          </ButtonLink>
        }
      />
      <div className="mb-5">
        <Notice
          tone={health.firstVerifiedAt && !health.isRemoved ? "success" : "info"}
          title={
            health.isRemoved
              ? "This endpoint has been removed"
              : health.firstVerifiedAt
                ? "Hero can reach this address"
                : "Hero has not sent a webhook with a valid signature yet"
          }
        >
          {health.firstVerifiedAt && health.lastVerifiedAt ? (
            <>
              First webhook at <Timestamp iso={health.firstVerifiedAt} />, latest at{" "}
              <Timestamp iso={health.lastVerifiedAt} />.
            </>
          ) : null}
        </Notice>
      </div>
      <PageTabs
        label="Period"
        current={periodNames[period]}
        tabs={shownPeriods.map((name) => ({
          label: periodNames[name],
          href: portalPath(portalScope, path, { period: name }),
        }))}
      />
      <Card aria-labelledby="health">
        <CardHeader
          id="health"
          title="Received"
          description="Refused requests had no valid signature. The delay is the time between signing and arrival."
        />
        <HealthChart health={health} />
      </Card>
    </>
  );
}
