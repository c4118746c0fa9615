import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { maxNameCharacters, maxReferenceCharacters } from "@/server/schemas/links/rules";
import {
  fromCsvCell,
  looksLikeFormula,
  withoutApostrophe,
  withoutTextGuard,
} from "@/server/schemas/csv";
import type { CellErrorKind } from "./errors";
import type { FieldName } from "./fields";
import type { Table, TableRow } from "./table";
import {
  maxCellCharacters,
  parsePartnerText,
  parseTags,
  shortenedNumberReason,
} from "./parse-cells";
import { createLimitParser } from "./parse-limits";
import { createPatientParser } from "./parse-patient";
import { createSubjectParser } from "./parse-subject";
import type { ReportError, RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

/** Null for an invalid row, after its problems were reported. */
export type ParseRow = (row: TableRow, report: ReportError) => BulkUploadRow | null;

export function createRowParser(
  settings: UploadSettings,
  { headings, dateOrders }: Pick<Table, "headings" | "dateOrders">,
): ParseRow {
  const { columns } = settings;
  const columnCount = headings.length;
  const dateOrderOf = (field: FieldName) => dateOrders.get(columns[field] ?? -1) ?? "dayFirst";
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
    const raw = rawCell(field);
    if (raw === "") return "";
    const guarded = withoutTextGuard(raw);
    const cell = codeFields.has(field) ? withoutApostrophe(guarded) : guarded;
    const problem = findCellProblem(cell, field);
    if (!problem) return withoutTextGuard(fromCsvCell(cell));
    reportError(field, problem.kind, problem.reason);
    return "";
  };
  const cells: RowCells = {
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
      reportError(null, "cellCount", "Unexpected quotation marks in a cell.");
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
    const tags = cells.value("tags", parseTags) ?? [];
    if (errorCount > 0 || !patient || !subject || !limits) return null;
    return {
      rowNumber: row.rowNumber,
      ...patient,
      ...subject,
      ...limits,
      ...(reference ? { reference } : {}),
      ...(name ? { name } : {}),
      ...(tags.length > 0 ? { tags } : {}),
    };
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
