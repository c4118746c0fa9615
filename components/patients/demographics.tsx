"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { formatLocalDate } from "@/server/schemas/dates";
import { formatNhsNumber } from "@/server/schemas/nhs-number";
import type { PatientDemographics } from "@/server/schemas/patients";
import {
  maskBirthDate,
  maskName,
  maskNhsNumber,
  maskPostcode,
} from "@/server/schemas/patient-mask";

/** What tells one patient from another, masked until someone chooses to see it. */
export function Demographics({
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
          {demographics.isRestricted ? (
            <span className="text-muted">Not shown for a restricted patient</span>
          ) : (
            renderValue(demographics.postcode, unchanged, maskPostcode)
          )}
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
