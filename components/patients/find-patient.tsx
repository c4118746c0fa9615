"use client";

import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { PatientLookup, PatientLookupResult } from "@/server/schemas/patients";
import { FindPatientForm } from "./find-patient-form";
import { IdentifiersDiffer } from "./identifiers-differ";
import { PatientNotChecked } from "./patient-not-checked";
import { PatientNotFound } from "./patient-not-found";
import { RecordFound } from "./record-found";
import { RegisterPatient } from "./register-patient";
import { VerificationRequired } from "./verification-required";

type FindPatientProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  /** Whether the person may register patients from their own details. */
  canRegister: boolean;
};

/** Finds a patient to open their record. What is typed and found stays in this component. */
export function FindPatient({ scope, practice, canRegister }: FindPatientProps) {
  const [lookup, setLookup] = useState<{
    identity: PatientLookup;
    result: PatientLookupResult;
  } | null>(null);
  const [isRegistering, setIsRegistering] = useState(false);
  const hasSearched = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);

  // Back at the form, the focus stays in this card.
  useEffect(() => {
    if (hasSearched.current && !lookup) heading.current?.focus();
  }, [lookup]);

  async function lookUp(identity: PatientLookup) {
    const client = portalClient(scope.tenant, scope.environment);
    const result = await client.patients.lookUp.mutate({ practiceId: practice.id, identity });
    hasSearched.current = true;
    setLookup({ identity, result });
  }

  const retry = useAction(async () => {
    if (lookup) await lookUp(lookup.identity);
    return "staying";
  });

  function searchAgain() {
    setLookup(null);
    setIsRegistering(false);
  }

  return (
    <Card aria-labelledby="find-patient" className="max-w-3xl sm:p-6!">
      <h2
        id="find-patient"
        ref={heading}
        tabIndex={-1}
        className={lookup ? "sr-only" : "mb-4 text-lg font-semibold outline-offset-4"}
      >
        {isRegistering ? "Registration" : lookup ? "Result" : "Identify the patient"}
      </h2>
      {lookup?.result.outcome === "found" ? (
        <RecordFound
          scope={scope}
          practice={practice}
          result={lookup.result}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {lookup?.result.outcome === "verification_required" ? (
        <VerificationRequired
          loginUrl={lookup.result.loginUrl}
          retry={retry}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {lookup?.result.outcome === "identifiers_differ" ? (
        <IdentifiersDiffer reason={lookup.result.reason} onSearchAgain={searchAgain} />
      ) : null}
      {lookup?.result.outcome === "could_not_be_checked" ? (
        <PatientNotChecked
          reason={lookup.result.reason}
          retry={retry}
          onSearchAgain={searchAgain}
        />
      ) : null}
      {lookup && isRegistering ? (
        <RegisterPatient
          scope={scope}
          practice={practice}
          identity={lookup.identity}
          onFindAnother={searchAgain}
        />
      ) : null}
      {lookup?.result.outcome === "not_found" && !isRegistering ? (
        <PatientNotFound
          method={lookup.identity.by}
          practiceName={practice.name}
          consequence="Nothing was registered."
          onSearchAgain={searchAgain}
          otherAction={
            canRegister ? (
              <Button onClick={() => setIsRegistering(true)}>
                Register from the patient&apos;s own details
              </Button>
            ) : null
          }
        />
      ) : null}
      {/* Kept while a result is shown, so that one digit can be corrected without retyping. */}
      <div hidden={lookup !== null}>
        <FindPatientForm
          practiceName={practice.name}
          environment={scope.environment}
          lookUp={lookUp}
        />
      </div>
    </Card>
  );
}
