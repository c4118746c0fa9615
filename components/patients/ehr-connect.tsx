"use client";

import { useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { SummaryError } from "@/components/ui/error-summary";
import type {
  EhrCandidateView,
  EhrComparison,
  EhrConnectionResult,
  NonMatchReason,
} from "@/server/schemas/patient-ehr";
import { EhrCandidates, type ListedComparison } from "./ehr-candidates";
import { EhrDateForm } from "./ehr-date-form";
import { ConfirmDifferences, RejectCandidate } from "./ehr-decision";
import { type EhrOutcome, EhrOutcomeCard } from "./ehr-outcome";

type ConnectToEhrProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  patientId: string;
};

type Step =
  | { name: "date" }
  | { name: "compare"; comparison: ListedComparison }
  | { name: "confirm" | "reject"; comparison: ListedComparison; candidate: EhrCandidateView }
  | { name: "outcome"; outcome: EhrOutcome };

const connectedOutcome: EhrOutcome = {
  kind: "success",
  title: "The patient is connected",
  text: "Hero's record shows the connection to the clinical system.",
};

const changedOutcome: EhrOutcome = {
  kind: "stopped",
  title: "The records have changed",
  text: "They are not what this page showed you. Nothing was sent. Compare them again.",
};

function toOutcome(comparison: Exclude<EhrComparison, { outcome: "listed" }>): EhrOutcome {
  if (comparison.outcome === "connected") return connectedOutcome;
  const titles = {
    refused: "This patient cannot be connected",
    could_not_be_checked: "We could not check this patient",
    not_allowed: "Hero does not allow this for the practice",
    could_not_be_listed: "The clinical records could not be read",
  };
  return {
    kind: comparison.outcome === "could_not_be_listed" ? "unknown" : "stopped",
    title: titles[comparison.outcome],
    text: `${comparison.reason} Nothing was changed.`,
  };
}

function toConnectionOutcome(result: EhrConnectionResult): EhrOutcome {
  switch (result.outcome) {
    case "connected":
      return connectedOutcome;
    case "accepted":
      return {
        kind: "waiting",
        title: "Hero accepted the connection",
        text: "Hero's record does not show it yet. This can take a few minutes. Do not connect another record.",
      };
    case "in_progress":
      return {
        kind: "waiting",
        title: "Another request is connecting this patient",
        text: "Nothing was sent a second time. Check again to see what became of it.",
      };
    case "changed":
      return changedOutcome;
    case "unknown":
      return {
        kind: "unknown",
        title: "We do not know whether the patient is connected",
        text: result.reason,
      };
    case "failed":
      return { kind: "stopped", title: "The patient was not connected", text: result.reason };
    case "refused":
      return {
        kind: "stopped",
        title: "This record cannot be connected",
        text: `${result.reason} Nothing was sent.`,
      };
  }
}

/**
 * Connects a patient to a record of the clinical system: date of birth first, then the records, then a
 * confirmation of what differs. What is typed and shown stays in this component.
 */
