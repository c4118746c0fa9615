import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { BatchDetails } from "@/components/message-batches/batch-details";
import {
  BatchTotals,
  CheckProgress,
  SendProgress,
} from "@/components/message-batches/batch-progress";
import {
  batchStateNames,
  countMessages,
  hasEnded,
  wasStarted,
} from "@/components/message-batches/labels";
import { BatchStateBadge } from "@/components/message-batches/state-badge";
import { describeChannels } from "@/components/messages/labels";
import { ShowText } from "@/components/messages/show-text";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import {
  loadMessageBatch,
  orNotFoundPage,
  requirePortalPage,
  titleOf,
} from "@/server/portal/page-caller";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; batchId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal, scope } = await requirePortalPage(params);
  const batchId = idFromPath((await params).batchId);
  if (!scope.permissions.includes("messages.read")) return { title: "Batch" };
  return titleOf(loadMessageBatch(portal, batchId), ({ name }) => `${name} – Batches`);
}

export default async function MessageBatchPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const batchId = idFromPath((await params).batchId);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const back = {
    href: portalPath(portalScope, "/messages/batches", { practice: idFromQuery(query.practice) }),
    label: "Batches",
  };
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Batch" back={back} />
        <Notice tone="info" title="You do not have permission to see batches">
          {whoCan("messages.read")}
        </Notice>
      </>
    );
  }
  const batch = await orNotFoundPage(loadMessageBatch(portal, batchId));

  return (
    <>
      <LiveRefresh topics={["messages"]} position={scope.livePosition} />
      <PageHeader
        title={batch.name}
        badge={<BatchStateBadge state={batch.state} />}
        description={
          <>
            {describeChannels(batch)} · {batch.practice.name} · created by {batch.createdBy},{" "}
            <Timestamp iso={batch.createdAt} />
          </>
        }
        back={back}
      />
      <div className="flex flex-col gap-5">
        <BatchStatus batch={batch} />
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <BatchDetails scope={portalScope} batch={batch} />
          <ShowText scope={portalScope} of={{ batchId: batch.id }} hasText={batch.hasText} />
        </div>
      </div>
    </>
  );
}

/** What happens now, in words and numbers. */
function BatchStatus({ batch }: { batch: MessageBatchView }) {
  const { state, counts } = batch;
  const isBeingChecked = state === "collecting" || state === "checking";
  return (
    <Card aria-labelledby="status" className="flex flex-col gap-5">
      <h2 id="status" className="text-lg font-semibold">
        {isBeingChecked || hasEnded(batch)
          ? batchStateNames[state]
          : `${batchStateNames[state]}: ${countMessages(batch.channel, counts.included)}`}
      </h2>
      {isBeingChecked ? (
        <CheckProgress batch={batch} />
      ) : (
        <>
          {wasStarted(batch) ? <SendProgress batch={batch} /> : null}
          <BatchTotals batch={batch} />
        </>
      )}
    </Card>
  );
}
