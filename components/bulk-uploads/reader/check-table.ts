import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { CellError, CellErrorKind } from "./errors";
import type { Table } from "./parse-table";
import { createRowParser, type ParseRow } from "./parse-row";
import type { ReportError } from "./row-cells";
import { createDuplicateCheck } from "./duplicates";
import type { UploadSettings } from "./upload-settings";

/** How many links each practice would get of each appointment type or form. */
type SubjectCount = { practiceId: string; subjectId: string; linkCount: number };

export type CheckSummary = {
  validCount: number;
  invalidCount: number;
  blankCount: number;
  /** Bad cells by kind; a row may have several. */
  errorCounts: Partial<Record<CellErrorKind, number>>;
  errorCount: number;
  /** Rows that are bad for nothing but naming a patient again. */
  duplicatePatientCount: number;
  subjectCounts: SubjectCount[];
  /** The first good row, as an example. */
  example: BulkUploadRow | null;
  /** The earliest and latest of the days that differ from row to row. */
  earliestExpiresOn: string | null;
  latestExpiresOn: string | null;
};

export type CheckedTable = {
  summary: CheckSummary;
  errors: readonly CellError[];
  /** Places in the table's rows: those to be made, and those to be given back. */
  validIndexes: Int32Array;
  invalidIndexes: Int32Array;
  /** Reads a row that was found good once more. */
  parseValidRow: (index: number) => BulkUploadRow;
};

/** Checks every row of a file. What is found is the same each time; nothing of the table is changed. */
export function checkTable(table: Table, settings: UploadSettings): CheckedTable {
  const parseRow = createRowParser(settings, table.headings.length);
  const isUnique = createDuplicateCheck(settings.allowsDuplicates);
  const errors: CellError[] = [];
  const good: number[] = [];
  const bad: number[] = [];
  const subjectCounts = new Map<string, SubjectCount>();
  const summary: CheckSummary = {
    validCount: 0,
    invalidCount: 0,
    blankCount: table.blankLines,
    errorCounts: {},
    errorCount: 0,
    duplicatePatientCount: 0,
    subjectCounts: [],
    example: null,
    earliestExpiresOn: null,
    latestExpiresOn: null,
  };
  let rowNumber = 0;
  const report: ReportError = (field, kind, reason) => {
    const column = field === null ? -1 : (settings.columns[field] ?? -1);
    errors.push({ row: rowNumber, column, kind, reason });
    summary.errorCounts[kind] = (summary.errorCounts[kind] ?? 0) + 1;
  };

  for (const [index, tableRow] of table.rows.entries()) {
    rowNumber = tableRow.rowNumber;
    const firstErrorIndex = errors.length;
    const row = parseRow(tableRow, report);
    if (!row || !isUnique(row, report)) {
      bad.push(index);
      const rowErrors = errors.splice(firstErrorIndex).sort((a, b) => a.column - b.column);
      errors.push(...rowErrors);
      if (rowErrors.length === 1 && rowErrors[0]?.reason.includes("same patient")) {
        summary.duplicatePatientCount += 1;
      }
      continue;
    }
    good.push(index);
    countSubject(subjectCounts, row);
    summary.example ??= row;
    if (!summary.earliestExpiresOn || row.expiresOn < summary.earliestExpiresOn) {
      summary.earliestExpiresOn = row.expiresOn;
    }
    if (!summary.latestExpiresOn || row.expiresOn > summary.latestExpiresOn)
      summary.latestExpiresOn = row.expiresOn;
  }
  summary.validCount = good.length;
  summary.invalidCount = bad.length;
  summary.errorCount = errors.length;
  summary.subjectCounts = [...subjectCounts.values()].sort((a, b) => b.linkCount - a.linkCount);
  return {
    summary,
    errors,
    validIndexes: Int32Array.from(good),
    invalidIndexes: Int32Array.from(bad),
    parseValidRow: (index) => reparseRow(parseRow, table, index),
  };
}

function countSubject(subjectCounts: Map<string, SubjectCount>, row: BulkUploadRow): void {
  const subjectId = row.appointmentTypeId ?? row.formId ?? "";
  const key = `${row.practiceId} ${subjectId}`;
  const subjectCount = subjectCounts.get(key);
  if (subjectCount) subjectCount.linkCount += 1;
  else subjectCounts.set(key, { practiceId: row.practiceId, subjectId, linkCount: 1 });
}

function reparseRow(parseRow: ParseRow, table: Table, index: number): BulkUploadRow {
  const tableRow = table.rows[index];
  const row = tableRow ? parseRow(tableRow, () => undefined) : null;
  if (!row) throw new Error("A row that was good can no longer be read.");
  return row;
}
