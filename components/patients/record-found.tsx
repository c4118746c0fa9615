import { FileUser } from "lucide-react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { PatientLookupResult } from "@/server/schemas/patients";
import { Demographics } from "./demographics";
import { LookupResult } from "./lookup-result";

type RecordFoundProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  result: Extract<PatientLookupResult, { outcome: "found" }>;
  onSearchAgain: () => void;
};

/** A patient whose record has the identifiers that were typed. */
export function RecordFound({ scope, practice, result, onSearchAgain }: RecordFoundProps) {
  const { patientId, demographics, refusal } = result;
  return (
    <LookupResult
      icon={<FileUser />}
      iconClasses="border-live-line bg-live-soft text-live"
      title="Patient found"
      actions={
        <>
          <ButtonLink
            href={portalPath(scope, `/patients/${practice.id}/${patientId}`)}
            variant="primary"
            // Opening a record is audited and reads Hero, so it waits for the click.
            prefetch={false}
          >
            Open record
          </ButtonLink>
          <Button variant="quiet" onClick={onSearchAgain}>
            Find another patient
          </Button>
        </>
      }
    >
      <p className="max-w-prose">
        {practice.name} has a patient with the details that you entered. Check that this is the
        right person.
      </p>
      {refusal ? <Notice tone="danger" title={refusal} /> : null}
      <Demographics patientId={patientId} demographics={demographics} />
    </LookupResult>
  );
}
