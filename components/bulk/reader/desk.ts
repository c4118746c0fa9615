import { fromCsvCell } from "@/server/schemas/csv";
import { writeBadRows } from "./bad-rows";
import { type CheckedTable, checkTable } from "./check-table";
import { decodeBytes, type Encoding } from "./decode";
import type { BadCell, FileFacts, Requests } from "./messages";
import { parseTable, type Refusal, type Table } from "./parse";

/** Largest file, in bytes: fifty thousand rows of some eight hundred characters. */
export const mostFileBytes = 40 * 1024 * 1024;

const sampleRows = 3;
const mostShownCharacters = 60;

type Answers = {
  [Name in keyof Requests]: (
    ask: Requests[Name]["ask"],
  ) => Requests[Name]["answer"] | Promise<Requests[Name]["answer"]>;
};

/**
 * Holds one file and answers about it. It lives in the worker: the page gets counts and single pages,
 * never the file.
 */
export function openDesk(): Answers {
  let table: Table | null = null;
  let checked: CheckedTable | null = null;
  const needTable = () => {
    if (!table) throw new Error("There is no file.");
    return table;
  };
  const needChecked = () => {
    if (!checked) throw new Error("The file was not checked.");
    return checked;
  };

  return {
    read: async ({ source }) => {
      table = null;
      checked = null;
      const read = await readText(source);
      if ("refusal" in read) return read;
      const parsed = parseTable(read.text);
      if ("refusal" in parsed) return parsed;
      table = parsed;
      return describeFile(parsed, read.encoding);
    },
    distinct: ({ column, most }) => {
      const texts = new Set<string>();
      for (const { cells } of needTable().rows) {
        const cell = fromCsvCell(cells[column] ?? "").trim();
        if (cell !== "" && cell.length <= 200) texts.add(cell);
        if (texts.size >= most) break;
      }
      return [...texts];
    },
    check: ({ setup }) => {
      checked = checkTable(needTable(), setup);
      return checked.summary;
    },
    badCells: ({ kind, offset, limit }) => {
      const { faults } = needChecked();
      const chosen = kind ? faults.filter((fault) => fault.kind === kind) : faults;
      const { rows } = needTable();
      return {
        total: chosen.length,
        items: chosen.slice(offset, offset + limit).map((fault): BadCell => {
          const cells = rows[findRow(rows, fault.row)]?.cells;
          const said = fault.column < 0 ? undefined : cells?.[fault.column];
          return { ...fault, said: said === undefined ? null : cutShort(said) };
        }),
      };
    },
    part: ({ offset, limit }) => {
      const { good, readGood } = needChecked();
      return Array.from(good.subarray(offset, offset + limit), readGood);
    },
    badFile: () =>
      new Blob([...writeBadRows(needTable(), needChecked())], { type: "text/csv;charset=utf-8" }),
  };
}

type ReadText = { text: string; encoding: Encoding | null };

async function readText(source: File | string): Promise<ReadText | Refusal> {
  if (typeof source === "string") {
    if (source.length > mostFileBytes) return { refusal: tooLarge };
    return { text: source, encoding: null };
  }
  // Before a byte of it is read.
  if (source.size > mostFileBytes) return { refusal: tooLarge };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await source.arrayBuffer());
  } catch {
    return { refusal: "This file could not be read. It may have been moved or changed." };
  }
  return decodeBytes(bytes);
}

const tooLarge =
  "This file is larger than 40 MB. Split it, or leave out columns that are not needed.";

function describeFile(table: Table, encoding: Encoding | null): FileFacts {
  const { delimiter, headings, rows, blankLines } = table;
  return {
    encoding,
    delimiter,
    headings,
    rowCount: rows.length,
    blankLines,
    samples: headings.map((_, column) =>
      rows.slice(0, sampleRows).map(({ cells }) => cutShort(cells[column] ?? "")),
    ),
  };
}

/** A cell as people can look at it on one line, whatever stands in it. */
function cutShort(cell: string): string {
  const start = cell.slice(0, mostShownCharacters * 4);
  const text = start.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "·");
  const characters = [...text];
  const isCut = characters.length > mostShownCharacters || start.length < cell.length;
  return isCut ? `${characters.slice(0, mostShownCharacters).join("")}…` : text;
}

/** The place of a row number in rows that are in their order. */
function findRow(rows: Table["rows"], rowNumber: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.rowNumber ?? 0) < rowNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
