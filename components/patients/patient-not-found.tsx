import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import type { LookupMethod } from "@/server/schemas/patients";
import { LookupResult } from "./lookup-result";

const checklists: Record<LookupMethod, readonly string[]> = {
  nhs_number: [
    "Check every digit of the NHS number, and that it belongs to this person.",
    "Check that the date of birth matches their NHS record, day before month.",
    "The record may be closed. Hero does not return patients who have died.",
  ],
  details: [
    "Check that the name is spelled as in their NHS record. A new surname may not be there yet.",
    "Check that the postcode is that of their registered address.",
    "Several people may share these details. Use the NHS number to identify one.",
  ],
  hero_id: [
    "Check that this is Hero's patient ID and not a number from the clinical system.",
    "Check that the patient belongs to this practice. IDs are different at each practice.",
  ],
};

type PatientNotFoundProps = {
  method: LookupMethod;
  practiceName: string;
  /** What was not done, as a sentence. */
  consequence: string;
  onSearchAgain: () => void;
  /** What else can be done. */
  otherAction?: ReactNode;
};

/** Hero found no patient, or could not be certain of one. */
export function PatientNotFound(props: PatientNotFoundProps) {
  const { method, practiceName, consequence, onSearchAgain, otherAction } = props;
  return (
    <LookupResult
      icon={<SearchX />}
      iconClasses="border-ending-line bg-ending-soft text-ending"
      title="No exact match found"
      actions={
        <>
          <Button variant="primary" onClick={onSearchAgain}>
            Search again
          </Button>
          {otherAction}
        </>
      }
    >
      <div className="max-w-prose">
        <p className="font-medium">What to check</p>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-5 marker:text-muted">
          {checklists[method].map((check) => (
            <li key={check}>{check}</li>
          ))}
        </ul>
        <p className="mt-3 text-muted">
          If everything is correct, contact {practiceName}. {consequence} We did not store what you
          entered.
        </p>
      </div>
    </LookupResult>
  );
}
