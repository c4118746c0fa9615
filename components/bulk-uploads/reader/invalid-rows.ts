import { csvByteOrderMark, fromCsvCell, toCsvLine } from "@/server/schemas/csv";
import type { CheckedRows } from "./check-table";
import type { Table } from "./table";

/** Chunks of a CSV file with the invalid rows as they were, and their problems in an extra column. */
export function* generateInvalidRowsCsv(table: Table, checked: CheckedRows): Generator<string> {
  const { headings, rows } = table;
  yield csvByteOrderMark + toCsvLine([...headings, uniqueReasonHeading(headings)]);
  let errorIndex = 0;
  let lines = "";
  for (const [rowCount, index] of checked.invalidIndexes.entries()) {
    const row = rows[index];
    if (!row) continue;
    // Errors are in the order of the rows.
    const reasons: string[] = [];
    for (let error = checked.errors[errorIndex]; error && error.row <= row.rowNumber; ) {
      if (error.row === row.rowNumber) {
        const heading = headings[error.column];
        reasons.push(heading ? `${heading}: ${error.reason}` : error.reason);
      }
      errorIndex += 1;
      error = checked.errors[errorIndex];
    }
    // Extra cells go after the problems, so that these stay in their own column.
    const cells = row.cells.map(fromCsvCell);
    const headingCells = headings.map((_, column) => cells[column] ?? "");
    lines += toCsvLine([...headingCells, reasons.join(" "), ...cells.slice(headings.length)]);
    if (rowCount % 1000 === 999) {
      yield lines;
      lines = "";
    }
  }
  yield lines;
}

const reasonHeading = "Problem";

/** A file that was downloaded, fixed and uploaded again already has the heading. */
function uniqueReasonHeading(headings: readonly string[]): string {
  const existingHeadings = new Set(headings.map((heading) => heading.toLowerCase()));
  let name = reasonHeading;
  for (let suffix = 2; existingHeadings.has(name.toLowerCase()); suffix += 1)
    name = `${reasonHeading} ${suffix}`;
  return name;
}
