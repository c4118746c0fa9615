"use client";

import { Eye, EyeOff, OctagonAlert, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import { formatLocalDate } from "@/server/schemas/dates";
import { formatNhsNumber } from "@/server/schemas/nhs-number";
import type { PatientDemographics, PatientLookupResult } from "@/server/schemas/patients";
import { LookupResult } from "./lookup-result";
import { maskBirthDate, maskName, maskNhsNumber, maskPostcode } from "./mask";

type FoundResult = Extract<PatientLookupResult, { outcome: "found" }>;

type PatientFoundProps = {
  result: FoundResult;
  practiceName: string;
  onConfirm: () => void;
  onSearchAgain: () => void;
};

/** Shows the matching patient, with details masked, for a person to confirm. */
export function PatientFound({
  result,
  practiceName,
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
        title="You cannot create a link for this patient"
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

function Demographics({
  patientId,
  demographics,
}: {
  patientId: string;
  demographics: PatientDemographics;
}) {
  const [isVisible, setIsVisible] = useState(false);
  const renderValue = (
    value: string | null,
    format: (text: string) => string,
    mask: typeof maskName,
  ) =>
    value === null ? (
      <span className="text-muted">Not recorded</span>
    ) : isVisible ? (
      format(value)
    ) : (
      <>
        <span aria-hidden="true">{mask(value)}</span>
        <span className="sr-only">Hidden</span>
      </>
    );
  const unchanged = (text: string) => text;
  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <DescriptionList>
        <DescriptionItem term="Name">
          <span className="font-semibold">
            {renderValue(demographics.name, unchanged, maskName)}
          </span>
        </DescriptionItem>
        <DescriptionItem term="Date of birth">
          {renderValue(demographics.dateOfBirth, (date) => formatLocalDate(date), maskBirthDate)}
        </DescriptionItem>
        <DescriptionItem term="NHS number">
          <span className="whitespace-nowrap">
            {renderValue(demographics.nhsNumber, formatNhsNumber, maskNhsNumber)}
          </span>
        </DescriptionItem>
        <DescriptionItem term="Postcode">
          {renderValue(demographics.postcode, unchanged, maskPostcode)}
        </DescriptionItem>
        <DescriptionItem term="Hero patient ID">
          <span className="font-mono">{patientId}</span>
        </DescriptionItem>
      </DescriptionList>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3">
        <Button
          size="sm"
          icon={isVisible ? <EyeOff /> : <Eye />}
          aria-pressed={isVisible}
          onClick={() => setIsVisible(!isVisible)}
        >
          {isVisible ? "Hide details" : "Show details"}
        </Button>
        <p className="text-sm text-muted">We store only the Hero patient ID.</p>
      </div>
    </div>
  );
}