export function ConnectToEhr({ scope, practice, patientId }: ConnectToEhrProps) {
  const [step, setStep] = useState<Step>({ name: "date" });
  const [pendingKey, setPendingKey] = useState<string | null>(null);
  const [problems, setProblems] = useState<SummaryError[]>([]);
  const [round, setRound] = useState(0);
  // State is too late for the second of two quick clicks.
  const isRunning = useRef(false);
  const dateOfBirth = useRef("");
  /** One for each record on the page, so that pressing Connect again after no response is the same act. */
  const operationIds = useRef(new Map<string, string>());
  const client = portalClient(scope.tenant, scope.environment);
  const patientPath = `/patients/${practice.id}/${patientId}`;
  const patientInput = () => ({
    practiceId: practice.id,
    patientId,
    dateOfBirth: dateOfBirth.current,
  });

  async function compare(date: string) {
    const comparison = await client.patientEhr.compare.mutate({
      practiceId: practice.id,
      patientId,
      dateOfBirth: date,
    });
    dateOfBirth.current = date;
    operationIds.current.clear();
    setRound((count) => count + 1);
    setStep(
      comparison.outcome === "listed"
        ? { name: "compare", comparison }
        : { name: "outcome", outcome: toOutcome(comparison) },
    );
  }

  async function run(key: string, action: () => Promise<void>) {
    if (isRunning.current) return;
    isRunning.current = true;
    setPendingKey(key);
    setProblems([]);
    try {
      await action();
    } catch (error) {
      setProblems([{ message: describeFailure(toCallFailure(error)) }]);
    }
    isRunning.current = false;
    setPendingKey(null);
  }

  const checkAgain = () => void run("check", () => compare(dateOfBirth.current));

  function connect(candidate: EhrCandidateView) {
    const { candidateKey, recordsKey, differences } = candidate;
    const operationId = operationIds.current.get(candidateKey) ?? crypto.randomUUID();
    operationIds.current.set(candidateKey, operationId);
    void run(candidateKey, async () => {
      const result = await client.patientEhr.connect.mutate({
        ...patientInput(),
        candidateKey,
        recordsKey,
        operationId,
        confirmedDifferences: differences,
      });
      setStep({ name: "outcome", outcome: toConnectionOutcome(result) });
    });
  }

  const showDecision = (
    name: "confirm" | "reject",
    comparison: ListedComparison,
    candidate: EhrCandidateView,
  ) => {
    setProblems([]);
    setStep({ name, comparison, candidate });
  };

  function reject({ candidateKey, recordsKey }: EhrCandidateView, reason: NonMatchReason) {
    void run(candidateKey, async () => {
      const { outcome } = await client.patientEhr.rejectCandidate.mutate({
        ...patientInput(),
        candidateKey,
        recordsKey,
        reason,
      });
      if (outcome === "saved") await compare(dateOfBirth.current);
      else setStep({ name: "outcome", outcome: changedOutcome });
    });
  }

  function restore({ candidateKey }: EhrCandidateView) {
    void run(candidateKey, async () => {
      await client.patientEhr.restoreCandidate.mutate({
        practiceId: practice.id,
        patientId,
        candidateKey,
      });
      await compare(dateOfBirth.current);
    });
  }

  if (step.name === "date") return <EhrDateForm patientId={patientId} compare={compare} />;
  if (step.name === "outcome") {
    return (
      <EhrOutcomeCard
        key={`${round} ${step.outcome.title}`}
        outcome={step.outcome}
        patientHref={portalPath(scope, patientPath)}
        isPending={pendingKey === "check"}
        problems={problems}
        onCheckAgain={checkAgain}
      />
    );
  }
  const { comparison } = step;
  const backToCards = () => {
    setProblems([]);
    setStep({ name: "compare", comparison });
  };
  if (step.name === "compare") {
    return (
      <EhrCandidates
        key={round}
        scope={scope}
        practiceName={practice.name}
        patientPath={patientPath}
        comparison={comparison}
        pendingKey={pendingKey}
        problems={problems}
        onConnect={(candidate) =>
          candidate.differences.length > 0
            ? showDecision("confirm", comparison, candidate)
            : connect(candidate)
        }
        onReject={(candidate) => showDecision("reject", comparison, candidate)}
        onRestore={restore}
        onCheckAgain={checkAgain}
      />
    );
  }
  const { candidate } = step;
  const decision = {
    candidate,
    isPending: pendingKey === candidate.candidateKey,
    problems,
    onBack: backToCards,
  };
  return step.name === "confirm" ? (
    <ConfirmDifferences
      {...decision}
      scope={scope}
      patient={comparison.patient}
      onConfirm={() => connect(candidate)}
    />
  ) : (
    <RejectCandidate {...decision} onReject={(reason) => reject(candidate, reason)} />
  );
}
