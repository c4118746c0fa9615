"use client";

import { UserRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { PatientLookupResult, PatientLookup } from "@/server/schemas/patients";
import { FindPatientForm } from "./find-patient-form";
import { IdentifiersDiffer } from "./identifiers-differ";
import { PatientFound } from "./patient-found";
import { VerificationRequired } from "./verification-required";
import { PatientNotChecked } from "./patient-not-checked";
import { PatientNotFound } from "./patient-not-found";

type PatientPickerProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  /** Hero's ID of the selected patient, or empty. */
  patientId: string;
  onChange: (patientId: string) => void;
  /** Heading for a patient who may not be selected. */
  refusalTitle?: string;
  /** What did not happen when no patient is found. */
  consequence?: string;
};

/**
 * Finds the patient a link or message is for, and has a person confirm the match. Only Hero's ID leaves this
 * component; everything else is discarded with it.
 */
export function PatientPicker(props: PatientPickerProps) {
  const { scope, practice, patientId, onChange } = props;
  const { refusalTitle, consequence = "No link was created." } = props;
  const [lookup, setLookup] = useState<{
    identity: PatientLookup;
    result: PatientLookupResult;
  } | null>(null);
  const shouldMoveFocus = useRef(false);
  const cardRef = useRef<HTMLElement>(null);

  // Keeps the focus in this card after the patient is confirmed or searched for again.
  useEffect(() => {
    if (shouldMoveFocus.current && !lookup)
      cardRef.current?.querySelector<HTMLElement>("[data-next]")?.focus();
  }, [patientId, lookup]);

  async function lookUp(identity: PatientLookup) {
    const client = portalClient(scope.tenant, scope.environment);
    const result = await client.patients.lookUp.mutate({ practiceId: practice.id, identity });
    setLookup({ identity, result });
  }

  const retry = useAction(async () => {
    if (lookup) await lookUp(lookup.identity);
    return "staying";
  });

  function selectPatient(nextPatientId: string) {
    shouldMoveFocus.current = true;
    setLookup(null);
    onChange(nextPatientId);
  }

  function searchAgain() {
    shouldMoveFocus.current = true;
    setLookup(null);
  }

  return (
    <Card ref={cardRef} aria-labelledby="which-patient" className="sm:p-6!">
      <h2
        id="which-patient"
        tabIndex={-1}
        data-next
        className={lookup ? "sr-only" : "mb-4 text-lg font-semibold outline-offset-4"}
      >
        {patientId ? "Patient selected" : "Find the patient"}
      </h2>
      {patientId ? (
        <div className="flex flex-wrap items-center gap-3">
          <UserRound aria-hidden="true" className="size-5 shrink-0 text-accent" />
          <p className="min-w-0 flex-1">
            Hero patient <span className="font-mono font-semibold">{patientId}</span> of{" "}
            {practice.name}
          </p>
          <Button size="sm" onClick={() => selectPatient("")}>
            Change patient
          </Button>
        </div>
      ) : null}
      {!patientId && lookup?.result.outcome === "found" ? (
        <PatientFound
          result={lookup.result}
          practiceName={practice.name}
          {...(refusalTitle && { refusalTitle })}
          onConfirm={() => {
            if (lookup.result.outcome === "found") selectPatient(lookup.result.patientId);
          }}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {!patientId && lookup?.result.outcome === "verification_required" ? (
        <VerificationRequired
          loginUrl={lookup.result.loginUrl}
          retry={retry}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {!patientId && lookup?.result.outcome === "identifiers_differ" ? (
        <IdentifiersDiffer reason={lookup.result.reason} onSearchAgain={searchAgain} />
      ) : null}
      {!patientId && lookup?.result.outcome === "could_not_be_checked" ? (
        <PatientNotChecked
          reason={lookup.result.reason}
          retry={retry}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {!patientId && lookup?.result.outcome === "not_found" ? (
        <PatientNotFound
          method={lookup.identity.by}
          practiceName={practice.name}
          consequence={consequence}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {patientId ? null : (
        // Kept while a result is shown, so that one digit can be corrected without retyping.
        <div hidden={lookup !== null}>
          <FindPatientForm
            practiceName={practice.name}
            environment={scope.environment}
            lookUp={lookUp}
          />
        </div>
      )}
    </Card>
  );
}
