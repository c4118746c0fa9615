"use client";

import { OctagonAlert, UserRoundCheck } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { PatientLookupResult } from "@/server/schemas/patients";
import { Demographics } from "./demographics";
import { LookupResult } from "./lookup-result";

type FoundResult = Extract<PatientLookupResult, { outcome: "found" }>;

type PatientFoundProps = {
  result: FoundResult;
  practiceName: string;
  /** Heading when `refusal` is set. */
  refusalTitle?: string;
  onConfirm: () => void;
  onSearchAgain: () => void;
};

/** Shows the matching patient, with details masked, for a person to confirm. */
export function PatientFound({
  result,
  practiceName,
  refusalTitle = "You cannot create a link for this patient",
  onConfirm,
  onSearchAgain,
}: PatientFoundProps) {
  const { demographics, refusal, patientId } = result;
  const searchAgainButton = (
    <Button onClick={onSearchAgain} variant={refusal ? "secondary" : "quiet"}>
      {refusal ? "Find another patient" : "No, search again"}
    </Button>
  );
  if (refusal) {
    return (
      <LookupResult
        icon={<OctagonAlert />}
        iconClasses="border-danger-line bg-danger-soft text-danger"
        title={refusalTitle}
        actions={searchAgainButton}
      >
        <Notice tone="danger" title={refusal}>
          Hero patient <span className="font-mono">{patientId}</span> of {practiceName}. Contact the
          practice before you send this person anything.
        </Notice>
      </LookupResult>
    );
  }
  return (
    <LookupResult
      icon={<UserRoundCheck />}
      iconClasses="border-live-line bg-live-soft text-live"
      title="Is this the patient?"
      actions={
        <>
          <Button variant="primary" onClick={onConfirm}>
            Yes, this is the patient
          </Button>
          {searchAgainButton}
        </>
      }
    >
      <Demographics patientId={patientId} demographics={demographics} />
    </LookupResult>
  );
}
