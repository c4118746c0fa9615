"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { PatientPicker } from "@/components/patients/patient-picker";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";

type SelectRecipientProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  /** The link to send, if a link's page led here. */
  linkId: string | undefined;
};

/** Finds the patient to message, then opens the form for them. Only Hero's ID goes into the address. */
export function SelectRecipient({ scope, practice, linkId }: SelectRecipientProps) {
  const router = useRouter();
  const [patientId, setPatientId] = useState("");

  function select(nextPatientId: string) {
    setPatientId(nextPatientId);
    if (nextPatientId === "") return;
    router.push(
      portalPath(scope, "/messages/new", {
        practice: practice.id,
        patient: nextPatientId,
        link: linkId,
      }),
    );
  }

  return (
    <div className="max-w-3xl">
      <PatientPicker
        scope={scope}
        practice={practice}
        patientId={patientId}
        onChange={select}
        refusalTitle="You cannot message this patient"
        consequence="No message was sent."
      />
    </div>
  );
}
