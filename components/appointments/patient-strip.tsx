import { UserRound } from "lucide-react";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import type { PatientRecord } from "@/server/schemas/patient-record";

type PatientStripProps = {
  patientId: string;
  practiceName: string;
  /** The patient's page. */
  href: string;
  /** Hero's record, read for this page; null when it could not be read. */
  record: PatientRecord | null;
};

const stateNames = {
  deceased: "Deceased",
  archived: "Archived",
  restricted: "Restricted",
  not_in_ehr: "Not in the clinical system",
};

/** True unless Hero's record, read now, says otherwise: then nothing may show where the patient will be. */
export const mayBeRestricted = (record: PatientRecord | null): boolean =>
  record?.outcome !== "found" || record.states.includes("restricted");

/** Which patient is being acted on: above every step. */
export function PatientStrip({ patientId, practiceName, href, record }: PatientStripProps) {
  return (
    <section
      aria-label="Patient"
      className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg border border-accent-line bg-accent-soft px-4 py-3"
    >
      <UserRound aria-hidden="true" className="size-4 shrink-0 text-accent" />
      <p>
        <Link href={href} className="link font-semibold">
          Hero patient <span className="font-mono">{patientId}</span>
        </Link>{" "}
        <span className="text-muted print:hidden">of {practiceName}</span>
      </p>
      <PatientIdentity record={record} />
    </section>
  );
}

function PatientIdentity({ record }: { record: PatientRecord | null }) {
  if (!record) return <p className="text-muted">Hero&apos;s record could not be read.</p>;
  if (record.outcome !== "found") return <Badge tone="danger">Merged into another record</Badge>;
  const { name, dateOfBirth, nhsNumber } = record.masked;
  const masked = { Name: name, "Date of birth": dateOfBirth, "NHS number": nhsNumber };
  return (
    <>
      {Object.entries(masked).map(([label, text]) =>
        text ? (
          <p key={label} className="text-muted">
            <span className="sr-only">{label}: partly hidden</span>
            <span aria-hidden="true">{text}</span>
          </p>
        ) : null,
      )}
      {record.states.map((state) => (
        <Badge key={state} tone={state === "not_in_ehr" ? "neutral" : "danger"}>
          {stateNames[state]}
        </Badge>
      ))}
    </>
  );
}
