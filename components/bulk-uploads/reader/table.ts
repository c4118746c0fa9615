import { maxBulkUploadRows } from "@/server/schemas/bulk-upload-limits";
import { hasHeadingWords, looksLikeData } from "@/server/schemas/bulk-upload-headings";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import type { DateOrder } from "@/components/forms/uk-dates";
import type { EncodingChoice } from "./single-byte";
import { toShownText } from "./shown-text";

export type Delimiter = "," | ";" | "\t" | "|";

/** A row that is not blank, with the number that a spreadsheet shows for it. */
export type TableRow = {
  rowNumber: number;
  /** As many as headings, unless filled cells have none. */
  cells: string[];
  /** The end of a cell is ambiguous. */
  hasStrayQuotes: boolean;
};

export type Table = {
  /** Null for a sheet of a workbook. */
  delimiter: Delimiter | null;
  /** Empty for a column without cells. */
  headings: string[];
  headingRow: number;
  rows: TableRow[];
  blankLines: number;
  /** Rows with text above the headings, such as a title. */
  titleLines: number;
  /** Of columns whose dates may have the month first, by index from 0. In others the day is first. */
  dateOrders: ReadonlyMap<number, DateOrder>;
  /**
   * Of a workbook: by column, the numbers of the rows with a date of its own, no text, that is also one with
   * day and month swapped. A spreadsheet program swaps them when it reads dates of the other order.
   */
  swappableDates?: ReadonlyMap<number, ReadonlySet<number>>;
};

/** Why the whole file cannot be processed, and what a person may choose from to read it. */
export type FileProblem = {
  problem: string;
  firstRows?: FirstRow[];
  encodings?: EncodingChoice[];
  sheets?: string[];
  dates?: DateQuestion;
};
/** A column that a person is asked about, with dates from it. */
export type DateQuestion = {
  column: number;
  heading: string;
  /** A date that can only have the day first. A spreadsheet program that expects the month first keeps it a text. */
  dayFirst?: string | undefined;
  /** A date that can only have the month first. */
  monthFirst: string | null;
  /** A date that is valid with either first. */
  either: string | null;
  /** A workbook's own date (`YYYY-MM-DD`), whose day and month may be swapped. */
  stored?: string | undefined;
};
type FirstRow = { rowNumber: number; text: string };

const maxColumns = 200;
const maxBlankLines = 500_000;
/** Headings are looked for in this many rows. */
const maxHeadingRow = 20;

/** Collects the rows of a file or sheet, in order. `addRow` and `finish` say why a file is rejected. */
export function startTable(chosenHeadingRow?: number) {
  const rows: TableRow[] = [];
  /** Until the headings are found. */
  let firstRows: TableRow[] = [];
  let headings: string[] | null = null;
  let headingRow = 0;
  let rowNumber = 0;
  let blankLines = 0;
  let titleLines = 0;

  function addRow(cells: string[], hasStrayQuotes = false): FileProblem | null {
    rowNumber += 1;
    if (cells.every((cell) => cell.trim() === "")) {
      blankLines += 1;
      return blankLines > maxBlankLines
        ? { problem: "This file consists mostly of blank lines. Remove them and try again." }
        : null;
    }
    const row = { rowNumber, cells, hasStrayQuotes };
    if (headings) return addDataRow(row);
    firstRows.push(row);
    return firstRows.length === maxHeadingRow ? useHeadings() : null;
  }

  function addDataRow(row: TableRow): FileProblem | null {
    if (rows.length === maxBulkUploadRows) return { problem: tooManyRowsProblem };
    rows.push({ ...row, cells: fitCells(row.cells, headings?.length ?? 0) });
    return null;
  }

  /** Takes the headings from the first rows; the rows below them are data. */
  function useHeadings(): FileProblem | null {
    const found = chosenHeadingRow
      ? firstRows.findIndex((row) => row.rowNumber === chosenHeadingRow)
      : findHeadingIndex(firstRows);
    const row = firstRows[found];
    if (!row) return { problem: noHeadingsProblem, firstRows: firstRows.map(toFirstRow) };
    if (row.cells.some(looksLikeData)) {
      return {
        problem: `Row ${row.rowNumber} has data, not headings. ${noHeadingsAdvice}`,
        firstRows: firstRows.map(toFirstRow),
      };
    }
    headings = trimEnd(row.cells.map(toHeading));
    headingRow = row.rowNumber;
    titleLines = found;
    const dataRows = firstRows.slice(found + 1);
    firstRows = [];
    for (const dataRow of dataRows) {
      const problem = addDataRow(dataRow);
      if (problem) return problem;
    }
    return null;
  }

  function finish(delimiter: Delimiter | null): Table | FileProblem {
    const problem = headings ? null : useHeadings();
    if (problem) return problem;
    if (!headings || rows.length === 0) return { problem: "This file has headings but no rows." };
    const headingProblem = findHeadingProblem(headings, rows);
    if (headingProblem) return { problem: headingProblem };
    return { delimiter, headings, headingRow, rows, blankLines, titleLines, dateOrders: new Map() };
  }

  return { addRow, finish, nextRowNumber: () => rowNumber + 1 };
}

