import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { ReportError } from "./row-cells";

const duplicateReason = (rowNumber: number) => `Row ${rowNumber} has the same`;

/** Reports rows that repeat an earlier row. The first one stays valid, so that each link is created once. */
export function createDuplicateCheck(allowsDuplicates: boolean) {
  const references = new Map<string, number>();
  const patients = new Map<string, number>();
  const birthDates = new Map<string, { dateOfBirth: string; rowNumber: number }>();

  return function isUnique(row: BulkUploadRow, report: ReportError): boolean {
    let isValid = true;
    if (row.reference) {
      const earlierRowNumber = references.get(row.reference);
      if (earlierRowNumber) {
        report("reference", "duplicate", `${duplicateReason(earlierRowNumber)} reference.`);
        isValid = false;
      } else references.set(row.reference, row.rowNumber);
    }
    const { identity } = row;
    if (identity?.by === "nhs_number") {
      const earlier = birthDates.get(identity.nhsNumber);
      if (earlier && earlier.dateOfBirth !== identity.dateOfBirth) {
        report(
          "dateOfBirth",
          "duplicate",
          `Row ${earlier.rowNumber} has a different date of birth for this NHS number.`,
        );
        isValid = false;
      } else if (!earlier) {
        birthDates.set(identity.nhsNumber, {
          dateOfBirth: identity.dateOfBirth,
          rowNumber: row.rowNumber,
        });
      }
    }
    const key = patientSubjectKey(row);
    if (key && !allowsDuplicates) {
      const earlierRowNumber = patients.get(key);
      if (earlierRowNumber) {
        const field = row.patientId
          ? "patientId"
          : identity?.by === "nhs_number"
            ? "nhsNumber"
            : "surname";
        const subjectNoun = row.formId ? "form" : "appointment type";
        report(
          field,
          "duplicate",
          `${duplicateReason(earlierRowNumber)} patient for the same ${subjectNoun}.`,
        );
        isValid = false;
      } else if (isValid) patients.set(key, row.rowNumber);
    }
    return isValid;
  };
}

/** Null for a row without a patient. */
function patientSubjectKey({
  identity,
  patientId,
  practiceId,
  appointmentTypeId,
  formId,
}: BulkUploadRow) {
  const subjectKey = `${practiceId} ${appointmentTypeId ?? ""} ${formId ?? ""}`;
  if (patientId) return `${subjectKey} ${patientId}`;
  if (!identity) return null;
  if (identity.by === "nhs_number")
    return `${subjectKey} ${identity.nhsNumber} ${identity.dateOfBirth}`;
  const { forename, surname, dateOfBirth, postcode } = identity;
  return `${subjectKey} ${[forename, surname, dateOfBirth, postcode].join(" ").toLowerCase()}`;
}
