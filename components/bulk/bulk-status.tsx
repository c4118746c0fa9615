"use client";

import { Download, Pause, Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import { PatientAct } from "@/components/shell/patient-act";
import { count } from "@/components/practices/words";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { buttonLook } from "@/components/ui/button-look";
import { Card } from "@/components/ui/card";
import { Moment } from "@/components/ui/moment";
import { Notice } from "@/components/ui/notice";
import type { BulkView } from "@/server/schemas/bulk";
import { CancelBulk } from "./cancel-bulk";
import { Figure, Figures } from "./figures";
import { ProgressBar } from "./progress-bar";
import { useBulk } from "./use-bulk";
import { describeTimeLeft, isWhole, settledRows } from "./words";

type BulkStatusProps = { place: Place; bulk: BulkView; canChange: boolean };

/** How far a bulk has come, and what can be done about it. */
export function BulkStatus({ place, bulk: given, canChange }: BulkStatusProps) {
  const bulk = useBulk(place, given);
  const router = useRouter();
  const [act, setAct] = useState<"pause" | "resume">("pause");
  const { pending, problem, run } = useAct(async () => {
    await portalClient(place.tenant, place.environment).bulk[act].mutate({ bulkId: bulk.id });
    router.refresh();
    return "staying";
  });
  const { state, counts, rowCount } = bulk;
  const isOpen = state === "running" || state === "paused" || state === "uploading";
  // The act is chosen by the state that the button was shown for.
  const wanted = state === "paused" ? "resume" : "pause";
  if (act !== wanted && !pending) setAct(wanted);

  return (
    <Card aria-labelledby="bulk-status" className="flex flex-col gap-5">
      <h2 id="bulk-status" className="sr-only">
        Progress
      </h2>
      {bulk.pauseReason && state === "paused" ? (
        <Notice tone="warning" title="The portal has paused this work">
          {bulk.pauseReason}
        </Notice>
      ) : null}
      {state === "uploading" && !isWhole(bulk) ? (
        <Notice
          tone="warning"
          title="Not all rows have arrived"
          action={
            <ButtonLink href={portalPath(place, "/links/bulk/new")}>Send the file again</ButtonLink>
          }
        >
          {bulk.receivedCount.toLocaleString("en-GB")} of {count(rowCount, "row")} came before the
          page was left. Nothing was made. What came is erased after 24 hours.
        </Notice>
      ) : null}
      {state === "uploading" ? (
        isWhole(bulk) ? (
          <p className="text-muted">All rows have arrived. Nobody has started the work yet.</p>
        ) : null
      ) : (
        <>
          <div className="flex flex-col gap-1.5">
            <ProgressBar label="Rows settled" value={settledRows(bulk)} most={rowCount} />
            <p className="flex flex-wrap justify-between gap-x-6 text-sm text-muted tabular-nums">
              <span>
                {settledRows(bulk).toLocaleString("en-GB")} of {count(rowCount, "row")} settled
              </span>
              <span>{describePace(bulk)}</span>
            </p>
          </div>
          <Figures>
            <Figure term="Made" tone="live" value={counts.made} />
            <Figure term="Refused" tone="danger" value={counts.refused} />
            <Figure term="Unknown" tone="unknown" value={counts.unknown} />
            {state === "cancelled" ? (
              <Figure term="Cancelled" value={counts.cancelled} />
            ) : (
              <Figure term="Waiting" value={counts.waiting + counts.working} />
            )}
          </Figures>
          <p role="status" className="sr-only">
            {describeForReaders(bulk)}
          </p>
        </>
      )}
      {problem ? (
        <Notice tone="danger" role="alert" title="That did not work">
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
          <PatientAct
            environment={place.environment}
            text="This goes on making links that patients can use."
          >
            <Button variant="primary" icon={<Play />} pending={pending} onClick={run}>
              Resume
            </Button>
          </PatientAct>
        ) : null}
        {bulk.rowsUntil && !isOpen ? (
          <a
            href={`/api/downloads/${place.tenant}/${place.environment}/bulk/${bulk.id}`}
            className={buttonLook({ variant: "primary" })}
            download
          >
            <Download aria-hidden="true" className="-mx-0.5 size-4" />
            Download the result
          </a>
        ) : null}
        {canChange && isOpen ? <CancelBulk place={place} bulk={bulk} /> : null}
      </div>
      {isOpen ? null : (
        <p className="text-sm text-muted">
          {bulk.rowsUntil ? (
            <>
              The result is kept until <Moment iso={bulk.rowsUntil} />. It has your references, and
              nothing that names a patient.
            </>
          ) : (
            "The rows and the result have been erased. The links that were made are in the list of links."
          )}
        </p>
      )}
    </Card>
  );
}

function describePace(bulk: BulkView): string {
  if (bulk.state === "paused") return "Paused";
  if (bulk.state !== "running") return "";
  if (bulk.perMinute === null) return "Starting…";
  const left = describeTimeLeft(bulk);
  return [`${bulk.perMinute.toLocaleString("en-GB")} a minute`, left].filter(Boolean).join(", ");
}

/** Said when the state changes, not with every row. */
function describeForReaders({ state, counts }: BulkView): string {
  if (state === "running") return "The work is running.";
  if (state === "paused") return "The work is paused.";
  return `The work has ended: ${counts.made} made, ${counts.refused} refused, ${counts.unknown} unknown.`;
}
