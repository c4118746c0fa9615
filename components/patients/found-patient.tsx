"use client";

import { Eye, EyeOff, OctagonAlert, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Notice } from "@/components/ui/notice";
import { formatBareDate } from "@/server/schemas/dates";
import { formatNhsNumber } from "@/server/schemas/nhs-number";
import type { PatientDemographics, PatientLookUp } from "@/server/schemas/patients";
import { AnswerFrame } from "./answer-frame";
import { maskBirthDate, maskName, maskNhsNumber, maskPostcode } from "./mask";

type Found = Extract<PatientLookUp, { outcome: "found" }>;

type FoundPatientProps = {
  answer: Found;
  practiceName: string;
  onConfirm: () => void;
  onLookAgain: () => void;
};

/** Hero knows the patient: whose record it is, hidden until asked for, and a person's yes. */
export function FoundPatient({ answer, practiceName, onConfirm, onLookAgain }: FoundPatientProps) {
  const { demographics, warning, patientId } = answer;
  const again = (
    <Button onClick={onLookAgain} variant={warning ? "secondary" : "quiet"}>
      {warning ? "Look up someone else" : "No, look again"}
    </Button>
  );
  if (warning) {
    return (
      <AnswerFrame
        icon={<OctagonAlert />}
        tone="border-danger-line bg-danger-soft text-danger"
        title="No link can be made for this patient"
        actions={again}
      >
        <Notice tone="danger" title={warning}>
          Hero patient <span className="font-mono">{patientId}</span> of {practiceName}. Speak to
          the practice before anything is sent to this person.
        </Notice>
      </AnswerFrame>
    );
  }
  return (
    <AnswerFrame
      icon={<UserRoundCheck />}
      tone="border-live-line bg-live-soft text-live"
      title="Is this the patient?"
      actions={
        <>
          <Button variant="primary" onClick={onConfirm}>
            Yes, this is the patient
          </Button>
          {again}
        </>
      }
    >
      {demographics ? (
        <Demographics patientId={patientId} demographics={demographics} />
      ) : (
        <Notice tone="warning" title="Hero found the patient and did not show their details">
          Their Hero patient id is <span className="font-mono">{patientId}</span>. Whether the
          record is restricted or archived could not be read.
        </Notice>
      )}
    </AnswerFrame>
  );
}

function Demographics({
  patientId,
  demographics,
}: {
  patientId: string;
  demographics: PatientDemographics;
}) {
  const [isShown, setShown] = useState(false);
  const hide = (value: string | null, open: (text: string) => string, mask: typeof maskName) =>
    value === null ? (
      <span className="text-muted">Not stated by Hero</span>
    ) : isShown ? (
      open(value)
    ) : (
      <>
        <span aria-hidden="true">{mask(value)}</span>
        <span className="sr-only">Hidden</span>
      </>
    );
  const asIs = (text: string) => text;
  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <Facts>
        <Fact term="Name">
          <span className="font-semibold">{hide(demographics.name, asIs, maskName)}</span>
        </Fact>
        <Fact term="Date of birth">
          {hide(demographics.dateOfBirth, (date) => formatBareDate(date), maskBirthDate)}
        </Fact>
        <Fact term="NHS number">
          <span className="whitespace-nowrap">
            {hide(demographics.nhsNumber, formatNhsNumber, maskNhsNumber)}
          </span>
        </Fact>
        <Fact term="Postcode">{hide(demographics.postcode, asIs, maskPostcode)}</Fact>
        <Fact term="Hero patient id">
          <span className="font-mono">{patientId}</span>
        </Fact>
      </Facts>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3">
        <Button
          size="sm"
          icon={isShown ? <EyeOff /> : <Eye />}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? "Hide the details" : "Show the details"}
        </Button>
        <p className="text-sm text-muted">Shown here only. The portal keeps the Hero patient id.</p>
      </div>
    </div>
  );
}
