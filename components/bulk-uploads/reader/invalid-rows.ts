import { csvByteOrderMark, fromCsvCell, toCsvLine } from "@/server/schemas/csv";
import type { CheckedTable } from "./check-table";
import type { Table } from "./parse-table";

/**
 * The bad rows as they were, each with its reasons in a last column, as pieces of a CSV file that is
 * inert when opened. A file with one more column of the same heading is still read: the name is made free.
 */
export function* generateInvalidRowsCsv(table: Table, checked: CheckedTable): Generator<string> {
  const { headings, rows } = table;
  yield csvByteOrderMark + toCsvLine([...headings, uniqueReasonHeading(headings)]);
  let errorIndex = 0;
  let lines = "";
  for (const [rowCount, index] of checked.invalidIndexes.entries()) {
    const row = rows[index];
    if (!row) continue;
    // Faults stand in the order of the rows.
    const reasons: string[] = [];
    for (let error = checked.errors[errorIndex]; error && error.row <= row.rowNumber; ) {
      if (error.row === row.rowNumber) {
        const heading = headings[error.column];
        reasons.push(heading ? `${heading}: ${error.reason}` : error.reason);
      }
      errorIndex += 1;
      error = checked.errors[errorIndex];
    }
    // As many cells as headings, so that the reasons stand in their own column; what was too much
    // goes behind them.
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

const reasonHeading = "What is wrong";

/** A file that was given back, mended and sent again has the heading already. */
function uniqueReasonHeading(headings: readonly string[]): string {
  const existingHeadings = new Set(headings.map((heading) => heading.toLowerCase()));
  let name = reasonHeading;
  for (let suffix = 2; existingHeadings.has(name.toLowerCase()); suffix += 1)
    name = `${reasonHeading} ${suffix}`;
  return name;
}
