import { CircleHelp, RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { LookupResult } from "./lookup-result";

type PatientNotCheckedProps = {
  /** Why, as a sentence. */
  reason: string;
  retry: { pending: boolean; problem: string | null; run: () => void };
  onSearchAgain: () => void;
};

/** Hero did not say who the patient is, or whether they may be contacted. */
export function PatientNotChecked({ reason, retry, onSearchAgain }: PatientNotCheckedProps) {
  return (
    <LookupResult
      icon={<CircleHelp />}
      iconClasses="border-unknown-line bg-unknown-soft text-unknown"
      title="We could not check this patient"
      actions={
        <>
          <Button variant="primary" icon={<RotateCw />} pending={retry.pending} onClick={retry.run}>
            {retry.pending ? "Searching…" : "Try again"}
          </Button>
          <Button variant="quiet" onClick={onSearchAgain}>
            Find another patient
          </Button>
        </>
      }
    >
      <p className="max-w-prose">
        {reason} The record may be restricted, so you cannot continue with this patient until Hero
        has answered.
      </p>
      {retry.problem ? (
        <p role="alert" className="text-danger">
          {retry.problem}
        </p>
      ) : null}
    </LookupResult>
  );
}
