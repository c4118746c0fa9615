import type { BulkRow } from "@/server/schemas/bulk";
import type { Report } from "./read-row";

const repeatReason = (rowNumber: number) => `Row ${rowNumber} has the same`;

/**
 * Remembers rows and tells of those that say something a second time. The first of them stands, so
 * that making the good rows makes each link once.
 */
export function makeRepeatFinder(allowsRepeats: boolean) {
  const references = new Map<string, number>();
  const patients = new Map<string, number>();
  const births = new Map<string, { born: string; rowNumber: number }>();

  /** @returns true where the row is fit to be made */
  return function isNew(row: BulkRow, report: Report): boolean {
    let isFit = true;
    if (row.reference) {
      const earlier = references.get(row.reference);
      if (earlier) {
        report("reference", "repeat", `${repeatReason(earlier)} reference.`);
        isFit = false;
      } else references.set(row.reference, row.rowNumber);
    }
    const { identity } = row;
    if (identity?.by === "nhs_number") {
      const before = births.get(identity.nhsNumber);
      if (before && before.born !== identity.dateOfBirth) {
        report(
          "dateOfBirth",
          "repeat",
          `Row ${before.rowNumber} gives this NHS number another date of birth.`,
        );
        isFit = false;
      } else if (!before) {
        births.set(identity.nhsNumber, { born: identity.dateOfBirth, rowNumber: row.rowNumber });
      }
    }
    const key = patientKey(row);
    if (key && !allowsRepeats) {
      const earlier = patients.get(key);
      if (earlier) {
        const field = row.patientId
          ? "patientId"
          : identity?.by === "nhs_number"
            ? "nhsNumber"
            : "surname";
        const what = row.formId ? "form" : "appointment type";
        report(field, "repeat", `${repeatReason(earlier)} patient for the same ${what}.`);
        isFit = false;
      } else if (isFit) patients.set(key, row.rowNumber);
    }
    return isFit;
  };
}

/** The patient and what the link is of, as one text; null where the row names nobody. */
function patientKey({ identity, patientId, practiceId, appointmentTypeId, formId }: BulkRow) {
  const what = `${practiceId} ${appointmentTypeId ?? ""} ${formId ?? ""}`;
  if (patientId) return `${what} ${patientId}`;
  if (!identity) return null;
  if (identity.by === "nhs_number") return `${what} ${identity.nhsNumber} ${identity.dateOfBirth}`;
  const { forename, surname, dateOfBirth, postcode } = identity;
  return `${what} ${[forename, surname, dateOfBirth, postcode].join(" ").toLowerCase()}`;
}
