"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { formatLocalDate } from "@/server/schemas/dates";
import { formatNhsNumber } from "@/server/schemas/nhs-number";
import type {
  FoundPatientRecord,
  PatientIdentifiers as Identifiers,
} from "@/server/schemas/patient-record";

/** Who the patient is: masked until someone asks, and forgotten when they leave the page. */
export function PatientIdentifiers({
  scope,
  record,
}: {
  scope: PortalScope;
  record: FoundPatientRecord;
}) {
  const { practice, patientId, masked, states } = record;
  const [shown, setShown] = useState<Identifiers | null>(null);
  const { pending, problem, run } = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setShown(
      shown
        ? null
        : await client.patients.showIdentifiers.mutate({ practiceId: practice.id, patientId }),
    );
    return "staying";
  });
  const isRestricted = states.includes("restricted");
  const renderValue = (maskedText: string | null, text: string | null) =>
    maskedText === null ? (
      <span className="text-muted">Not recorded</span>
    ) : (
      (text ?? (
        <>
          <span aria-hidden="true">{maskedText}</span>
          <span className="sr-only">Hidden</span>
        </>
      ))
    );
  const renderShown = (text: string | null) =>
    text ?? <span className="text-muted">Not recorded</span>;
  return (
    <Card aria-labelledby="identifiers">
      <CardHeader
        id="identifiers"
        title="Identifiers"
        description="Read from Hero now. The portal stores only the Hero patient ID."
        actions={
          <Button
            size="sm"
            icon={shown ? <EyeOff /> : <Eye />}
            aria-pressed={shown !== null}
            pending={pending}
            onClick={run}
          >
            {pending ? "Reading…" : shown ? "Hide" : "Show"}
          </Button>
        }
      />
      <DescriptionList>
        <DescriptionItem term="Name">
          <span className="font-semibold">{renderValue(masked.name, shown?.name ?? null)}</span>
        </DescriptionItem>
        <DescriptionItem term="Date of birth">
          {renderValue(
            masked.dateOfBirth,
            shown?.dateOfBirth ? formatLocalDate(shown.dateOfBirth) : null,
          )}
        </DescriptionItem>
        <DescriptionItem term="NHS number">
          <span className="whitespace-nowrap">
            {renderValue(
              masked.nhsNumber,
              shown?.nhsNumber ? formatNhsNumber(shown.nhsNumber) : null,
            )}
          </span>
        </DescriptionItem>
        {isRestricted ? (
          <DescriptionItem term="Address">
            <span className="text-muted">Not shown for a restricted patient</span>
          </DescriptionItem>
        ) : (
          <DescriptionItem term="Postcode">
            {renderValue(masked.postcode, shown?.postcode ?? null)}
          </DescriptionItem>
        )}
        {shown ? (
          <>
            {isRestricted ? null : (
              <DescriptionItem term="Address">{renderShown(shown.address)}</DescriptionItem>
            )}
            <DescriptionItem term="Mobile">{renderShown(shown.mobile)}</DescriptionItem>
            <DescriptionItem term="Email">
              <span className="break-all">{renderShown(shown.email)}</span>
            </DescriptionItem>
          </>
        ) : null}
        <DescriptionItem term="Hero patient ID">
          <span className="font-mono">{patientId}</span>
        </DescriptionItem>
      </DescriptionList>
      <p role="alert" className="text-danger empty:hidden">
        {problem}
      </p>
      <p className="mt-3 border-t border-line pt-3 text-sm text-muted">
        Showing identifiers is recorded in the activity.
      </p>
    </Card>
  );
}
