import Papa from "papaparse";
import { maxBulkUploadRows } from "@/server/schemas/bulk-upload-limits";

export type Delimiter = "," | ";" | "\t";

/** A line that is not blank. `rowNumber` is 1 for the first line below the headings. */
export type TableRow = {
  rowNumber: number;
  /** There may be more or fewer than headings. */
  cells: string[];
  /** The end of a cell is ambiguous. */
  hasStrayQuotes: boolean;
};

export type Table = {
  delimiter: Delimiter;
  headings: string[];
  rows: TableRow[];
  blankLines: number;
};

/** Why the whole file cannot be processed. */
export type FileProblem = { problem: string };

const maxColumns = 200;
// Parsed in chunks, so that a file of empty lines is never in memory as rows.
const chunkCharacters = 1_000_000;
const maxRowCharacters = 12_000_000;
const maxBlankLines = 500_000;

export function parseTable(source: string): Table | FileProblem {
  const text = normalizeLineEndings(source);
  if (!/\S/.test(text)) return { problem: "This file is empty." };
  const delimiter = detectDelimiter(text);
  const rows: TableRow[] = [];
  const state: ParseState = { headings: null, line: 0, blankLines: 0 };
  const newline = text.includes("\r\n") ? "\r\n" : text.includes("\n") ? "\n" : "\r";
  const parser = new Papa.Parser({ delimiter, newline });

  for (let start = 0, size = chunkCharacters; start < text.length; ) {
    const isLast = start + size >= text.length;
    const chunk: Papa.ParseResult<string[]> = parser.parse(
      text.slice(start, start + size),
      0,
      !isLast,
    );
    const problem = addChunk(chunk, state, rows);
    if (problem) return { problem };
    if (isLast) break;
    if (chunk.meta.cursor === 0 && (size > maxRowCharacters || chunk.errors.length > 100)) {
      return { problem: describeUnclosedQuote(state) };
    }
    // A row longer than the chunk needs a larger one.
    size = chunk.meta.cursor === 0 ? size * 2 : chunkCharacters;
    start += chunk.meta.cursor;
  }
  if (!state.headings || rows.length === 0) {
    return { problem: "This file has headings but no rows." };
  }
  return { delimiter, headings: state.headings, rows, blankLines: state.blankLines };
}

type ParseState = { headings: string[] | null; line: number; blankLines: number };

/** Adds a chunk's lines to `rows`. @returns why the file is rejected, or null */
function addChunk(
  { data, errors }: Papa.ParseResult<string[]>,
  state: ParseState,
  rows: TableRow[],
): string | null {
  const strayQuoteRows = new Set<number>();
  let unclosedRow: number | undefined;
  for (const { code, row } of errors) {
    if (code === "MissingQuotes") unclosedRow = row;
    if (code === "InvalidQuotes" && row !== undefined) strayQuoteRows.add(row);
  }
  for (const [index, cells] of data.entries()) {
    if (index === unclosedRow) return describeUnclosedQuote(state);
    const isBlank = cells.every((cell) => cell.trim() === "");
    if (!state.headings) {
      // Blank lines above the headings have no row number.
      if (isBlank) state.blankLines += 1;
      else {
        const headingProblem = findHeadingProblem(cells);
        if (headingProblem) return headingProblem;
        state.headings = cells.map((cell) => cell.trim());
        state.line = 1;
      }
    } else {
      if (isBlank) state.blankLines += 1;
      else if (state.line > maxBulkUploadRows) return tooManyRowsProblem;
      else {
        rows.push({ rowNumber: state.line, cells, hasStrayQuotes: strayQuoteRows.has(index) });
      }
      state.line += 1;
    }
    if (state.blankLines > maxBlankLines) {
      return "This file consists mostly of blank lines. Remove them and try again.";
    }
  }
  return null;
}

function describeUnclosedQuote({ headings, line }: ParseState): string {
  const location = headings ? `row ${line}` : "the headings";
  return `A quotation mark in ${location} is never closed. Close it or remove it.`;
}

const tooManyRowsProblem =
  "This file has more than 50,000 rows. Split it into files of 50,000 rows or fewer.";

function findHeadingProblem(headings: readonly string[]): string | null {
  if (headings.length > maxColumns) return `This file has more than ${maxColumns} columns.`;
  const indexByName = new Map<string, number>();
  for (const [index, heading] of headings.entries()) {
    const name = heading.trim().toLowerCase();
    if (name === "") {
      return `Column ${index + 1} has no heading. The first row must name every column.`;
    }
    if (name.length > 200) return `The heading of column ${index + 1} is too long.`;
    if (name.includes("\0")) return `The heading of column ${index + 1} has a NUL character.`;
    const earlierIndex = indexByName.get(name);
    if (earlierIndex !== undefined) {
      return `Columns ${earlierIndex + 1} and ${index + 1} have the same heading, “${heading.trim()}”. Use a different heading for each column.`;
    }
    indexByName.set(name, index);
  }
  return null;
}

/** Papa Parse supports one line ending per file. The last one would start an empty line. */
function normalizeLineEndings(source: string): string {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const endingCount = [/\r\n/, /(?<!\r)\n/, /\r(?!\n)/].filter((pattern) =>
    pattern.test(text),
  ).length;
  return (endingCount > 1 ? text.replace(/\r\n?/g, "\n") : text).replace(/(?:\r\n|\n|\r)$/, "");
}

/** The most frequent candidate in the first line that is not blank. */
function detectDelimiter(text: string): Delimiter {
  const start = text.search(/\S/);
  const line = (/^[^\r\n]*/.exec(text.slice(start, start + 20_000))?.[0] ?? "").replace(
    /"[^"]*"/g,
    "",
  );
  const delimiters: Delimiter[] = [",", ";", "\t"];
  const countCells = (delimiter: Delimiter) => line.split(delimiter).length;
  return delimiters.reduce((best, delimiter) =>
    countCells(delimiter) > countCells(best) ? delimiter : best,
  );
}
