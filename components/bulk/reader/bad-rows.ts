import { csvStart, fromCsvCell, toCsvLine } from "@/server/schemas/csv";
import type { CheckedTable } from "./check-table";
import type { Table } from "./parse";

/**
 * The bad rows as they were, each with its reasons in a last column, as pieces of a CSV file that is
 * inert when opened. A file with one more column of the same heading is still read: the name is made free.
 */
export function* writeBadRows(table: Table, checked: CheckedTable): Generator<string> {
  const { headings, rows } = table;
  yield csvStart + toCsvLine([...headings, freeHeading(headings)]);
  let place = 0;
  let lines = "";
  for (const [count, index] of checked.bad.entries()) {
    const row = rows[index];
    if (!row) continue;
    // Faults stand in the order of the rows.
    const reasons: string[] = [];
    for (let fault = checked.faults[place]; fault && fault.row <= row.rowNumber; ) {
      if (fault.row === row.rowNumber) {
        const heading = headings[fault.column];
        reasons.push(heading ? `${heading}: ${fault.reason}` : fault.reason);
      }
      place += 1;
      fault = checked.faults[place];
    }
    // As many cells as headings, so that the reasons stand in their own column; what was too much
    // goes behind them.
    const cells = row.cells.map(fromCsvCell);
    const within = headings.map((_, column) => cells[column] ?? "");
    lines += toCsvLine([...within, reasons.join(" "), ...cells.slice(headings.length)]);
    if (count % 1000 === 999) {
      yield lines;
      lines = "";
    }
  }
  yield lines;
}

const reasonHeading = "What is wrong";

/** A file that was given back, mended and sent again has the heading already. */
function freeHeading(headings: readonly string[]): string {
  const taken = new Set(headings.map((heading) => heading.toLowerCase()));
  let name = reasonHeading;
  for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${reasonHeading} ${count}`;
  return name;
}
