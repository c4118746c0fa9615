import type { BulkRow } from "@/server/schemas/bulk";
import {
  readDateOfBirth,
  readLine,
  readNhsNumber,
  readPatientId,
  readPostcode,
} from "./read-cells";
import type { RowCells } from "./read-row";
import type { Setup } from "./setup";

type Patient = Pick<BulkRow, "identity" | "patientId">;

const detailFields = ["forename", "surname", "postcode"] as const;

/**
 * Who a row is about. Hero's own id is enough; an NHS number needs a date of birth beside it; without
 * either a row needs first and last name, date of birth and postcode. Where the file's links are for
 * anyone, nobody is named at all.
 */
export function makePatientReader(setup: Setup): (cells: RowCells) => Patient | null {
  if (setup.audience === "anyone") return () => ({});
  const { columns, today } = setup;
  const hasNhsNumbers = columns.nhsNumber !== undefined;

  return (cells) => {
    if (cells.isFilled("patientId")) {
      const patientId = cells.take("patientId", readPatientId);
      return patientId ? { patientId } : null;
    }
    if (cells.isFilled("nhsNumber")) {
      const nhsNumber = cells.take("nhsNumber", readNhsNumber);
      const dateOfBirth = cells.take("dateOfBirth", (cell) => readDateOfBirth(cell, today));
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
    const isNamed = detailFields.some((field) => cells.isFilled(field));
    if (hasNhsNumbers && !isNamed) {
      cells.report("nhsNumber", "missing", "The NHS number is missing.");
      cells.take("dateOfBirth", (cell) => readDateOfBirth(cell, today));
      return null;
    }
    if (columns.patientId !== undefined && !isNamed) {
      cells.report("patientId", "missing", "Hero's id of the patient is missing.");
      return null;
    }
    return readDetails(cells, today);
  };
}

function readDetails(cells: RowCells, today: string): Patient | null {
  const forename = cells.take("forename", (cell) => readLine(cell, 80));
  const surname = cells.take("surname", (cell) => readLine(cell, 80));
  const dateOfBirth = cells.take("dateOfBirth", (cell) => readDateOfBirth(cell, today));
  const postcode = cells.take("postcode", readPostcode);
  const missing = {
    forename: "The first name is missing.",
    surname: "The last name is missing.",
    dateOfBirth: "The date of birth is missing.",
    postcode: "The postcode is missing.",
  } as const;
  for (const field of ["forename", "surname", "dateOfBirth", "postcode"] as const) {
    if (!cells.isFilled(field)) cells.report(field, "missing", missing[field]);
  }
  return forename && surname && dateOfBirth && postcode
    ? { identity: { by: "details", forename, surname, dateOfBirth, postcode } }
    : null;
}
