import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { CellError, CellErrorKind } from "./errors";
import type { Table } from "./table";
import { createRowParser, type ParseRow } from "./parse-row";
import type { ReportError } from "./row-cells";
import { createDuplicateCheck } from "./duplicates";
import type { UploadSettings } from "./upload-settings";

type SubjectCount = { practiceId: string; subjectId: string; linkCount: number };

export type CheckSummary = {
  validCount: number;
  invalidCount: number;
  blankCount: number;
  /** By kind; a row can have several. */
  errorCounts: Partial<Record<CellErrorKind, number>>;
  errorCount: number;
  /** Rows whose only problem is a repeated patient. */
  duplicatePatientCount: number;
  subjectCounts: SubjectCount[];
  /** The first valid row. */
  example: BulkUploadRow | null;
  earliestExpiresOn: string | null;
  latestExpiresOn: string | null;
};

export type CheckedTable = {
  summary: CheckSummary;
  errors: readonly CellError[];
  /** Indexes into the table's rows. */
  validIndexes: Int32Array;
  invalidIndexes: Int32Array;
  parseValidRow: (index: number) => BulkUploadRow;
};

/** Pure: the same table and settings give the same result. */
export function checkTable(table: Table, settings: UploadSettings): CheckedTable {
  const parseRow = createRowParser(settings, table);
  const isUnique = createDuplicateCheck(settings.allowsDuplicates);
  const errors: CellError[] = [];
  const validIndexes: number[] = [];
  const invalidIndexes: number[] = [];
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
      invalidIndexes.push(index);
      const rowErrors = errors.splice(firstErrorIndex).sort((a, b) => a.column - b.column);
      errors.push(...rowErrors);
      if (rowErrors.length === 1 && rowErrors[0]?.reason.includes("same patient")) {
        summary.duplicatePatientCount += 1;
      }
      continue;
    }
    validIndexes.push(index);
    countSubject(subjectCounts, row);
    summary.example ??= row;
    if (!summary.earliestExpiresOn || row.expiresOn < summary.earliestExpiresOn) {
      summary.earliestExpiresOn = row.expiresOn;
    }
    if (!summary.latestExpiresOn || row.expiresOn > summary.latestExpiresOn)
      summary.latestExpiresOn = row.expiresOn;
  }
  summary.validCount = validIndexes.length;
  summary.invalidCount = invalidIndexes.length;
  summary.errorCount = errors.length;
  summary.subjectCounts = [...subjectCounts.values()].sort((a, b) => b.linkCount - a.linkCount);
  return {
    summary,
    errors,
    validIndexes: Int32Array.from(validIndexes),
    invalidIndexes: Int32Array.from(invalidIndexes),
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
  if (!row) throw new Error("A valid row is no longer valid.");
  return row;
}
