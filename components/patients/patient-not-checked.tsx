import { CircleHelp } from "lucide-react";
import { type LookupRetry, UnidentifiedPatient } from "./unidentified-patient";

type PatientNotCheckedProps = {
  /** Why, as a sentence. */
  reason: string;
  retry: LookupRetry;
  onSearchAgain: () => void;
};

/** Hero did not say who the patient is, or whether they may be contacted. */
export function PatientNotChecked({ reason, retry, onSearchAgain }: PatientNotCheckedProps) {
  return (
    <UnidentifiedPatient
      icon={<CircleHelp />}
      title="We could not check this patient"
      retry={retry}
      onSearchAgain={onSearchAgain}
    >
      <p className="max-w-prose">
        {reason} The record may be restricted, so you cannot continue with this patient until Hero
        has answered.
      </p>
    </UnidentifiedPatient>
  );
}
