import Papa from "papaparse";
import { parseUkDate } from "@/components/forms/uk-dates";
import { looksLikeData } from "@/server/schemas/bulk-upload-headings";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import { describeUnsupported } from "./decode";
import { type Delimiter, type FileProblem, startTable, type Table } from "./table";

// Parsed in chunks, so that a file of empty lines is never in memory as rows.
const chunkCharacters = 1_000_000;
const maxRowCharacters = 12_000_000;

/** @param headingRow the row that a person chose; otherwise the headings are found */
export function parseTable(source: string, headingRow?: number): Table | FileProblem {
  const { text, hint } = takeDelimiterHint(normalizeLineEndings(withoutEndMark(source)));
  if (!/\S/.test(text)) return { problem: "This file is empty." };
  const markup = markupFormats.find(({ start }) => start.test(text));
  if (markup) return { problem: describeUnsupported(markup.name) };
  const delimiter = hint ?? detectDelimiter(text);
  const newline = text.includes("\r\n") ? "\r\n" : text.includes("\n") ? "\n" : "\r";
  const parser = new Papa.Parser({ delimiter, newline });
  const table = startTable(headingRow);

  for (let start = 0, size = chunkCharacters; start < text.length; ) {
    const isLast = start + size >= text.length;
    const chunk: Papa.ParseResult<string[]> = parser.parse(
      text.slice(start, start + size),
      0,
      !isLast,
    );
    const strayQuoteRows = new Set<number>();
    let unclosedRow: number | undefined;
    for (const { code, row } of chunk.errors) {
      if (code === "MissingQuotes") unclosedRow = row;
      if (code === "InvalidQuotes" && row !== undefined) strayQuoteRows.add(row);
    }
    for (const [index, cells] of chunk.data.entries()) {
      if (index === unclosedRow) return { problem: describeUnclosedQuote(table.nextRowNumber()) };
      const hasStrayQuotes = strayQuoteRows.has(index);
      if (cells.some((cell) => joinsRows(cell, delimiter, hasStrayQuotes))) {
        return { problem: describeJoinedRows(table.nextRowNumber()) };
      }
      const problem = table.addRow(cells, hasStrayQuotes);
      if (problem) return problem;
    }
    if (isLast) break;
    if (chunk.meta.cursor === 0 && (size > maxRowCharacters || chunk.errors.length > 100)) {
      return { problem: describeUnclosedQuote(table.nextRowNumber()) };
    }
    // A row longer than the chunk needs a larger one.
    size = chunk.meta.cursor === 0 ? size * 2 : chunkCharacters;
    start += chunk.meta.cursor;
  }
  return table.finish(delimiter);
}

/** Some systems export these with the ending .xls or .csv. */
const markupFormats = [
  { start: /^\s*<(?:\?xml|!doctype|html|table|workbook)\b/i, name: "a web page or XML file" },
  { start: /^\s*\{\\rtf/, name: "a text document" },
  { start: /^\s*(?:\[\s*)?\{\s*"/, name: "a JSON file" },
];

const describeUnclosedQuote = (rowNumber: number) =>
  `A quotation mark in row ${rowNumber} is never closed. Close it or remove it.`;

const describeJoinedRows = (rowNumber: number) =>
  `A quotation mark in row ${rowNumber} joins several rows into one cell. Correct it, or remove the column.`;

/**
 * True when a cell has swallowed the rows below it, whose patients would be lost without a word. A cell may
 * have several lines, such as an address, but not with numbers and dates between delimiters.
 */
function joinsRows(cell: string, delimiter: Delimiter, hasStrayQuotes: boolean): boolean {
  if (!/[\r\n]/.test(cell)) return false;
  const [, ...lines] = cell.split(/[\r\n]+/);
  if (hasStrayQuotes) return true;
  return lines.some((line) => {
    const cells = line.split(delimiter);
    return (
      cells.length > 1 &&
      (cells.some((text) => containsNhsNumber(text) || "date" in parseUkDate(text)) ||
        cells.filter(looksLikeData).length > 1)
    );
  });
}

/** Spreadsheets take a first line such as `sep=;` as the delimiter, and do not show it as a row. */
function takeDelimiterHint(text: string): { text: string; hint: Delimiter | null } {
  const match = /^"?sep=([,;\t|])"?[ ,;\t|]*(?:\r\n|\n|\r|$)/i.exec(text);
  return match
    ? { text: text.slice(match[0].length), hint: match[1] as Delimiter }
    : { text, hint: null };
}

/** Programs of DOS write Ctrl-Z at the end of a file, sometimes several times. */
function withoutEndMark(source: string): string {
  let end = source.trimEnd().length;
  if (source[end - 1] !== "\u001a") return source;
  while (source[end - 1] === "\u001a") end -= 1;
  return source.slice(0, end);
}

/** Papa Parse supports one line ending per file. The last one would start an empty line. */
function normalizeLineEndings(source: string): string {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const endingCount = [/\r\n/, /(?<!\r)\n/, /\r(?!\n)/].filter((pattern) =>
    pattern.test(text),
  ).length;
  return (endingCount > 1 ? text.replace(/\r\n?/g, "\n") : text).replace(/(?:\r\n|\n|\r)$/, "");
}

/** The candidate that splits most of the first lines; a title above the headings may have none. */
function detectDelimiter(text: string): Delimiter {
  const lines = text
    .slice(0, 50_000)
    .replace(/"[^"]*"/g, "")
    .split(/[\r\n]+/)
    .filter((line) => line !== "")
    .slice(0, 20);
  const delimiters: Delimiter[] = [",", ";", "\t", "|"];
  const countSplits = (delimiter: Delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length - 1).filter(Boolean);
    return { lines: counts.length, cells: counts.reduce((sum, count) => sum + count, 0) };
  };
  const [best] = delimiters
    .map((delimiter) => ({ delimiter, ...countSplits(delimiter) }))
    .sort((a, b) => b.lines - a.lines || b.cells - a.cells);
  return best?.delimiter ?? ",";
}
