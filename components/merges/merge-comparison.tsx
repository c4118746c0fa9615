import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { MergeComparison as Comparison } from "@/server/schemas/merges";

type MergeComparisonProps = { comparison: Comparison; patientId: string; otherPatientId: string };

/** Both records and the result in three columns, and what would be lost. */
export function MergeComparison({ comparison, patientId, otherPatientId }: MergeComparisonProps) {
  const { rows, lost, survivorPatientId, hasSameNhsNumber } = comparison;
  const changed = rows.filter(({ isChanged }) => isChanged).length;
  const nameOf = { patient: `record ${patientId}`, other: `record ${otherPatientId}` };
  return (
    <div className="flex flex-col gap-5">
      <Notice tone="warning" title="A merge cannot be undone">
        Record {survivorPatientId} remains. The preview covers demographics only: appointments,
        messages, files and the clinical record are not part of it.
      </Notice>
      {hasSameNhsNumber ? null : (
        <Notice tone="warning" title="The records do not both have this NHS number">
          Only the name and date of birth agree. Check with the practice that this is one person.
        </Notice>
      )}
      <TableFrame label="Comparison of the records">
        <Table cardsOnPhones>
          <caption className="sr-only">{formatCount(changed, "difference")}, listed first</caption>
          <thead>
            <tr>
              <Th>Field</Th>
              <Th>This patient ({patientId})</Th>
              <Th>Other record ({otherPatientId})</Th>
              <Th>Result</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ label, isChanged, ...values }) => (
              <tr key={label}>
                <Td>
                  <span className="font-medium">{label}</span>
                  <span className="block text-sm text-muted">
                    {isChanged ? "Differs" : "Same in all"}
                  </span>
                </Td>
                <Td label="This patient">{values.patient ?? "None"}</Td>
                <Td label="Other record">{values.other ?? "None"}</Td>
                <Td label="Result" className={isChanged ? "font-semibold" : undefined}>
                  {values.result ?? "None"}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
      <Card aria-labelledby="lost">
        <h2 id="lost" className="text-lg font-semibold">
          {lost.length === 0 ? "No values are lost" : `${formatCount(lost.length, "value")} lost`}
        </h2>
        {lost.length === 0 ? (
          <p className="mt-1 text-muted">The result has every value of both records.</p>
        ) : (
          <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 marker:text-muted">
            {lost.map(({ label, value, from }) => (
              <li key={`${from} ${label} ${value}`} className="break-words">
                {label} of {nameOf[from]}: {value}
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
