import type { BulkRow } from "@/server/schemas/bulk";
import { fromCsvCell, startsLikeFormula } from "@/server/schemas/csv";
import type { FaultKind } from "./faults";
import type { FieldName } from "./fields";
import type { TableRow } from "./parse";
import { mostCellCharacters, readOwnText, type ReadCell } from "./read-cells";
import { makeLimitReader } from "./read-limits";
import { makePatientReader } from "./read-patient";
import { makeWhatReader } from "./read-what";
import type { Setup } from "./setup";

/** Tells of a fault in a field's cell, or in the row where the file has no column for the field. */
export type Report = (field: FieldName | null, kind: FaultKind, reason: string) => void;

/** What the readers of a row's parts work with. */
export type RowCells = {
  /** The text of a field's cell; empty where there is none, and where it was reported as unusable. */
  text: (field: FieldName) => string;
  /** The value of a cell that is filled in; null where it is empty or was reported. */
  take: <Value>(field: FieldName, read: (cell: string) => ReadCell<Value>) => Value | null;
  /** True where something stands in the cell, usable or not. */
  isFilled: (field: FieldName) => boolean;
  report: Report;
};

/** Reads one row into what the portal takes; null after it has reported what is wrong with it. */
export type ReadRow = (row: TableRow, report: Report) => BulkRow | null;

/** @param width how many cells a row must have */
export function makeRowReader(setup: Setup, width: number): ReadRow {
  const { columns } = setup;
  const readPatient = makePatientReader(setup);
  const readWhat = makeWhatReader(setup);
  const readLimits = makeLimitReader(setup);
  let row: TableRow;
  let report: Report;
  let faults = 0;
  const fail: Report = (field, kind, reason) => {
    faults += 1;
    report(field, kind, reason);
  };
  const raw = (field: FieldName) => {
    const index = columns[field];
    return index === undefined ? "" : (row.cells[index] ?? "");
  };
  const text = (field: FieldName) => {
    const cell = raw(field);
    if (cell === "") return "";
    const fault = findCellFault(cell);
    if (!fault) return fromCsvCell(cell);
    fail(field, fault.kind, fault.reason);
    return "";
  };
  const cells: RowCells = {
    text,
    take: (field, read) => {
      const cell = text(field);
      if (cell.trim() === "") return null;
      const result = read(cell);
      if ("value" in result) return result.value;
      fail(field, result.kind, result.reason);
      return null;
    },
    isFilled: (field) => raw(field).trim() !== "",
    report: fail,
  };

  return (given, reportTo) => {
    row = given;
    report = reportTo;
    faults = 0;
    if (row.cells.length !== width) {
      fail(null, "shape", describeShape(row.cells.length, width));
      return null;
    }
    if (row.hasStrayQuotes) {
      fail(null, "shape", "Quotation marks stand inside a cell that is not wholly in quotes.");
      return null;
    }
    const patient = readPatient(cells);
    const what = readWhat(cells);
    const limits = readLimits(cells);
    const reference = cells.take("reference", (cell) => readOwnText(cell, 80));
    const name = cells.take("name", (cell) => readOwnText(cell, 80)) ?? setup.defaults.name.trim();
    if (faults > 0 || !patient || !what || !limits) return null;
    return {
      rowNumber: row.rowNumber,
      ...patient,
      ...what,
      ...limits,
      ...(reference ? { reference } : {}),
      ...(name ? { name } : {}),
    };
  };
}

function describeShape(has: number, width: number): string {
  const cells = has === 1 ? "1 cell" : `${has} cells`;
  return `This row has ${cells}, and there are ${width} headings.`;
}

// The signs that begin most cells are letters and digits, which need no closer look.
const ordinary = /^[a-z0-9]/i;

function findCellFault(cell: string): { kind: FaultKind; reason: string } | null {
  if (cell.length > mostCellCharacters) {
    return {
      kind: "text",
      reason: `This cell has ${cell.length.toLocaleString("en-GB")} characters.`,
    };
  }
  if (cell.includes("\0")) return { kind: "text", reason: "This has a NUL character in it." };
  if (!ordinary.test(cell) && startsLikeFormula(cell)) {
    return {
      kind: "formula",
      reason: "This begins like a formula, which a spreadsheet would work out.",
    };
  }
  return null;
}
