"use client";

import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import type { OwnDetails, PatientLookup, RegistrationResult } from "@/server/schemas/patients";
import { CheckOwnDetails } from "./check-own-details";
import { OwnDetailsForm } from "./own-details-form";
import { RegistrationOutcome } from "./registration-outcome";

type RegisterPatientProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  /** What the patient was not found with. */
  identity: PatientLookup;
  onFindAnother: () => void;
};

/** Registers a patient from their own details: enter, check, register. Nothing typed leaves this component. */
export function RegisterPatient(props: RegisterPatientProps) {
  const { scope, practice, identity, onFindAnother } = props;
  // Checked again after a change, the details are another operation.
  const [checked, setChecked] = useState<{ operationId: string; details: OwnDetails } | null>(null);
  const [isEditing, setIsEditing] = useState(true);
  const [result, setResult] = useState<RegistrationResult | null>(null);

  const register = useAction(async () => {
    if (!checked) return "staying";
    const client = portalClient(scope.tenant, scope.environment);
    const { operationId, details } = checked;
    setResult(
      await client.patients.register.mutate({ operationId, practiceId: practice.id, ...details }),
    );
    return "staying";
  });

  function changeDetails() {
    register.clearProblem();
    setResult(null);
    setIsEditing(true);
  }

  if (result) {
    return (
      <RegistrationOutcome
        scope={scope}
        practice={practice}
        result={result}
        onChangeDetails={changeDetails}
        onFindAnother={onFindAnother}
      />
    );
  }
  if (checked && !isEditing) {
    return (
      <CheckOwnDetails
        environment={scope.environment}
        practiceName={practice.name}
        details={checked.details}
        register={register}
        onChangeDetails={changeDetails}
      />
    );
  }
  return (
    <OwnDetailsForm
      initialDetails={checked?.details ?? toInitialDetails(identity)}
      practiceName={practice.name}
      onContinue={(details) => {
        setChecked({ operationId: crypto.randomUUID(), details });
        setIsEditing(false);
      }}
      onCancel={onFindAnother}
    />
  );
}

function toInitialDetails(identity: PatientLookup): Partial<OwnDetails> {
  if (identity.by === "hero_id") return { dateOfBirth: identity.dateOfBirth };
  const { by: _by, ...details } = identity;
  return details;
}
