import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { FieldName } from "./fields";
import type { RowPatient } from "./parse-patient";
import type { ReportError } from "./row-cells";

const duplicateReason = (rowNumber: number) => `Row ${rowNumber} has the same`;

/** Reports rows that repeat an earlier row. The first one stays valid, so that each link is created once. */
export function createDuplicateCheck(allowsDuplicates: boolean) {
  const references = new Map<string, number>();
  const patients = new Map<string, number>();
  const hasOneBirthDate = createBirthDateCheck();

  return function isUnique(row: BulkUploadRow, report: ReportError): boolean {
    let isValid = true;
    if (row.reference) {
      const earlierRowNumber = references.get(row.reference);
      if (earlierRowNumber) {
        report("reference", "duplicate", `${duplicateReason(earlierRowNumber)} reference.`);
        isValid = false;
      } else references.set(row.reference, row.rowNumber);
    }
    if (!hasOneBirthDate(row, report)) isValid = false;
    const key = patientSubjectKey(row);
    if (key && !allowsDuplicates) {
      const earlierRowNumber = patients.get(key);
      if (earlierRowNumber) {
        const subjectNoun = row.formId ? "form" : "appointment type";
        report(
          identifyingField(row),
          "duplicate",
          `${duplicateReason(earlierRowNumber)} patient for the same ${subjectNoun}.`,
        );
        isValid = false;
      } else if (isValid) patients.set(key, row.rowNumber);
    }
    return isValid;
  };
}

type IdentifiedRow = RowPatient & { rowNumber: number };

/** Reports rows with the NHS number of an earlier row and another date of birth. */
function createBirthDateCheck() {
  const birthDates = new Map<string, { dateOfBirth: string; rowNumber: number }>();

  return function hasOneBirthDate(
    { identity, rowNumber }: IdentifiedRow,
    report: ReportError,
  ): boolean {
    if (identity?.by !== "nhs_number") return true;
    const earlier = birthDates.get(identity.nhsNumber);
    if (!earlier) {
      birthDates.set(identity.nhsNumber, { dateOfBirth: identity.dateOfBirth, rowNumber });
      return true;
    }
    if (earlier.dateOfBirth === identity.dateOfBirth) return true;
    report(
      "dateOfBirth",
      "duplicate",
      `Row ${earlier.rowNumber} has a different date of birth for this NHS number.`,
    );
    return false;
  };
}

/**
 * Reports recipients that an earlier row has as well: a patient gets a message once. One who is named in two ways
 * is found when the portal looks them up.
 */
export function createRecipientCheck() {
  const patients = new Map<string, number>();
  const hasOneBirthDate = createBirthDateCheck();

  return function isUnique(row: IdentifiedRow, report: ReportError): boolean {
    if (!hasOneBirthDate(row, report)) return false;
    const keys = [row.patientId, row.identity ? identityKey(row.identity) : undefined].filter(
      (key) => key !== undefined,
    );
    const earlierRowNumber = keys.map((key) => patients.get(key)).find(Boolean);
    if (earlierRowNumber) {
      const reason = `${duplicateReason(earlierRowNumber)} patient.`;
      report(identifyingField(row), "duplicate", reason);
      return false;
    }
    for (const key of keys) patients.set(key, row.rowNumber);
    return true;
  };
}

const identifyingField = ({ patientId, identity }: RowPatient): FieldName =>
  patientId ? "patientId" : identity?.by === "nhs_number" ? "nhsNumber" : "surname";

function identityKey(identity: NonNullable<RowPatient["identity"]>): string {
  if (identity.by === "nhs_number") return `${identity.nhsNumber} ${identity.dateOfBirth}`;
  const { forename, surname, dateOfBirth, postcode } = identity;
  return [forename, surname, dateOfBirth, postcode].join(" ").toLowerCase();
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
  return identity ? `${subjectKey} ${identityKey(identity)}` : null;
}
