import Papa from "papaparse";
import { mostBulkRows } from "@/server/schemas/bulk";

export type Delimiter = "," | ";" | "\t";

/** One line of the file that is not blank. `rowNumber` is 1 for the first line below the headings. */
export type TableRow = {
  rowNumber: number;
  /** As the file has them; there may be more or fewer than headings. */
  cells: string[];
  /** True where quotes stand inside a cell in a way that leaves its end open to doubt. */
  hasStrayQuotes: boolean;
};

export type Table = {
  delimiter: Delimiter;
  headings: string[];
  rows: TableRow[];
  blankLines: number;
};

/** The sentence why a file as a whole cannot be worked with. */
export type Refusal = { refusal: string };

const mostColumns = 200;
// Read piece by piece, so that a file of nothing but line ends never stands in memory as rows.
const charactersAtOnce = 1_000_000;
const mostRowCharacters = 12_000_000;
const mostBlankLines = 500_000;

/** Splits text into rows, or says why it is no table. Every line is a row, blank, or ends the reading. */
export function parseTable(given: string): Table | Refusal {
  const text = settleLineEnds(given);
  if (!/\S/.test(text)) return { refusal: "This file is empty." };
  const delimiter = findDelimiter(text);
  const rows: TableRow[] = [];
  const reading: Reading = { headings: null, line: 0, blankLines: 0 };
  const newline = text.includes("\r\n") ? "\r\n" : text.includes("\n") ? "\n" : "\r";
  const parser = new Papa.Parser({ delimiter, newline });

  for (let start = 0, size = charactersAtOnce; start < text.length; ) {
    const isLast = start + size >= text.length;
    const piece: Papa.ParseResult<string[]> = parser.parse(
      text.slice(start, start + size),
      0,
      !isLast,
    );
    const refusal = takePiece(piece, reading, rows);
    if (refusal) return { refusal };
    if (isLast) break;
    if (piece.meta.cursor === 0 && (size > mostRowCharacters || piece.errors.length > 100)) {
      return { refusal: describeEndlessRow(reading) };
    }
    // A row longer than a piece is tried again with a larger one.
    size = piece.meta.cursor === 0 ? size * 2 : charactersAtOnce;
    start += piece.meta.cursor;
  }
  if (!reading.headings || rows.length === 0) {
    return { refusal: "This file has headings and no rows below them." };
  }
  return { delimiter, headings: reading.headings, rows, blankLines: reading.blankLines };
}

type Reading = { headings: string[] | null; line: number; blankLines: number };

/** Adds the lines of one piece to `rows`. @returns why the file is refused, or null */
function takePiece(
  { data, errors }: Papa.ParseResult<string[]>,
  reading: Reading,
  rows: TableRow[],
): string | null {
  const stray = new Set<number>();
  let unclosed: number | undefined;
  for (const { code, row } of errors) {
    if (code === "MissingQuotes") unclosed = row;
    if (code === "InvalidQuotes" && row !== undefined) stray.add(row);
  }
  for (const [index, cells] of data.entries()) {
    if (index === unclosed) return describeEndlessRow(reading);
    const isBlank = cells.every((cell) => cell.trim() === "");
    if (!reading.headings) {
      // Blank lines above the headings are no rows and take no number.
      if (isBlank) reading.blankLines += 1;
      else {
        const fault = findHeadingFault(cells);
        if (fault) return fault;
        reading.headings = cells.map((cell) => cell.trim());
        reading.line = 1;
      }
    } else {
      if (isBlank) reading.blankLines += 1;
      else if (reading.line > mostBulkRows) return tooManyRows;
      else {
        rows.push({ rowNumber: reading.line, cells, hasStrayQuotes: stray.has(index) });
      }
      reading.line += 1;
    }
    if (reading.blankLines > mostBlankLines) {
      return "This file consists mostly of blank lines. Remove them and try again.";
    }
  }
  return null;
}

function describeEndlessRow({ headings, line }: Reading): string {
  const where = headings ? `row ${line}` : "the headings";
  return `A quotation mark opens in ${where} and never closes, so what follows it cannot be told apart. Close it, or remove it.`;
}

const tooManyRows =
  "This file has more than 50,000 rows. Split it into files of 50,000 rows or fewer.";

function findHeadingFault(headings: readonly string[]): string | null {
  if (headings.length > mostColumns) return `This file has more than ${mostColumns} columns.`;
  const places = new Map<string, number>();
  for (const [index, heading] of headings.entries()) {
    const name = heading.trim().toLowerCase();
    if (name === "") {
      return `Column ${index + 1} has no heading. The first row must name every column.`;
    }
    if (name.length > 200) return `The heading of column ${index + 1} is too long.`;
    if (name.includes("\0")) return `The heading of column ${index + 1} has a NUL character in it.`;
    const earlier = places.get(name);
    if (earlier !== undefined) {
      return `Columns ${earlier + 1} and ${index + 1} have the same heading, “${heading.trim()}”. Give each column its own.`;
    }
    places.set(name, index);
  }
  return null;
}

/** Makes every line end alike where a file mixes them; the end of the last line begins no further one. */
function settleLineEnds(given: string): string {
  const text = given.startsWith("\ufeff") ? given.slice(1) : given;
  const kinds = [/\r\n/, /(?<!\r)\n/, /\r(?!\n)/].filter((kind) => kind.test(text)).length;
  return (kinds > 1 ? text.replace(/\r\n?/g, "\n") : text).replace(/(?:\r\n|\n|\r)$/, "");
}

/** The sign between cells: the one that stands most often in the first line that says something. */
function findDelimiter(text: string): Delimiter {
  const start = text.search(/\S/);
  const line = (/^[^\r\n]*/.exec(text.slice(start, start + 20_000))?.[0] ?? "").replace(
    /"[^"]*"/g,
    "",
  );
  const signs: Delimiter[] = [",", ";", "\t"];
  const count = (each: Delimiter) => line.split(each).length;
  return signs.reduce((best, each) => (count(each) > count(best) ? each : best));
}
