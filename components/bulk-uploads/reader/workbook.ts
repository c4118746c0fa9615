import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import readSheets from "read-excel-file/universal";
import { formatCount } from "@/components/ui/format-count";
import { formatDigits, readNumberFormats } from "./number-formats";
import { type FileProblem, startTable, type Table } from "./table";

/** Sheets of 50,000 rows unpack to much less; a file made to fill the memory, to more. */
const maxUnpackedBytes = 400 * 1024 * 1024;

/** A text, number, boolean, date or nothing. */
type Cell = unknown;

/** `mergedCells` are ranges such as "A2:A4". */
type Sheet = { sheet: string; data: Cell[][]; mergedCells: string[] };

/**
 * Reads a sheet of an .xlsx workbook.
 *
 * @param chosen the sheet and row of headings that a person chose
 */
export async function parseWorkbook(
  bytes: Uint8Array<ArrayBuffer>,
  chosen: { sheet?: string; headingRow?: number },
): Promise<Table | FileProblem> {
  let sheets: Sheet[];
  try {
    const unpacked = unpack(bytes);
    if ("problem" in unpacked) return unpacked;
    sheets = (await readSheets(unpacked.bytes.buffer)).map(takeMergedCells);
  } catch {
    return { problem: unreadableProblem };
  }
  const filledSheets = sheets.filter(({ data }) => data.some((row) => row.some(isFilled)));
  const sheet = chosen.sheet
    ? filledSheets.find(({ sheet: name }) => name === chosen.sheet)
    : filledSheets.length > 1
      ? undefined
      : filledSheets[0];
  if (!sheet) {
    return filledSheets.length === 0
      ? { problem: "This workbook has no rows on a visible sheet." }
      : {
          problem: "This workbook has several sheets.",
          sheets: filledSheets.map(({ sheet: name }) => name),
        };
  }
  const hiddenRows = sheet.data.flatMap(([cell], index) =>
    cell === hiddenRowMark ? index + 1 : [],
  );
  if (hiddenRows[0]) return { problem: describeHiddenRows(hiddenRows.length, hiddenRows[0]) };
  const table = startTable(chosen.headingRow);
  const swappableDates = new Map<number, Set<number>>();
  for (const [index, row] of sheet.data.entries()) {
    for (const [column, cell] of row.entries()) {
      if (!(cell instanceof Date) || !isSwappable(cell)) continue;
      const rowNumbers = swappableDates.get(column) ?? new Set();
      swappableDates.set(column, rowNumbers.add(index + 1));
    }
    const problem = table.addRow(row.map(toText));
    if (problem) return problem;
  }
  const result = table.finish(null);
  const mergedCells =
    "problem" in result ? undefined : findMergedCells(sheet, result.headingRow + 1);
  if (mergedCells) return { problem: describeMergedCells(mergedCells) };
  return "problem" in result ? result : { ...result, swappableDates };
}

const tooLargeProblem = "This workbook is too large. Save the sheet with the rows as “CSV UTF-8”.";
const unreadableProblem =
  "This workbook could not be read. Save the sheet as “CSV UTF-8”, or copy its cells and paste them.";

const noResultsProblem =
  "This workbook has formulas without results. Open it in a spreadsheet program, save it and try again.";
const describeHiddenRows = (count: number, first: number) =>
  `This sheet has ${formatCount(count, "hidden row")}, the first in row ${first}. Show all rows or delete the hidden ones, or copy the rows that you need and paste them.`;

const describeMergedCells = (range: string) =>
  `Cells ${range.replace(":", " to ")} are merged, so only the first of them has a value. Unmerge all cells below the headings, and fill in each row.`;

const isFilled = (cell: Cell) => toText(cell).trim() !== "";

/** As the spreadsheet shows it, except dates, which are written so that no reader can swap day and month. */
function toText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (typeof cell === "number") return toNumberText(cell);
  if (!(cell instanceof Date) || Number.isNaN(cell.getTime())) return "";
  const [date = "", time = ""] = cell.toISOString().split("T");
  return time.startsWith("00:00") ? date : `${date} ${time.slice(0, 5)}`;
}

/** Whether a date without a time is another one when day and month are swapped. */
function isSwappable(date: Date): boolean {
  const [, month, day] = /^\d{4}-(\d\d)-(\d\d)$/.exec(toText(date)) ?? [];
  return month !== undefined && month !== day && Number(day) <= 12;
}

/** Spreadsheets keep 15 digits of a number. A longer one may have lost the rest, and is refused as such. */
function toNumberText(value: number): string {
  const rounded = Number(value.toPrecision(15));
  return Math.abs(rounded) >= 1e15 ? rounded.toExponential() : String(rounded);
}

/** The merged cells of a sheet are in an extra row at its end, which `markMergedCells` has added. */
function takeMergedCells({ sheet, data }: Omit<Sheet, "mergedCells">): Sheet {
  const mark = data.at(-1)?.[0];
  if (typeof mark !== "string" || !mark.startsWith(mergedCellsMark)) {
    return { sheet, data, mergedCells: [] };
  }
  const mergedCells = mark.slice(mergedCellsMark.length).trim().split(" ");
  return { sheet, data: data.slice(0, -1), mergedCells };
}

/** A range with a value that reaches a row of data. Empty cells below a value would get the file's default. */
function findMergedCells({ data, mergedCells }: Sheet, firstDataRow: number): string | undefined {
  return mergedCells.find((range) => {
    const [, letters = "", first, last] = /^([A-Z]+)(\d+):[A-Z]+(\d+)$/.exec(range) ?? [];
    const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
    return Number(last) >= firstDataRow && isFilled(data[Number(first) - 1]?.[column - 1]);
  });
}