const tooManyRowsProblem =
  "This file has more than 50,000 rows. Split it into files of 50,000 rows or fewer.";
const noHeadingsAdvice =
  "Add a row that names each column, such as NHS number, Date of birth and Reference.";
const noHeadingsProblem = `No row of headings was found. ${noHeadingsAdvice}`;

const toFirstRow = ({ rowNumber, cells }: TableRow): FirstRow => ({
  rowNumber,
  text: toShownText(cells.filter((cell) => cell.trim() !== "").join(" · ")),
});

/** The row with the most known headings above the first row of data; -1 when none has any. */
function findHeadingIndex(rows: readonly TableRow[]): number {
  let best = -1;
  let bestCount = 0;
  for (const [index, { cells }] of rows.entries()) {
    const dataCount = cells.filter(looksLikeData).length;
    if (dataCount > 1 || beginsLikeData(cells) || cells.some(containsNhsNumber)) break;
    const count = dataCount === 0 ? cells.filter(hasHeadingWords).length : 0;
    if (count > bestCount) {
      best = index;
      bestCount = count;
    }
  }
  return best;
}

/** A title can be a date on its own, but does not begin with a number that has more beside it. */
function beginsLikeData(cells: readonly string[]): boolean {
  const [first = "", second] = cells.filter((cell) => cell.trim() !== "");
  return second !== undefined && looksLikeData(first);
}

/** On one line, without marks that nobody sees. */
const toHeading = (cell: string) =>
  cell
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim();

const trimEnd = (cells: string[]) => {
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells.slice(0, last + 1);
};

/** Empty cells at the end are dropped, and those that a row lacks are added. */
function fitCells(cells: string[], count: number): string[] {
  if (cells.length === count) return cells;
  if (cells.length < count) return [...cells, ...Array<string>(count - cells.length).fill("")];
  const hasMore = cells.slice(count).some((cell) => cell.trim() !== "");
  return hasMore ? cells : cells.slice(0, count);
}

function findHeadingProblem(headings: readonly string[], rows: readonly TableRow[]): string | null {
  if (headings.length > maxColumns) return `This file has more than ${maxColumns} columns.`;
  const indexByName = new Map<string, number>();
  for (const [index, heading] of headings.entries()) {
    const name = heading.normalize("NFKC").toLowerCase();
    if (name === "") {
      const row = rows.find(({ cells }) => (cells[index] ?? "").trim() !== "");
      if (!row) continue;
      return `Column ${index + 1} has no heading, but row ${row.rowNumber} has a value in it. Name the column or empty it.`;
    }
    if (name.length > 200) return `The heading of column ${index + 1} is too long.`;
    if (name.includes("\0")) return `The heading of column ${index + 1} has a NUL character.`;
    const earlierIndex = indexByName.get(name);
    if (earlierIndex !== undefined) {
      return `Columns ${earlierIndex + 1} and ${index + 1} have the same heading, “${heading}”. Use a different heading for each column.`;
    }
    indexByName.set(name, index);
  }
  return null;
}
