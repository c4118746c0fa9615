"use client";

import { Download, Pause, Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { ProductionWarning } from "@/components/shell/production-warning";
import { formatCount } from "@/components/ui/format-count";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Card } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";
import { CancelBulkUpload } from "./cancel-bulk-upload";
import { Stat, Stats } from "./stats";
import { ProgressBar } from "./progress-bar";
import { describeTimeLeft, isFullyUploaded, countFinishedRows } from "./labels";

type BulkUploadStatusProps = { scope: PortalScope; bulkUpload: BulkUploadView; canChange: boolean };

export function BulkUploadStatus({ scope, bulkUpload, canChange }: BulkUploadStatusProps) {
  const router = useRouter();
  const [action, setAction] = useState<"pause" | "resume">("pause");
  const { pending, problem, run } = useAction(async () => {
    await portalClient(scope.tenant, scope.environment).bulkUploads[action].mutate({
      bulkUploadId: bulkUpload.id,
    });
    router.refresh();
    return "staying";
  });
  const { state, counts, rowCount } = bulkUpload;
  const isOpen = state === "running" || state === "paused" || state === "uploading";
  // While a call is pending, keep the action whose button was pressed.
  const expectedAction = state === "paused" ? "resume" : "pause";
  if (action !== expectedAction && !pending) setAction(expectedAction);

  return (
    <Card aria-labelledby="bulk-upload-status" className="flex flex-col gap-5">
      <h2 id="bulk-upload-status" className="sr-only">
        Progress
      </h2>
      {bulkUpload.pauseReason && state === "paused" ? (
        <Notice tone="warning" title="Paused by the portal">
          {bulkUpload.pauseReason}
        </Notice>
      ) : null}
      {state === "uploading" && !isFullyUploaded(bulkUpload) ? (
        <Notice
          tone="warning"
          title="Upload incomplete"
          action={
            <ButtonLink href={portalPath(scope, "/links/bulk-uploads/new")}>
              Upload the file again
            </ButtonLink>
          }
        >
          {bulkUpload.receivedCount.toLocaleString("en-GB")} of {formatCount(rowCount, "row")}{" "}
          arrived. No links were created. Uploaded rows are deleted after 24 hours.
        </Notice>
      ) : null}
      {state === "uploading" ? (
        isFullyUploaded(bulkUpload) ? (
          <p className="text-muted">All rows are uploaded. No links have been created yet.</p>
        ) : null
      ) : (
        <>
          <div className="flex flex-col gap-1.5">
            <ProgressBar label="Rows done" value={countFinishedRows(bulkUpload)} max={rowCount} />
            <p className="flex flex-wrap justify-between gap-x-6 text-sm text-muted tabular-nums">
              <span>
                {countFinishedRows(bulkUpload).toLocaleString("en-GB")} of{" "}
                {formatCount(rowCount, "row")} done
              </span>
              <span>{describeRate(bulkUpload)}</span>
            </p>
          </div>
          <Stats>
            <Stat label="Created" tone="live" value={counts.created} />
            <Stat label="Failed" tone="danger" value={counts.failed} />
            <Stat label="Unknown" tone="unknown" value={counts.unknown} />
            {state === "cancelled" ? (
              <Stat label="Cancelled" value={counts.cancelled} />
            ) : (
              <Stat label="Waiting" value={counts.waiting + counts.working} />
            )}
          </Stats>
          <p role="status" className="sr-only">
            {describeForScreenReaders(bulkUpload)}
          </p>
        </>
      )}
      {problem ? (
        <Notice tone="danger" role="alert" title="Something went wrong">
          {problem}
        </Notice>
      ) : null}
      <div className="flex flex-wrap items-start gap-2">
        {canChange && state === "running" ? (
          <Button icon={<Pause />} pending={pending} onClick={run}>
            Pause
          </Button>
        ) : null}
        {canChange && state === "paused" ? (
          <ProductionWarning
            environment={scope.environment}
            text="Resuming creates links that patients can use."
          >
            <Button variant="primary" icon={<Play />} pending={pending} onClick={run}>
              Resume
            </Button>
          </ProductionWarning>
        ) : null}
        {bulkUpload.rowsExpireAt && !isOpen ? (
          <a
            href={`/api/downloads/${scope.tenant}/${scope.environment}/bulk-uploads/${bulkUpload.id}`}
            className={buttonClasses({ variant: "primary" })}
            download
          >
            <Download aria-hidden="true" className="-mx-0.5 size-4" />
            Download results
          </a>
        ) : null}
        {canChange && isOpen ? <CancelBulkUpload scope={scope} bulkUpload={bulkUpload} /> : null}
      </div>
      {isOpen ? null : (
        <p className="text-sm text-muted">
          {bulkUpload.rowsExpireAt ? (
            <>
              Results are kept until <Timestamp iso={bulkUpload.rowsExpireAt} />. They hold the
              columns you used, but no patient details.
            </>
          ) : (
            "The rows and results have been deleted. The links are still in the list of links."
          )}
        </p>
      )}
    </Card>
  );
}

function describeRate(bulkUpload: BulkUploadView): string {
  if (bulkUpload.state === "paused") return "Paused";
  if (bulkUpload.state !== "running") return "";
  if (bulkUpload.rowsPerMinute === null) return "Starting…";
  const timeLeft = describeTimeLeft(bulkUpload);
  return [`${bulkUpload.rowsPerMinute.toLocaleString("en-GB")} per minute`, timeLeft]
    .filter(Boolean)
    .join(", ");
}

/** Announced when the state changes, not for every row. */
function describeForScreenReaders({ state, counts }: BulkUploadView): string {
  if (state === "running") return "Creating links.";
  if (state === "paused") return "Paused.";
  const outcome = state === "cancelled" ? "Cancelled" : "Finished";
  return `${outcome}. ${formatCount(counts.created, "link")} created, ${counts.failed} failed, ${counts.unknown} unknown.`;
}
