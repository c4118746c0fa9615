import { unzipSync, zipSync } from "fflate";
import readSheets from "read-excel-file/universal";
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
    if (!unpacked) return { problem: tooLargeProblem };
    sheets = await readSheets(unpacked.buffer);
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
      ? { problem: "This file is empty." }
      : {
          problem: "This workbook has several sheets.",
          sheets: filledSheets.map(({ sheet: name }) => name),
        };
  }
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
 * The same workbook without compression, or null when it is too large. The library unpacks large parts in
 * workers of its own, made from texts, which the page's security policy forbids.
 *
 * @throws when it is no zip file, or a part is larger than it says
 */
function unpack(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  let size = 0;
  const parts = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!/\.(?:xml|rels)$/.test(name)) return false;
      size += originalSize;
      return size <= maxUnpackedBytes;
    },
  });
  return size > maxUnpackedBytes ? null : new Uint8Array(zipSync(parts, { level: 0 }));
}
