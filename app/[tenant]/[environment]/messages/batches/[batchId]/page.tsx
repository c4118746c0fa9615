import type { Metadata } from "next";
import { Suspense } from "react";
import { LiveRefresh } from "@/components/live/live-refresh";
import {
  BatchAction,
  CancelBatch,
  PauseOrContinue,
  ScheduledBatch,
} from "@/components/message-batches/batch-actions";
import { BatchDetails } from "@/components/message-batches/batch-details";
import {
  BatchTotals,
  CheckProgress,
  SendProgress,
} from "@/components/message-batches/batch-progress";
import { BatchReminders } from "@/components/message-batches/batch-reminders";
import { BatchResults } from "@/components/message-batches/batch-results";
import { BatchTrouble } from "@/components/message-batches/batch-trouble";
import { countMessages, wasStarted } from "@/components/message-batches/labels";
import { RecipientPreviews } from "@/components/message-batches/recipient-previews";
import { DecideBatch, SendBatch } from "@/components/message-batches/review-batch";
import { ReviewFacts } from "@/components/message-batches/review-facts";
import { BatchStateBadge } from "@/components/message-batches/state-badge";
import { describeChannels } from "@/components/messages/labels";
import { ShowText } from "@/components/messages/show-text";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Card, CardHeader } from "@/components/ui/card";
import { Failure } from "@/components/ui/failure";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { Timestamp } from "@/components/ui/timestamp";
import {
  loadMessageBatch,
  orNotFoundPage,
  type Portal,
  requirePortalPage,
  resultOrMessage,
  titleOf,
} from "@/server/portal/page-caller";
import { ukDateOf } from "@/server/schemas/dates";
import { listBatchResultsInput, type MessageBatchView } from "@/server/schemas/message-batches";
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
  // Invalid filters and cursors show the first page of all recipients.
  const outcome = listBatchResultsInput.shape.outcome.safeParse(query.outcome).data;
  const cursor = /^\d{1,7}$/.test(String(query.after)) ? Number(query.after) : undefined;
  const [batch, results] = await Promise.all([
    orNotFoundPage(loadMessageBatch(portal, batchId)),
    orNotFoundPage(portal.messageBatches.results({ batchId, outcome, cursor })),
  ]);
  const canSend = scope.permissions.includes("messages.send");
  const shared = { scope: portalScope, batch, canSend };

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
        <BatchStatus {...shared}>
          {batch.state === "ready" || batch.state === "awaiting_approval" ? (
            <Suspense fallback={<ReviewSkeleton />}>
              <Review portal={portal} {...shared} />
            </Suspense>
          ) : null}
        </BatchStatus>
        <BatchReminders scope={portalScope} batch={batch} canSend={canSend} />
        {wasStarted(batch) ? <BatchTrouble {...shared} /> : null}
        {results.items.length > 0 || outcome !== undefined ? (
          <BatchResults
            scope={portalScope}
            batch={batch}
            page={results}
            outcome={outcome}
            cursor={cursor}
            canSend={canSend}
          />
        ) : null}
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <BatchDetails scope={portalScope} batch={batch} />
          <ShowText scope={portalScope} of={{ batchId: batch.id }} hasText={batch.hasText} />
        </div>
      </div>
    </>
  );
}

type BatchPartProps = { scope: PortalScope; batch: MessageBatchView; canSend: boolean };

