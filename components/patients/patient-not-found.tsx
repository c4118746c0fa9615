import { SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { LookupMethod } from "@/server/schemas/patients";
import { LookupResult } from "./lookup-result";

const checklists: Record<LookupMethod, readonly string[]> = {
  nhs_number: [
    "Is every digit of the NHS number right, and is it this person's?",
    "Is the date of birth the one in their NHS record, day before month?",
    "Could the record have been closed? Hero finds nobody who has died.",
  ],
  details: [
    "Is the name spelled as in their NHS record? A new surname may not be there yet.",
    "Is the postcode that of the address they are registered with?",
    "Several people may share these details. With the NHS number Hero can tell them apart.",
  ],
  hero_id: [
    "Is it Hero's patient id, and not a number of the clinical system?",
    "Is it a patient of this practice? Each practice has ids of its own.",
  ],
};

type PatientNotFoundProps = {
  method: LookupMethod;
  practiceName: string;
  onSearchAgain: () => void;
};

/** Hero found nobody, or nobody for certain. */
export function PatientNotFound({ method, practiceName, onSearchAgain }: PatientNotFoundProps) {
  return (
    <LookupResult
      icon={<SearchX />}
      iconClasses="border-ending-line bg-ending-soft text-ending"
      title="Hero found nobody for certain"
      actions={
        <Button variant="primary" onClick={onSearchAgain}>
          Check and look again
        </Button>
      }
    >
      <div className="max-w-prose">
        <p className="font-medium">What to check:</p>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-5 marker:text-muted">
          {checklists[method].map((check) => (
            <li key={check}>{check}</li>
          ))}
        </ul>
        <p className="mt-3 text-muted">
          If all of it is right, ask {practiceName} to look. No link was made, and nothing you
          entered was kept.
        </p>
      </div>
    </LookupResult>
  );
}
