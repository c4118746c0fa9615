import { CircleHelp, OctagonAlert, UserRoundCheck } from "lucide-react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import type { RegistrationResult } from "@/server/schemas/patients";
import { LookupResult } from "./lookup-result";

type RegistrationOutcomeProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  result: RegistrationResult;
  onChangeDetails: () => void;
  onFindAnother: () => void;
};

const unknownClasses = "border-unknown-line bg-unknown-soft text-unknown";

/** What became of a registration, with one next step. */
export function RegistrationOutcome(props: RegistrationOutcomeProps) {
  const { scope, practice, result, onChangeDetails, onFindAnother } = props;
  const findAnother = <Button onClick={onFindAnother}>Find another patient</Button>;
  switch (result.outcome) {
    case "registered":
      return (
        <LookupResult
          icon={<UserRoundCheck />}
          iconClasses="border-live-line bg-live-soft text-live"
          title="Patient registered"
          actions={
            <>
              <ButtonLink
                href={portalPath(scope, `/patients/${practice.id}/${result.patientId}`)}
                variant="primary"
                prefetch={false}
              >
                Open record
              </ButtonLink>
              {findAnother}
            </>
          }
        >
          <p className="max-w-prose">
            {practice.name} has the record, and it shows the details that you entered. Hero patient
            ID <span className="font-mono">{result.patientId}</span>.
          </p>
        </LookupResult>
      );
    case "accepted":
      return (
        <LookupResult
          icon={<CircleHelp />}
          iconClasses={unknownClasses}
          title="Registered, but the record does not show it"
          actions={findAnother}
        >
          <p className="max-w-prose">
            Hero accepted the registration as patient{" "}
            <span className="font-mono">{result.patientId}</span>. {result.reason} Ask{" "}
            {practice.name} to check the record before you use it.
          </p>
        </LookupResult>
      );
    case "unknown":
      return (
        <LookupResult
          icon={<CircleHelp />}
          iconClasses={unknownClasses}
          title="We do not know if the patient was registered"
          actions={findAnother}
        >
          <p className="max-w-prose">{result.reason}</p>
        </LookupResult>
      );
    case "failed":
      return (
        <LookupResult
          icon={<OctagonAlert />}
          iconClasses="border-danger-line bg-danger-soft text-danger"
          title="The patient was not registered"
          actions={
            <>
              <Button variant="primary" onClick={onChangeDetails}>
                Change details
              </Button>
              {findAnother}
            </>
          }
        >
          <p className="max-w-prose">{result.reason}</p>
        </LookupResult>
      );
  }
}