/** What happens now, and what a person can do. `children`: the review. */
function BatchStatus({
  scope,
  batch,
  canSend,
  children,
}: BatchPartProps & { children: React.ReactNode }) {
  const { state, counts } = batch;
  switch (state) {
    case "collecting":
      return (
        <Card aria-labelledby="status" className="flex flex-col gap-5">
          <h2 id="status" className="text-lg font-semibold">
            Adding recipients
          </h2>
          <CheckProgress batch={batch} />
          <p className="max-w-prose text-muted">
            {counts.total < batch.rowCount
              ? "If the page that adds them was closed, the rest does not arrive. Cancel this batch and create another one. Nothing has been sent."
              : "All recipients have arrived. Check them to continue."}
          </p>
          {canSend ? (
            <div className="flex flex-wrap items-start gap-2">
              {counts.total < batch.rowCount ? null : (
                <BatchAction
                  scope={scope}
                  batch={batch}
                  change="check"
                  label="Check recipients"
                  pendingLabel="Checking…"
                  variant="primary"
                />
              )}
              <CancelBatch scope={scope} batch={batch} />
            </div>
          ) : null}
        </Card>
      );
    case "checking":
      return (
        <Card aria-labelledby="status" className="flex flex-col gap-5">
          <CardHeader
            id="status"
            title="Checking recipients"
            description="Each patient is looked up at the practice and their record is read. This page updates by itself, and you can leave it. Nothing has been sent."
            className="mb-0"
          />
          <CheckProgress batch={batch} />
          {canSend ? (
            <div>
              <CancelBatch scope={scope} batch={batch} />
            </div>
          ) : null}
        </Card>
      );
    case "ready":
    case "awaiting_approval":
      return children;
    case "scheduled":
      return (
        <Card aria-label="State">
          <ScheduledBatch scope={scope} batch={batch} canSend={canSend} />
        </Card>
      );
    case "sending":
    case "paused":
      return (
        <Card aria-labelledby="status" className="flex flex-col gap-5">
          <h2 id="status" className="text-lg font-semibold">
            {state === "sending"
              ? `Sending ${countMessages(batch.channel, counts.included)}`
              : `Paused. ${countMessages(batch.channel, counts.toSend)} not sent yet`}
          </h2>
          {state === "paused" ? (
            <Notice
              tone="warning"
              title={batch.pauseReason ? "Paused by the portal" : "Paused by a person"}
            >
              {batch.pauseReason ?? "No more messages leave until someone continues."}
            </Notice>
          ) : null}
          <SendProgress batch={batch} />
          <BatchTotals batch={batch} />
          {canSend ? <PauseOrContinue scope={scope} batch={batch} /> : null}
        </Card>
      );
    case "finished":
    case "stopped":
      return (
        <Card aria-labelledby="status" className="flex flex-col gap-5">
          <h2 id="status" className="text-lg font-semibold">
            {state === "finished"
              ? "Finished"
              : `Stopped. ${formatCount(counts.sent + counts.unknown, "message")} had left`}
          </h2>
          <BatchTotals batch={batch} />
          {counts.unknown > 0 ? (
            <Notice tone="warning" title={`What to check with ${batch.practice.name}`}>
              {formatCount(counts.unknown, "patient")} may have received the message or not. It is
              not sent again. Ask whether Hero shows it for them.
            </Notice>
          ) : null}
        </Card>
      );
    case "cancelled":
      return (
        <Card aria-label="State">
          <p>The batch was cancelled before anything was sent. Nobody received a message.</p>
        </Card>
      );
  }
}

/** The same page for both people: everything that is checked, then the buttons for this one. */
async function Review({ portal, scope, batch, canSend }: BatchPartProps & { portal: Portal }) {
  const path = portalPath(scope, `/messages/batches/${batch.id}`);
  const [{ result: review, message }, settings] = await Promise.all([
    resultOrMessage(orNotFoundPage(portal.messageBatches.review({ batchId: batch.id }))),
    portal.messageSettings.get(),
  ]);
  if (!review) {
    return (
      <Failure title="Could not read the review" retry={path}>
        {message} Nothing was sent.
      </Failure>
    );
  }
  const { approval, state } = batch;
  const isEmpty = review.included === 0;
  return (
    <Card aria-labelledby="review" className="flex flex-col gap-6 sm:p-6!">
      <h2 id="review" className="text-lg font-semibold">
        {state === "ready" ? "Review" : "Waiting for approval"}
      </h2>
      {state === "awaiting_approval" && approval ? (
        <p>
          {approval.requestedBy} requested approval at <Timestamp iso={approval.requestedAt} />. The
          request expires at <Timestamp iso={approval.expiresAt} />. Nothing has been sent.
        </p>
      ) : null}
      {state === "ready" && approval?.decision === "refused" ? (
        <Notice tone="danger" title={`Refused by ${approval.decidedBy ?? "a second person"}`}>
          {approval.reason}
        </Notice>
      ) : state === "ready" && approval?.isExpired ? (
        <Notice tone="warning" title="The request for approval has expired">
          Nobody decided in time. Nothing was sent. You can request approval again.
        </Notice>
      ) : null}
      {review.outdatedReason ? (
        <Notice
          tone="warning"
          title="Something has changed since the check"
          action={
            canSend ? (
              <BatchAction
                scope={scope}
                batch={batch}
                change="check"
                label="Check again"
                pendingLabel="Checking…"
                variant="primary"
              />
            ) : null
          }
        >
          {review.outdatedReason} Check the recipients again before it is sent.
        </Notice>
      ) : null}
      {isEmpty ? (
        <Notice tone="warning" title="Nobody is left to send to">
          Every recipient was left out. The reasons are below.
        </Notice>
      ) : null}
      <ReviewFacts scope={scope} batch={batch} review={review} />
      {isEmpty || !canSend ? null : (
        <RecipientPreviews scope={scope} batch={batch} review={review} />
      )}
      {!canSend ? (
        <p className="text-muted">{whoCan("messages.send")}</p>
      ) : review.outdatedReason !== null || isEmpty ? (
        <div>
          <CancelBatch scope={scope} batch={batch} />
        </div>
      ) : state === "ready" ? (
        <SendBatch
          scope={scope}
          batch={batch}
          review={review}
          settings={settings}
          today={ukDateOf(new Date())}
        />
      ) : (
        <DecideBatch scope={scope} batch={batch} review={review} />
      )}
    </Card>
  );
}

function ReviewSkeleton() {
  return (
    <div aria-busy="true">
      <p role="status" className="mb-2 text-muted">
        Reading the review…
      </p>
      <Skeleton className="h-60 rounded-lg" />
    </div>
  );
}
