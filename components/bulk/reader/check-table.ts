import type { BulkRow } from "@/server/schemas/bulk";
import type { Fault, FaultKind } from "./faults";
import type { Table } from "./parse";
import { makeRowReader, type ReadRow, type Report } from "./read-row";
import { makeRepeatFinder } from "./repeats";
import type { Setup } from "./setup";

/** How many links each practice would get of each appointment type or form. */
export type Share = { practiceId: string; whatId: string; links: number };

export type Summary = {
  good: number;
  bad: number;
  blank: number;
  /** Bad cells by kind; a row may have several. */
  faults: Partial<Record<FaultKind, number>>;
  faultCount: number;
  /** Rows that are bad for nothing but naming a patient again. */
  repeatedPatients: number;
  shares: Share[];
  /** The first good row, as an example. */
  example: BulkRow | null;
  /** The earliest and latest of the days that differ from row to row. */
  expiresFrom: string | null;
  expiresTo: string | null;
};

export type CheckedTable = {
  summary: Summary;
  faults: readonly Fault[];
  /** Places in the table's rows: those to be made, and those to be given back. */
  good: Int32Array;
  bad: Int32Array;
  /** Reads a row that was found good once more. */
  readGood: (index: number) => BulkRow;
};

/** Checks every row of a file. What is found is the same each time; nothing of the table is changed. */
export function checkTable(table: Table, setup: Setup): CheckedTable {
  const readRow = makeRowReader(setup, table.headings.length);
  const isNew = makeRepeatFinder(setup.allowsRepeats);
  const faults: Fault[] = [];
  const good: number[] = [];
  const bad: number[] = [];
  const shares = new Map<string, Share>();
  const summary: Summary = {
    good: 0,
    bad: 0,
    blank: table.blankLines,
    faults: {},
    faultCount: 0,
    repeatedPatients: 0,
    shares: [],
    example: null,
    expiresFrom: null,
    expiresTo: null,
  };
  let rowNumber = 0;
  const report: Report = (field, kind, reason) => {
    const column = field === null ? -1 : (setup.columns[field] ?? -1);
    faults.push({ row: rowNumber, column, kind, reason });
    summary.faults[kind] = (summary.faults[kind] ?? 0) + 1;
  };

  for (const [index, tableRow] of table.rows.entries()) {
    rowNumber = tableRow.rowNumber;
    const before = faults.length;
    const row = readRow(tableRow, report);
    if (!row || !isNew(row, report)) {
      bad.push(index);
      const own = faults.splice(before).sort((one, other) => one.column - other.column);
      faults.push(...own);
      if (own.length === 1 && own[0]?.reason.includes("same patient")) {
        summary.repeatedPatients += 1;
      }
      continue;
    }
    good.push(index);
    countShare(shares, row);
    summary.example ??= row;
    if (!summary.expiresFrom || row.expiresOn < summary.expiresFrom) {
      summary.expiresFrom = row.expiresOn;
    }
    if (!summary.expiresTo || row.expiresOn > summary.expiresTo) summary.expiresTo = row.expiresOn;
  }
  summary.good = good.length;
  summary.bad = bad.length;
  summary.faultCount = faults.length;
  summary.shares = [...shares.values()].sort((one, other) => other.links - one.links);
  return {
    summary,
    faults,
    good: Int32Array.from(good),
    bad: Int32Array.from(bad),
    readGood: (index) => readAgain(readRow, table, index),
  };
}

function countShare(shares: Map<string, Share>, row: BulkRow): void {
  const whatId = row.appointmentTypeId ?? row.formId ?? "";
  const key = `${row.practiceId} ${whatId}`;
  const share = shares.get(key);
  if (share) share.links += 1;
  else shares.set(key, { practiceId: row.practiceId, whatId, links: 1 });
}

function readAgain(readRow: ReadRow, table: Table, index: number): BulkRow {
  const tableRow = table.rows[index];
  const row = tableRow ? readRow(tableRow, () => undefined) : null;
  if (!row) throw new Error("A row that was good can no longer be read.");
  return row;
}
