"use client";

import { useEffect, useRef, useState } from "react";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { FieldError } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import {
  type ComparedRecord,
  type EhrCandidateView,
  type NonMatchReason,
  nonMatchReasons,
} from "@/server/schemas/patient-ehr";
import { EhrAgreements, EhrRecordDetails } from "./ehr-record";
import { describeAgreement } from "./ehr-words";

type DecisionProps = {
  candidate: EhrCandidateView;
  isPending: boolean;
  problems: SummaryError[];
  onBack: () => void;
};

const useFocusedHeading = () => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
};

/** The page between a record with differences and its connection. */
export function ConfirmDifferences({
  scope,
  patient,
  candidate,
  isPending,
  problems,
  onConfirm,
  onBack,
}: DecisionProps & { scope: PortalScope; patient: ComparedRecord; onConfirm: () => void }) {
  const [isConfirmed, setIsConfirmed] = useState(false);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const heading = useFocusedHeading();
  const { comparison, differences } = candidate;
  const fieldError = errors[0]?.field ? errors[0].message : undefined;

  function confirm() {
    if (isConfirmed) return onConfirm();
    setErrors([
      { field: "same-person", message: "Confirm that you checked that this is the same person." },
    ]);
  }

  return (
    <Card aria-labelledby="differences" className="max-w-4xl sm:p-6!">
      <div className="flex flex-col gap-5">
        <ErrorSummary errors={problems.length > 0 ? problems : errors} />
        <h2
          id="differences"
          ref={heading}
          tabIndex={-1}
          className="text-xl font-semibold outline-offset-4"
        >
          The two records differ
        </h2>
        <Notice
          tone="warning"
          title={differences.length === 1 ? "1 difference" : `${differences.length} differences`}
        >
          <ul className="list-disc pl-5">
            {comparison
              .filter(({ field }) => differences.includes(field))
              .map(({ field, agreement }) => (
                <li key={field}>{describeAgreement(field, agreement)}</li>
              ))}
          </ul>
        </Notice>
        <div className="grid gap-6 sm:grid-cols-2">
          <div>
            <h3 className="mb-2 font-semibold">Hero&apos;s record</h3>
            <EhrRecordDetails record={patient} />
          </div>
          <div>
            <h3 className="mb-2 font-semibold">Clinical record</h3>
            <EhrRecordDetails record={candidate.record} />
          </div>
        </div>
        <p className="max-w-prose">
          Connecting the wrong record shows one person&apos;s care to another. If you are not
          certain, go back and ask the practice.
        </p>
        <div className="flex flex-col gap-1.5">
          {fieldError ? <FieldError id="same-person-error">{fieldError}</FieldError> : null}
          <label className="flex cursor-pointer items-start gap-3">
            <input
              type="checkbox"
              id="same-person"
              checked={isConfirmed}
              onChange={(event) => {
                setIsConfirmed(event.target.checked);
                setErrors([]);
              }}
              aria-invalid={fieldError ? true : undefined}
              aria-describedby={fieldError ? "same-person-error" : undefined}
              className="mt-0.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
            />
            <span>I have checked these differences. Both records are the same person.</span>
          </label>
        </div>
        <div className="flex flex-wrap items-start gap-2">
          <ProductionWarning
            environment={scope.environment}
            text="This connects a real patient to a clinical record."
          >
            <Button variant="danger" pending={isPending} onClick={confirm}>
              {isPending ? "Connecting…" : "Connect despite the differences"}
            </Button>
          </ProductionWarning>
          <Button onClick={onBack}>Back</Button>
        </div>
      </div>
    </Card>
  );
}

const reasons = Object.entries(nonMatchReasons) as [NonMatchReason, string][];

/** Why a record is not this patient's. */
export function RejectCandidate({
  candidate,
  isPending,
  problems,
  onReject,
  onBack,
}: DecisionProps & { onReject: (reason: NonMatchReason) => void }) {
  const [reason, setReason] = useState<NonMatchReason | null>(null);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const heading = useFocusedHeading();
  const fieldError = errors[0]?.message;

  function reject() {
    if (reason) return onReject(reason);
    setErrors([{ field: "reason", message: "Select why this is not the same person." }]);
  }

  return (
    <Card aria-labelledby="not-same" className="max-w-3xl sm:p-6!">
      <div className="flex flex-col gap-5">
        <ErrorSummary errors={problems.length > 0 ? problems : errors} />
        <div>
          <h2
            id="not-same"
            ref={heading}
            tabIndex={-1}
            className="text-xl font-semibold outline-offset-4"
          >
            Not the same person
          </h2>
          <p className="mt-1 max-w-prose text-muted">
            Your colleagues see this and cannot connect the record, unless either record changes.
            You can undo it.
          </p>
        </div>
        <EhrAgreements {...candidate} />
        <fieldset aria-describedby={fieldError ? "reason-error" : undefined}>
          <legend className="mb-2 font-medium">Why?</legend>
          {fieldError ? (
            <FieldError id="reason-error" className="mb-2">
              {fieldError}
            </FieldError>
          ) : null}
          <div className="flex flex-col gap-2.5">
            {reasons.map(([value, label], index) => (
              <label key={value} className="flex cursor-pointer items-start gap-3">
                <input
                  type="radio"
                  name="reason"
                  id={index === 0 ? "reason" : `reason-${value}`}
                  value={value}
                  checked={reason === value}
                  onChange={() => {
                    setReason(value);
                    setErrors([]);
                  }}
                  className="mt-0.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
                />
                <span>{label}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" pending={isPending} onClick={reject}>
            {isPending ? "Saving…" : "Save"}
          </Button>
          <Button onClick={onBack}>Back</Button>
        </div>
      </div>
    </Card>
  );
}
