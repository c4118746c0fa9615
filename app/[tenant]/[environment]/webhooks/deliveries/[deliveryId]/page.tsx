import type { Metadata } from "next";
import Link from "next/link";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { DeliveryBody } from "@/components/webhooks/deliveries/delivery-body";
import { DeliveryStateBadge } from "@/components/webhooks/deliveries/delivery-state-badge";
import {
  eventTypeName,
  explainOutcome,
  isReplayable,
} from "@/components/webhooks/deliveries/labels";
import { ReplayButton } from "@/components/webhooks/deliveries/replay-button";
import { DeliveryVerification } from "@/components/webhooks/deliveries/delivery-verification";
import { orNotFoundPage, requirePortalPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Delivery – Webhooks" };

type PageProps = { params: Promise<{ tenant: string; environment: string; deliveryId: string }> };

export default async function DeliveryPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const deliveryId = idFromPath((await params).deliveryId);
  const delivery = await orNotFoundPage(portal.deliveries.get({ deliveryId }));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const { title, nextStep } = explainOutcome(delivery.state, delivery.outcome);
  const needsAttention = delivery.state === "failed" || delivery.state === "quarantined";

  return (
    <>
      <LiveRefresh topics={["deliveries"]} subjectId={deliveryId} position={scope.livePosition} />
      <PageHeader
        title={<span className="font-mono wrap-anywhere">{eventTypeName(delivery.eventType)}</span>}
        badge={<DeliveryStateBadge state={delivery.state} />}
        back={{ href: portalPath(portalScope, "/webhooks/deliveries"), label: "Deliveries" }}
        actions={
          scope.permissions.includes("webhooks.manage") && isReplayable(delivery) ? (
            <ReplayButton scope={portalScope} deliveryId={delivery.id} />
          ) : null
        }
      />
      <div className="flex flex-col gap-5">
        <Notice tone={needsAttention ? "warning" : "info"} title={title}>
          {nextStep}
        </Notice>
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <Card aria-labelledby="delivery">
            <CardHeader id="delivery" title="Delivery" />
            <DescriptionList>
              <DescriptionItem term="Practice">
                <Link
                  href={portalPath(portalScope, `/practices/${delivery.practice.id}`)}
                  className="link"
                >
                  {delivery.practice.name}
                </Link>
              </DescriptionItem>
              <DescriptionItem term="Endpoint">
                <Link
                  href={portalPath(portalScope, `/webhooks/endpoints/${delivery.endpointId}`)}
                  className="link font-mono text-sm wrap-anywhere"
                >
                  {delivery.registeredEventType}
                </Link>
              </DescriptionItem>
              <DescriptionItem term="Object">
                {delivery.objectType ?? "None"}{" "}
                {delivery.objectId ? (
                  <span className="font-mono text-sm wrap-anywhere">{delivery.objectId}</span>
                ) : null}
              </DescriptionItem>
              <DescriptionItem term="Attempts">
                {delivery.attempts}
                {delivery.nextAttemptAt ? (
                  <>
                    , next <Timestamp iso={delivery.nextAttemptAt} format="table" />
                  </>
                ) : null}
              </DescriptionItem>
              <DescriptionItem term="Processed">
                {delivery.processedAt ? (
                  <Timestamp iso={delivery.processedAt} format="table" />
                ) : (
                  "Not yet"
                )}
              </DescriptionItem>
              <DescriptionItem term="Delivery ID">
                <Identifier value={delivery.id} label="Copy delivery ID" />
              </DescriptionItem>
            </DescriptionList>
          </Card>
          <DeliveryVerification delivery={delivery} />
        </div>
        <DeliveryBody
          scope={portalScope}
          deliveryId={delivery.id}
          maskedBody={delivery.maskedBody}
          bodySize={delivery.bodySize}
          canShow={scope.permissions.includes("webhooks.show_bodies")}
        />
      </div>
    </>
  );
}
