"use client";

import { UserPlus } from "lucide-react";
import { useEffect, useRef } from "react";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import { formatLocalDate } from "@/server/schemas/dates";
import type { Environment } from "@/server/schemas/environments";
import { formatNhsNumber } from "@/server/schemas/nhs-number";
import type { OwnDetails } from "@/server/schemas/patients";
import type { LookupRetry } from "./unidentified-patient";

type CheckOwnDetailsProps = {
  environment: Environment;
  practiceName: string;
  details: OwnDetails;
  register: LookupRetry;
  onChangeDetails: () => void;
};

/** Shows the details before they are sent. Its heading takes focus when it appears. */
export function CheckOwnDetails(props: CheckOwnDetailsProps) {
  const { environment, practiceName, details, register, onChangeDetails } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const items = [
    ["Name", `${details.forename} ${details.surname}`],
    ["Date of birth", formatLocalDate(details.dateOfBirth)],
    ["Postcode", details.postcode],
    ["NHS number", details.nhsNumber && formatNhsNumber(details.nhsNumber)],
    ["Sex", details.sex],
    ["Address", details.addressLine],
    ["Mobile number", details.mobile],
    ["Email address", details.email],
  ] as const;
  return (
    <div className="flex flex-col gap-5">
      <h3 ref={heading} tabIndex={-1} className="text-xl font-semibold outline-offset-4">
        Check the patient&apos;s details
      </h3>
      <div className="rounded-lg border border-line bg-sunken p-4">
        <DescriptionList>
          {items.map(([term, value]) => (
            <DescriptionItem key={term} term={term}>
              {value ? (
                <span className="wrap-anywhere">{value}</span>
              ) : (
                <span className="text-muted">Not entered</span>
              )}
            </DescriptionItem>
          ))}
        </DescriptionList>
      </div>
      <Notice tone="warning" title={`This registers a patient at ${practiceName}`}>
        Hero does not compare these details with the NHS Spine. If the practice has a patient with
        this NHS number and date of birth, Hero changes that record. You cannot undo this here.
      </Notice>
      {register.problem ? (
        <p role="alert" className="text-danger">
          {register.problem}
        </p>
      ) : null}
      <div className="flex flex-wrap items-start gap-2">
        <ProductionWarning
          environment={environment}
          text="This registers a real person at the practice."
        >
          <Button
            variant="primary"
            icon={<UserPlus />}
            pending={register.pending}
            onClick={register.run}
          >
            {register.pending ? "Registering…" : "Register patient"}
          </Button>
        </ProductionWarning>
        {register.pending ? null : <Button onClick={onChangeDetails}>Change details</Button>}
      </div>
    </div>
  );
}
