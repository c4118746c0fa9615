import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LiveRefresh } from "@/components/live/live-refresh";
import { NoPractices } from "@/components/practices/no-practices";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { describeDifferences, hasDifferences } from "@/components/webhooks/endpoints/labels";
import { CompareButton, RepairButton } from "@/components/webhooks/endpoints/practice-actions";
import { PracticeEndpoints } from "@/components/webhooks/endpoints/practice-endpoints";
import { WebhookMatrix } from "@/components/webhooks/endpoints/webhook-matrix";
import { WebhooksTabs } from "@/components/webhooks/webhooks-tabs";
import { requirePortalPage } from "@/server/portal/page-caller";
import { environmentNames } from "@/server/schemas/environment-names";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function WebhooksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practiceId = idFromQuery((await searchParams).practice);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const overview = await portal.webhooks.list();
  const { reachableSince, unknownEventTypes } = overview;
  if (practiceId && !overview.practices.some((each) => each.practiceId === practiceId)) notFound();
  const practices = overview.practices.filter(
    (each) => !practiceId || each.practiceId === practiceId,
  );
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const subscribed = practices.filter(({ endpoints }) => endpoints.length > 0);
  const different = practices.filter(hasDifferences);
  const canManage = scope.permissions.includes("webhooks.manage");

  return (
    <>
      <LiveRefresh topics={["practices", "deliveries"]} position={scope.livePosition} />
      <PageHeader
        title="Webhooks"
        density="compact"
        description={`Select what Hero sends to the portal for each practice in ${environmentNames[scope.environment]}.`}
        actions={
          canManage && practices.length > 0 ? (
            <CompareButton
              scope={portalScope}
              practiceIds={practices.map((practice) => practice.practiceId)}
            />
          ) : null
        }
      />
      <WebhooksTabs scope={portalScope} current="Endpoints" practiceId={practiceId} />
      {overview.practices.length === 0 ? (
        <NoPractices
          scope={portalScope}
          canConnect={scope.permissions.includes("practices.manage")}
          icon={<Webhook />}
        >
          Hero sends webhooks for each practice separately.
        </NoPractices>
      ) : (
        <>
          {different.length > 0 ? (
            <div className="mb-6">
              <Notice
                tone="warning"
                title="Hero's webhooks differ from what is selected"
                action={
                  canManage ? (
                    <RepairButton
                      scope={portalScope}
                      practiceIds={different.map((practice) => practice.practiceId)}
                    />
                  ) : null
                }
              >
                <ul className="flex list-disc flex-col gap-1 pl-5">
                  {different.slice(0, 10).map((practice) => (
                    <li key={practice.practiceId}>
                      {practice.name}: {describeDifferences(practice).join(" ")}
                    </li>
                  ))}
                  {different.length > 10 ? <li>{different.length - 10} more practices</li> : null}
                </ul>
                <p className="mt-2">
                  Repair registers missing webhooks, and deletes any at the portal's address that it
                  did not register. Webhooks of other systems are not changed.
                </p>
              </Notice>
            </div>
          ) : null}
          {subscribed.length > 0 ? (
            <p className="mb-4 text-sm text-muted">
              {reachableSince ? (
                <>
                  Hero can reach the portal. First webhook at <Timestamp iso={reachableSince} />.
                </>
              ) : (
                "No webhook has arrived yet, so we do not know whether Hero can reach the portal."
              )}
            </p>
          ) : null}
          <WebhookMatrix scope={portalScope} practices={practices} canManage={canManage} />
          {canManage ? null : (
            <p className="mt-3 text-sm text-muted">{whoCan("webhooks.manage")}</p>
          )}
          {unknownEventTypes.length > 0 ? (
            <p className="mt-3 text-sm text-muted">
              Hero also sent event types that the portal does not recognise. Their deliveries are
              kept: <span className="font-mono">{unknownEventTypes.join(", ")}</span>
            </p>
          ) : null}
          {onlyPractice ? (
            <PracticeEndpoints scope={portalScope} practice={onlyPractice} canManage={canManage} />
          ) : null}
        </>
      )}
    </>
  );
}