/**
 * The same workbook without compression. The library unpacks large parts in workers of its own, made from
 * texts, which the page's security policy forbids.
 *
 * @throws when it is no zip file, or a part is larger than it says
 */
function unpack(bytes: Uint8Array): { bytes: Uint8Array<ArrayBuffer> } | FileProblem {
  let size = 0;
  const parts = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!/\.(?:xml|rels)$/.test(name)) return false;
      size += originalSize;
      return size <= maxUnpackedBytes;
    },
  });
  if (size > maxUnpackedBytes) return { problem: tooLargeProblem };
  const stylesName = Object.keys(parts).find((name) => /^xl\/(?:.*\/)?styles\.xml$/.test(name));
  const styles = stylesName === undefined ? undefined : parts[stylesName];
  const formats = readNumberFormats(styles ? strFromU8(styles) : "");
  for (const [name, part] of Object.entries(parts)) {
    if (name === "xl/workbook.xml") parts[name] = rewrite(part, prepareBook);
    if (!name.startsWith("xl/worksheets/") || !name.endsWith(".xml")) continue;
    const xml = strFromU8(part);
    if (formulaWithoutResult.test(xml)) return { problem: noResultsProblem };
    parts[name] = rewrite(
      part,
      (sheet) => markMergedCells(showFormattedNumbers(prepareSheet(sheet), formats)),
      xml,
    );
  }
  return { bytes: new Uint8Array(zipSync(parts, { level: 0 })) };
}

function rewrite(
  part: Uint8Array<ArrayBuffer>,
  prepare: (xml: string) => string,
  xml = strFromU8(part),
): Uint8Array<ArrayBuffer> {
  const prepared = prepare(xml);
  return prepared === xml ? part : new Uint8Array(strToU8(prepared));
}

/** The library reads hidden sheets, and takes dates that count from 1904 for others unless it says "1". */
const prepareBook = (xml: string) =>
  xml
    .replace(/<(?:\w+:)?sheet\b[^>]*\sstate="(?:hidden|veryHidden)"[^>]*>/g, "")
    .replace(/(\sdate1904=)"true"/, '$1"1"');

const formulaWithoutResult = /<(?:\w+:)?f\b[^>]*\/><\/(?:\w+:)?c>|<\/(?:\w+:)?f><\/(?:\w+:)?c>/;

/** In the first cell of a hidden row, instead of its cells. */
const hiddenRowMark = "\ue000 hidden row";

/** The library reads hidden rows like others, and errors of formulas as empty cells. */
const prepareSheet = (xml: string) =>
  xml
    .replace(/(<(?:\w+:)?c\b[^>]*\st=)"e"/g, '$1"str"')
    .replace(
      /(<((?:\w+:)?)row\b[^>]*\shidden="(?:1|true)"[^>]*(?<!\/)>)([^]*?)<\/\2row>/g,
      (row: string, start: string, prefix: string, cells: string) => {
        const rowNumber = /\sr="(\d+)"/.exec(start)?.[1];
        if (!rowNumber || !/<(?:\w+:)?[vt]\b/.test(cells)) return row;
        return `${start}<${prefix}c r="A${rowNumber}" t="str"><${prefix}v>${hiddenRowMark}</${prefix}v></${prefix}c></${prefix}row>`;
      },
    );

/** In the first cell of an extra row, before the ranges. */
const mergedCellsMark = "\ue000 merged cells";

/** The library does not tell which cells are merged. */
function markMergedCells(xml: string): string {
  const ranges = [...xml.matchAll(/<(?:\w+:)?mergeCell\b[^>]*\sref="([A-Z]+\d+:[A-Z]+\d+)"/g)];
  const end = /<\/((?:\w+:)?)sheetData>/.exec(xml);
  if (ranges.length === 0 || !end) return xml;
  const [, prefix = ""] = end;
  const lastRow = [...xml.matchAll(/<(?:\w+:)?row\b[^>]*\sr="(\d+)"/g)].reduce(
    (last, [, number]) => Math.max(last, Number(number)),
    0,
  );
  if (lastRow === 0) return xml;
  const mark = `${mergedCellsMark} ${ranges.map(([, range]) => range).join(" ")}`;
  const row = `<${prefix}row r="${lastRow + 1}"><${prefix}c r="A${lastRow + 1}" t="str"><${prefix}v>${mark}</${prefix}v></${prefix}c></${prefix}row>`;
  return `${xml.slice(0, end.index)}${row}${xml.slice(end.index)}`;
}

/** The library takes a number as it is stored: 123 where 00123 is shown. */
function showFormattedNumbers(xml: string, formats: ReturnType<typeof readNumberFormats>): string {
  if (formats.size === 0) return xml;
  return xml.replace(
    /<((?:\w+:)?)c\b([^>]*\ss="(\d+)"[^>]*)(?<!\/)>([^]*?)<\/\1c>/g,
    (cell: string, prefix: string, attributes: string, style: string, content: string) => {
      const format = formats.get(Number(style));
      const digits = /<(?:\w+:)?v>(\d{1,15})<\/(?:\w+:)?v>/.exec(content)?.[1];
      if (!format || !digits || /\st="(?!n")/.test(attributes)) return cell;
      const shown = escapeXml(formatDigits(digits, format));
      return `<${prefix}c${attributes.replace(/\st="n"/, "")} t="str"><${prefix}v>${shown}</${prefix}v></${prefix}c>`;
    },
  );
}

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
