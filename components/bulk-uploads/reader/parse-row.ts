import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { maxNameCharacters, maxReferenceCharacters } from "@/server/schemas/links/rules";
import { fromCsvCell, looksLikeFormula } from "@/server/schemas/csv";
import type { CellErrorKind } from "./errors";
import type { FieldName } from "./fields";
import type { TableRow } from "./parse-table";
import { maxCellCharacters, parsePartnerText } from "./parse-cells";
import { createLimitParser } from "./parse-limits";
import { createPatientParser } from "./parse-patient";
import { createSubjectParser } from "./parse-subject";
import type { ReportError, RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

/** Reads one row into what the portal takes; null after it has reported what is wrong with it. */
export type ParseRow = (row: TableRow, report: ReportError) => BulkUploadRow | null;

/** @param columnCount how many cells a row must have */
export function createRowParser(settings: UploadSettings, columnCount: number): ParseRow {
  const { columns } = settings;
  const parsePatient = createPatientParser(settings);
  const parseSubject = createSubjectParser(settings);
  const parseLimits = createLimitParser(settings);
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
    const cell = rawCell(field);
    if (cell === "") return "";
    const problem = findCellProblem(cell);
    if (!problem) return fromCsvCell(cell);
    reportError(field, problem.kind, problem.reason);
    return "";
  };
  const cells: RowCells = {
    text,
    value: (field, parse) => {
      const cell = text(field);
      if (cell.trim() === "") return null;
      const result = parse(cell);
      if ("value" in result) return result.value;
      reportError(field, result.kind, result.reason);
      return null;
    },
    isFilled: (field) => rawCell(field).trim() !== "",
    report: reportError,
  };

  return (nextRow, nextReport) => {
    row = nextRow;
    report = nextReport;
    errorCount = 0;
    if (row.cells.length !== columnCount) {
      reportError(null, "cellCount", describeCellCount(row.cells.length, columnCount));
      return null;
    }
    if (row.hasStrayQuotes) {
      reportError(
        null,
        "cellCount",
        "Quotation marks stand inside a cell that is not wholly in quotes.",
      );
      return null;
    }
    const patient = parsePatient(cells);
    const subject = parseSubject(cells);
    const limits = parseLimits(cells);
    const reference = cells.value("reference", (cell) =>
      parsePartnerText(cell, maxReferenceCharacters),
    );
    const name =
      cells.value("name", (cell) => parsePartnerText(cell, maxNameCharacters)) ??
      settings.defaults.name.trim();
    if (errorCount > 0 || !patient || !subject || !limits) return null;
    return {
      rowNumber: row.rowNumber,
      ...patient,
      ...subject,
      ...limits,
      ...(reference ? { reference } : {}),
      ...(name ? { name } : {}),
    };
  };
}

function describeCellCount(cellCount: number, columnCount: number): string {
  const cellsText = cellCount === 1 ? "1 cell" : `${cellCount} cells`;
  return `This row has ${cellsText}, and there are ${columnCount} headings.`;
}

// The signs that begin most cells are letters and digits, which need no closer look.
const plainStart = /^[a-z0-9]/i;

function findCellProblem(cell: string): { kind: CellErrorKind; reason: string } | null {
  if (cell.length > maxCellCharacters) {
    return {
      kind: "text",
      reason: `This cell has ${cell.length.toLocaleString("en-GB")} characters.`,
    };
  }
  if (cell.includes("\0")) return { kind: "text", reason: "This has a NUL character in it." };
  if (!plainStart.test(cell) && looksLikeFormula(cell)) {
    return {
      kind: "formula",
      reason: "This begins like a formula, which a spreadsheet would work out.",
    };
  }
  return null;
}
