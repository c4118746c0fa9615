import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import {
  parseDateOfBirth,
  parseTextCell,
  parseNhsNumber,
  parsePatientId,
  parsePostcode,
} from "./parse-cells";
import type { RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

type RowPatient = Pick<BulkUploadRow, "identity" | "patientId">;

const detailFields = ["forename", "surname", "postcode"] as const;

/**
 * A Hero patient ID is enough; an NHS number needs a date of birth; otherwise a row needs first and last
 * name, date of birth and postcode.
 */
export function createPatientParser(
  settings: UploadSettings,
): (cells: RowCells) => RowPatient | null {
  if (settings.audience === "anyone") return () => ({});
  const { columns, today } = settings;
  const hasNhsNumbers = columns.nhsNumber !== undefined;

  return (cells) => {
    if (cells.isFilled("patientId")) {
      const patientId = cells.value("patientId", parsePatientId);
      return patientId ? { patientId } : null;
    }
    if (cells.isFilled("nhsNumber")) {
      const nhsNumber = cells.value("nhsNumber", parseNhsNumber);
      const dateOfBirth = cells.value("dateOfBirth", (cell) => parseDateOfBirth(cell, today));
      if (!cells.isFilled("dateOfBirth")) {
        cells.report(
          "dateOfBirth",
          "missing",
          "The date of birth is missing. An NHS number alone is not enough.",
        );
      }
      return nhsNumber && dateOfBirth
        ? { identity: { by: "nhs_number", nhsNumber, dateOfBirth } }
        : null;
    }
    const hasDetails = detailFields.some((field) => cells.isFilled(field));
    if (hasNhsNumbers && !hasDetails) {
      cells.report("nhsNumber", "missing", "The NHS number is missing.");
      cells.value("dateOfBirth", (cell) => parseDateOfBirth(cell, today));
      return null;
    }
    if (columns.patientId !== undefined && !hasDetails) {
      cells.report("patientId", "missing", "The Hero patient ID is missing.");
      return null;
    }
    return parseDetails(cells, today);
  };
}

function parseDetails(cells: RowCells, today: string): RowPatient | null {
  const forename = cells.value("forename", (cell) => parseTextCell(cell, 80));
  const surname = cells.value("surname", (cell) => parseTextCell(cell, 80));
  const dateOfBirth = cells.value("dateOfBirth", (cell) => parseDateOfBirth(cell, today));
  const postcode = cells.value("postcode", parsePostcode);
  const missingMessages = {
    forename: "The first name is missing.",
    surname: "The last name is missing.",
    dateOfBirth: "The date of birth is missing.",
    postcode: "The postcode is missing.",
  } as const;
  for (const field of ["forename", "surname", "dateOfBirth", "postcode"] as const) {
    if (!cells.isFilled(field)) cells.report(field, "missing", missingMessages[field]);
  }
  return forename && surname && dateOfBirth && postcode
    ? { identity: { by: "details", forename, surname, dateOfBirth, postcode } }
    : null;
}
