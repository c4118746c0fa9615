import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { CellError, CellErrorKind } from "./errors";
import type { ColumnMapping } from "./fields";
import type { Table, TableRow } from "./table";
import { createRowParser } from "./parse-row";
import type { ReportError } from "./row-cells";
import { createDuplicateCheck } from "./duplicates";
import type { UploadSettings } from "./upload-settings";

type SubjectCount = { practiceId: string; subjectId: string; linkCount: number };

/** What the rows of a file are, whatever becomes of them. */
export type RowSummary = {
  validCount: number;
  invalidCount: number;
  blankCount: number;
  /** By kind; a row can have several. */
  errorCounts: Partial<Record<CellErrorKind, number>>;
  errorCount: number;
  /** Rows whose only problem is a repeated patient. */
  duplicatePatientCount: number;
};

export type CheckSummary = RowSummary & {
  subjectCounts: SubjectCount[];
  /** The first valid row. */
  example: BulkUploadRow | null;
  earliestExpiresOn: string | null;
  latestExpiresOn: string | null;
};

export type CheckedRows = {
  summary: RowSummary;
  errors: readonly CellError[];
  /** Indexes into the table's rows. */
  validIndexes: Int32Array;
  invalidIndexes: Int32Array;
};

export type CheckedTable = CheckedRows & {
  summary: CheckSummary;
  parseValidRow: (index: number) => BulkUploadRow;
};

/**
 * Pure: the same table and columns give the same result.
 *
 * @param isValid reports the problems of a row that is not
 */
export function checkRows(
  table: Table,
  columns: ColumnMapping,
  isValid: (row: TableRow, report: ReportError) => boolean,
): CheckedRows {
  const errors: CellError[] = [];
  const validIndexes: number[] = [];
  const invalidIndexes: number[] = [];
  const errorCounts: RowSummary["errorCounts"] = {};
  let duplicatePatientCount = 0;
  let rowNumber = 0;
  const report: ReportError = (field, kind, reason) => {
    const column = field === null ? -1 : (columns[field] ?? -1);
    errors.push({ row: rowNumber, column, kind, reason });
    errorCounts[kind] = (errorCounts[kind] ?? 0) + 1;
  };
  for (const [index, tableRow] of table.rows.entries()) {
    rowNumber = tableRow.rowNumber;
    const firstErrorIndex = errors.length;
    if (isValid(tableRow, report)) {
      validIndexes.push(index);
      continue;
    }
    invalidIndexes.push(index);
    const rowErrors = errors.splice(firstErrorIndex).sort((a, b) => a.column - b.column);
    errors.push(...rowErrors);
    if (rowErrors.length === 1 && rowErrors[0]?.reason.includes("same patient")) {
      duplicatePatientCount += 1;
    }
  }
  return {
    summary: {
      validCount: validIndexes.length,
      invalidCount: invalidIndexes.length,
      blankCount: table.blankLines,
      errorCounts,
      errorCount: errors.length,
      duplicatePatientCount,
    },
    errors,
    validIndexes: Int32Array.from(validIndexes),
    invalidIndexes: Int32Array.from(invalidIndexes),
  };
}

/** The rows of a bulk upload of links. */
export function checkTable(table: Table, settings: UploadSettings): CheckedTable {
  const parseRow = createRowParser(settings, table);
  const isUnique = createDuplicateCheck(settings.allowsDuplicates);
  const subjectCounts = new Map<string, SubjectCount>();
  let example: BulkUploadRow | null = null;
  let earliestExpiresOn: string | null = null;
  let latestExpiresOn: string | null = null;
  const checked = checkRows(table, settings.columns, (tableRow, report) => {
    const row = parseRow(tableRow, report);
    if (!row || !isUnique(row, report)) return false;
    countSubject(subjectCounts, row);
    example ??= row;
    const { expiresOn } = row;
    if (!earliestExpiresOn || expiresOn < earliestExpiresOn) earliestExpiresOn = expiresOn;
    if (!latestExpiresOn || expiresOn > latestExpiresOn) latestExpiresOn = expiresOn;
    return true;
  });
  return {
    ...checked,
    summary: {
      ...checked.summary,
      subjectCounts: [...subjectCounts.values()].sort((a, b) => b.linkCount - a.linkCount),
      example,
      earliestExpiresOn,
      latestExpiresOn,
    },
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

/** A valid row again, whose parsed form was not kept. */
export function reparseRow<Row>(
  parseRow: (row: TableRow, report: ReportError) => Row | null,
  table: Table,
  index: number,
): Row {
  const tableRow = table.rows[index];
  const row = tableRow ? parseRow(tableRow, () => undefined) : null;
  if (!row) throw new Error("A valid row is no longer valid.");
  return row;
}
