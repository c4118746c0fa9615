"use client";

import { Link2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { ProductionWarning } from "@/components/shell/production-warning";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type {
  EhrCandidateView,
  EhrComparison,
  UnfinishedConnection,
} from "@/server/schemas/patient-ehr";
import { EhrAgreements, EhrRecordDetails } from "./ehr-record";

export type ListedComparison = Extract<EhrComparison, { outcome: "listed" }>;

type EhrCandidatesProps = {
  scope: PortalScope;
  practiceName: string;
  patientPath: string;
  comparison: ListedComparison;
  /** The record, or "check", whose action is running. */
  pendingKey: string | null;
  problems: SummaryError[];
  onConnect: (candidate: EhrCandidateView) => void;
  onReject: (candidate: EhrCandidateView) => void;
  onRestore: (candidate: EhrCandidateView) => void;
  onCheckAgain: () => void;
};

/** The clinical records that may be this patient's, in Hero's order. */
export function EhrCandidates(props: EhrCandidatesProps) {
  const { practiceName, comparison, pendingKey, problems, onCheckAgain } = props;
  const { patient, candidates, isComplete, connection } = comparison;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const count = candidates.length;
  return (
    <div className="flex max-w-4xl flex-col gap-5">
      <ErrorSummary errors={problems} />
      {connection ? (
        <UnfinishedNotice
          connection={connection}
          isPending={pendingKey === "check"}
          onCheckAgain={onCheckAgain}
        />
      ) : null}
      <Card aria-labelledby="hero-record">
        <h2 id="hero-record" className="mb-3 text-lg font-semibold">
          Hero&apos;s record
        </h2>
        <EhrRecordDetails record={patient} />
      </Card>
      <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-offset-4">
        {count === 0
          ? "No clinical records to compare"
          : count === 1
            ? "1 clinical record may be this patient"
            : `${count} clinical records may be this patient`}
      </h2>
      {isComplete ? null : (
        <Notice tone="warning" title="Hero did not send all clinical records">
          There are more than the ones on this page. The right one may be missing. Check again, or
          ask {practiceName}.
        </Notice>
      )}
      {count === 0 && isComplete ? (
        <p className="max-w-prose text-muted">
          Hero found no record at {practiceName} that may be this patient. They may not be
          registered there. Ask the practice to register them first.
        </p>
      ) : null}
      <ol className="flex flex-col gap-5">
        {candidates.map((candidate, index) => (
          <li key={candidate.candidateKey}>
            <CandidateCard {...props} candidate={candidate} position={index + 1} />
          </li>
        ))}
      </ol>
      <div>
        <Button onClick={onCheckAgain} pending={pendingKey === "check"}>
          {pendingKey === "check" ? "Checking…" : "Check again"}
        </Button>
      </div>
    </div>
  );
}

type CandidateCardProps = EhrCandidatesProps & { candidate: EhrCandidateView; position: number };

function CandidateCard({ candidate, position, ...props }: CandidateCardProps) {
  const { scope, patientPath, comparison, pendingKey, onConnect, onReject, onRestore } = props;
  const { candidateKey, record, nonMatch, status } = candidate;
  const headingId = `record-${position}`;
  const isRejected = nonMatch?.isCurrent === true;
  const isPending = pendingKey === candidateKey;
  return (
    <Card aria-labelledby={headingId}>
      <h3 id={headingId} className="mb-3 font-semibold">
        Clinical record {position} of {comparison.candidates.length}
      </h3>
      <div className="grid gap-5 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <EhrRecordDetails record={record} />
        <div>
          <p className="mb-2 font-medium">Compared with Hero&apos;s record</p>
          <EhrAgreements {...candidate} />
        </div>
      </div>
      <div className="mt-4 flex flex-col gap-4 border-t border-line pt-4">
        {nonMatch ? (
          <Notice
            tone={isRejected ? "info" : "warning"}
            title={isRejected ? "Not the same person" : "Compare this record again"}
          >
            Marked by {nonMatch.createdBy} at <Timestamp iso={nonMatch.createdAt} />. Reason:{" "}
            {nonMatch.reason}.{isRejected ? null : " One of the records has changed since."}
          </Notice>
        ) : null}
        <StatusNotice candidate={candidate} scope={scope} patientPath={patientPath} />
        <div className="flex flex-wrap items-start gap-2">
          {status === "can_be_connected" && !isRejected ? (
            <ProductionWarning
              environment={scope.environment}
              text="This connects a real patient to a clinical record."
            >
              <Button
                variant="primary"
                icon={<Link2 />}
                pending={isPending}
                aria-describedby={headingId}
                onClick={() => onConnect(candidate)}
              >
                {isPending ? "Connecting…" : "Connect this record"}
              </Button>
            </ProductionWarning>
          ) : null}
          {isRejected ? (
            <Button
              pending={isPending}
              aria-describedby={headingId}
              onClick={() => onRestore(candidate)}
            >
              {isPending ? "Saving…" : "Undo"}
            </Button>
          ) : (
            <Button aria-describedby={headingId} onClick={() => onReject(candidate)}>
              Not the same person
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}

/** Why a record cannot be connected, and what to do instead. */
function StatusNotice({
  candidate: { status, heroPatientId },
  scope,
  patientPath,
}: {
  candidate: EhrCandidateView;
  scope: PortalScope;
  patientPath: string;
}) {
  if (status === "other_patient") {
    return (
      <Notice
        tone="warning"
        title="Connected to another Hero patient"
        action={
          <ButtonLink href={portalPath(scope, `${patientPath}/merge`)} prefetch={false}>
            Compare and merge
          </ButtonLink>
        }
      >
        This record belongs to Hero patient <span className="font-mono">{heroPatientId}</span>. If
        both are the same person, merge the two Hero patients. You cannot connect it here.
      </Notice>
    );
  }
  if (status === "deceased") {
    return (
      <Notice tone="danger" title="This record says that the person has died">
        It cannot be connected. Ask the practice which record is right.
      </Notice>
    );
  }
  return status === "no_id" ? (
    <Notice tone="info" title="This record cannot be connected">
      Hero gave no ID for it. Ask the practice to connect it in Hero.
    </Notice>
  ) : null;
}

function UnfinishedNotice({
  connection: { state, createdBy, sentAt },
  isPending,
  onCheckAgain,
}: {
  connection: UnfinishedConnection;
  isPending: boolean;
  onCheckAgain: () => void;
}) {
  const titles = {
    pending: "This patient is being connected",
    accepted: "Hero accepted a connection that does not show yet",
    unknown: "We do not know whether this patient is connected",
  };
  return (
    <Notice
      tone="warning"
      title={titles[state]}
      action={
        <Button size="sm" pending={isPending} onClick={onCheckAgain}>
          Check again
        </Button>
      }
    >
      {createdBy} requested a connection at <Timestamp iso={sentAt} />. Hero&apos;s record does not
      show it. Ask the practice before you connect another record.
    </Notice>
  );
}
