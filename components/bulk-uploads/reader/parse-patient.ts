import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { PatientDetails } from "@/server/schemas/patients";
import {
  parseDateOfBirth,
  parseTextCell,
  parseNhsNumber,
  parsePatientId,
  parsePostcode,
} from "./parse-cells";
import type { RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

export type RowPatient = Pick<BulkUploadRow, "identity" | "patientId" | "otherDetails">;

const detailFields = ["forename", "surname", "postcode"] as const;

/**
 * A row says all that it knows of its patient, because Hero's record must agree with it. A Hero patient ID
 * is enough; an NHS number needs a date of birth; otherwise a row needs first and last
 * name, date of birth and postcode.
 */
export function createPatientParser(
  settings: Pick<UploadSettings, "audience" | "columns" | "today">,
): (cells: RowCells) => RowPatient | null {
  if (settings.audience === "anyone") return () => ({});
  const { columns, today } = settings;
  const hasNhsNumbers = columns.nhsNumber !== undefined;

  return (cells) => {
    if (cells.isFilled("patientId")) {
      const patientId = cells.value("patientId", parsePatientId);
      const { identity, otherDetails } = toIdentity(parseAllDetails(cells, today));
      return patientId
        ? withDetails({ patientId, ...(identity ? { identity } : {}) }, otherDetails)
        : null;
    }
    if (cells.isFilled("nhsNumber")) {
      const nhsNumber = cells.value("nhsNumber", parseNhsNumber);
      const dateOfBirth = cells.value("dateOfBirth", (cell, order) =>
        parseDateOfBirth(cell, today, order),
      );
      if (!cells.isFilled("dateOfBirth")) {
        cells.report(
          "dateOfBirth",
          "missing",
          "The date of birth is missing. An NHS number alone is not enough.",
        );
      }
      const otherDetails = parseNameDetails(cells);
      return nhsNumber && dateOfBirth
        ? withDetails({ identity: { by: "nhs_number", nhsNumber, dateOfBirth } }, otherDetails)
        : null;
    }
    const hasDetails = detailFields.some((field) => cells.isFilled(field));
    if (hasNhsNumbers && !hasDetails) {
      cells.report("nhsNumber", "missing", "The NHS number is missing.");
      cells.value("dateOfBirth", (cell, order) => parseDateOfBirth(cell, today, order));
      return null;
    }
    if (columns.patientId !== undefined && !hasDetails) {
      cells.report("patientId", "missing", "The Hero patient ID is missing.");
      return null;
    }
    return parseDetails(cells, today);
  };
}

function parseNameDetails(cells: RowCells): PatientDetails {
  const forename = cells.value("forename", (cell) => parseTextCell(cell, 80));
  const surname = cells.value("surname", (cell) => parseTextCell(cell, 80));
  const postcode = cells.value("postcode", parsePostcode);
  return {
    ...(forename ? { forename } : {}),
    ...(surname ? { surname } : {}),
    ...(postcode ? { postcode } : {}),
  };
}

function parseAllDetails(cells: RowCells, today: string): PatientDetails {
  const nhsNumber = cells.value("nhsNumber", parseNhsNumber);
  const dateOfBirth = cells.value("dateOfBirth", (cell, order) =>
    parseDateOfBirth(cell, today, order),
  );
  return {
    ...(nhsNumber ? { nhsNumber } : {}),
    ...(dateOfBirth ? { dateOfBirth } : {}),
    ...parseNameDetails(cells),
  };
}

/** The details as something to look up, where they are enough for that. */
function toIdentity(details: PatientDetails): {
  identity?: RowPatient["identity"];
  otherDetails: PatientDetails;
} {
  const { nhsNumber, dateOfBirth, ...names } = details;
  return nhsNumber && dateOfBirth
    ? { identity: { by: "nhs_number", nhsNumber, dateOfBirth }, otherDetails: names }
    : { otherDetails: details };
}

const withDetails = (patient: RowPatient, otherDetails: PatientDetails): RowPatient =>
  Object.keys(otherDetails).length > 0 ? { ...patient, otherDetails } : patient;

function parseDetails(cells: RowCells, today: string): RowPatient | null {
  const forename = cells.value("forename", (cell) => parseTextCell(cell, 80));
  const surname = cells.value("surname", (cell) => parseTextCell(cell, 80));
  const dateOfBirth = cells.value("dateOfBirth", (cell, order) =>
    parseDateOfBirth(cell, today, order),
  );
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
