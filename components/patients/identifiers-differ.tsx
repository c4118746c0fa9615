import { OctagonAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { LookupResult } from "./lookup-result";

type IdentifiersDifferProps = {
  /** In what Hero's record differs, as sentences. */
  reason: string;
  onSearchAgain: () => void;
};

/** Hero gave a record that may be another person's. Nothing of it is shown. */
export function IdentifiersDiffer({ reason, onSearchAgain }: IdentifiersDifferProps) {
  return (
    <LookupResult
      icon={<OctagonAlert />}
      iconClasses="border-danger-line bg-danger-soft text-danger"
      title="This may not be the right patient"
      actions={
        <Button variant="primary" onClick={onSearchAgain}>
          Search again
        </Button>
      }
    >
      <p className="max-w-prose">
        {reason} We do not show the record, because it may be another person&apos;s.
      </p>
    </LookupResult>
  );
}
