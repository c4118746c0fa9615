import type { DateOrder } from "@/components/forms/uk-dates";
import {
  fromCsvCell,
  looksLikeFormula,
  withoutApostrophe,
  withoutTextGuard,
} from "@/server/schemas/csv";
import type { CellErrorKind } from "./errors";
import type { ColumnMapping, FieldName } from "./fields";
import { type CellResult, maxCellCharacters, shortenedNumberReason } from "./parse-cells";
import type { Table, TableRow } from "./table";

/** Reports an error in a field's cell, or in the row when the file has no column for the field. */
export type ReportError = (field: FieldName | null, kind: CellErrorKind, reason: string) => void;

/** What the parsers of a row's parts read from and report to. */
export type RowCells = {
  /** The text of a field's cell; empty without a cell, or when it was reported as invalid. */
  text: (field: FieldName) => string;
  /** The value of a filled cell; null when it is empty or was reported. */
  value: <Value>(
    field: FieldName,
    /** `order` is that of the dates in the field's column. */
    parse: (cell: string, order: DateOrder) => CellResult<Value>,
  ) => Value | null;
  /** True when the cell has content, valid or not. */
  isFilled: (field: FieldName) => boolean;
  report: ReportError;
};

export type RowReader = {
  /** Of the row that was opened last. */
  cells: RowCells;
  /** @returns false for a row that cannot be read, after its problem was reported */
  openRow: (row: TableRow, report: ReportError) => boolean;
  /** True once a problem of the opened row was reported. */
  hasErrors: () => boolean;
};

/** Reads the cells of one row after another. */
export function createRowReader(
  columns: ColumnMapping,
  { headings, dateOrders }: Pick<Table, "headings" | "dateOrders">,
): RowReader {
  const columnCount = headings.length;
  const dateOrderOf = (field: FieldName) => dateOrders.get(columns[field] ?? -1) ?? "dayFirst";
  let row: TableRow;
  let report: ReportError;
  let errorCount = 0;
  const reportError: ReportError = (field, kind, reason) => {
    errorCount += 1;
    report(field, kind, reason);
  };
  const rawCell = (field: FieldName) => {
    const index = columns[field];
    return index === undefined ? "" : (row.cells[index] ?? "");
  };
  const text = (field: FieldName) => {
    const raw = rawCell(field);
    if (raw === "") return "";
    const guarded = withoutTextGuard(raw);
    const cell = codeFields.has(field) ? withoutApostrophe(guarded) : guarded;
    const problem = findCellProblem(cell, field);
    if (!problem) return withoutTextGuard(fromCsvCell(cell));
    reportError(field, problem.kind, problem.reason);
    return "";
  };
  return {
    cells: {
      text,
      value: (field, parse) => {
        const cell = text(field);
        if (cell.trim() === "") return null;
        const result = parse(cell, dateOrderOf(field));
        if ("value" in result) return result.value;
        reportError(field, result.kind, result.reason);
        return null;
      },
      isFilled: (field) => {
        const raw = rawCell(field);
        return raw.trim() !== "" && !emptyFormula.test(raw);
      },
      report: reportError,
    },
    openRow: (nextRow, nextReport) => {
      row = nextRow;
      report = nextReport;
      errorCount = 0;
      if (row.cells.length !== columnCount) {
        reportError(null, "cellCount", describeCellCount(row.cells.length, columnCount));
        return false;
      }
      if (row.hasStrayQuotes) {
        reportError(null, "cellCount", "Unexpected quotation marks in a cell.");
        return false;
      }
      return true;
    },
    hasErrors: () => errorCount > 0,
  };
}

function describeCellCount(cellCount: number, columnCount: number): string {
  const cellsText = cellCount === 1 ? "1 cell" : `${cellCount} cells`;
  return `This row has ${cellsText} but there are ${columnCount} headings.`;
}

/** Names of lists, and codes, which do not begin with an apostrophe. */
const codeFields: ReadonlySet<FieldName> = new Set([
  "reference",
  "tags",
  "practice",
  "appointmentType",
  "location",
  "practitioner",
  "form",
]);

/** Fields that only have the digits 0 to 9. */
const numberFields: ReadonlySet<FieldName> = new Set([
  "nhsNumber",
  "dateOfBirth",
  "postcode",
  "patientId",
  "slotsFrom",
  "slotsTo",
  "expiresOn",
  "maxUses",
]);
const otherDigit = /(?![0-9])\p{Nd}/u;

// Most cells start with a letter or digit and need no further check.
const plainStart = /^[a-z0-9]/i;

/** An empty text that a spreadsheet keeps as one. */
const emptyFormula = /^\s*=\s*""\s*$/;
const formulaError =
  /^\s*#(?:N\/A|REF!|VALUE!|DIV\/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA)\s*$/i;
const tooNarrow = /^\s*#{3,}\s*$/;
const shortenedNumber = /^\s*\d(?:[.,]\d+)?E\+\d{2}\s*$/i;

function findCellProblem(
  cell: string,
  field: FieldName,
): { kind: CellErrorKind; reason: string } | null {
  if (cell.length > maxCellCharacters) {
    return {
      kind: "text",
      reason: `This cell has ${cell.length.toLocaleString("en-GB")} characters. The limit is ${maxCellCharacters.toLocaleString("en-GB")}.`,
    };
  }
  if (cell.includes("\0")) return { kind: "text", reason: "This cell has a NUL character." };
  if (shortenedNumber.test(cell)) {
    const kind = field === "nhsNumber" ? "nhsNumber" : "text";
    return { kind, reason: shortenedNumberReason };
  }
  if (numberFields.has(field) && otherDigit.test(cell)) {
    return {
      kind: "text",
      reason: "These are digits of another script or width. Enter them as 0 to 9.",
    };
  }
  if (plainStart.test(cell)) return null;
  if (formulaError.test(cell))
    return { kind: "formula", reason: "This is the error of a formula." };
  if (tooNarrow.test(cell)) {
    return { kind: "formula", reason: "The column was too narrow to show this value." };
  }
  if (looksLikeFormula(cell)) return { kind: "formula", reason: "This looks like a formula." };
  return null;
}
