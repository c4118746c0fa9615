import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import readSheets from "read-excel-file/universal";
import { formatCount } from "@/components/ui/format-count";
import { type FileProblem, startTable, type Table } from "./table";

/** Sheets of 50,000 rows unpack to much less; a file made to fill the memory, to more. */
const maxUnpackedBytes = 400 * 1024 * 1024;

/** A text, number, boolean, date or nothing. */
type Cell = unknown;

/**
 * Reads a sheet of an .xlsx workbook.
 *
 * @param chosen the sheet and row of headings that a person chose
 */
export async function parseWorkbook(
  bytes: Uint8Array<ArrayBuffer>,
  chosen: { sheet?: string; headingRow?: number },
): Promise<Table | FileProblem> {
  let sheets: { sheet: string; data: Cell[][] }[];
  try {
    const unpacked = unpack(bytes);
    if ("problem" in unpacked) return unpacked;
    sheets = await readSheets(unpacked.bytes.buffer);
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
  for (const row of sheet.data) {
    const problem = table.addRow(row.map(toText));
    if (problem) return problem;
  }
  return table.finish(null);
}

const tooLargeProblem = "This workbook is too large. Save the sheet with the rows as “CSV UTF-8”.";
const unreadableProblem =
  "This workbook could not be read. Save the sheet as “CSV UTF-8”, or copy its cells and paste them.";

const noResultsProblem =
  "This workbook has formulas without results. Open it in a spreadsheet program, save it and try again.";
const describeHiddenRows = (count: number, first: number) =>
  `This sheet has ${formatCount(count, "hidden row")}, the first in row ${first}. Show all rows or delete the hidden ones, or copy the rows that you need and paste them.`;

const isFilled = (cell: Cell) => toText(cell).trim() !== "";

/** As the spreadsheet shows it, except dates, which are written so that no reader can swap day and month. */
function toText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  if (!(cell instanceof Date) || Number.isNaN(cell.getTime())) return "";
  const [date = "", time = ""] = cell.toISOString().split("T");
  return time.startsWith("00:00") ? date : `${date} ${time.slice(0, 5)}`;
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
  for (const [name, part] of Object.entries(parts)) {
    if (name === "xl/workbook.xml") parts[name] = rewrite(part, prepareBook);
    if (!name.startsWith("xl/worksheets/") || !name.endsWith(".xml")) continue;
    const xml = strFromU8(part);
    if (formulaWithoutResult.test(xml)) return { problem: noResultsProblem };
    parts[name] = rewrite(part, prepareSheet, xml);
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
