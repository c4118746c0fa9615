import { fromCsvCell, withoutApostrophe, withoutTextGuard } from "@/server/schemas/csv";
import { generateInvalidRowsCsv } from "./invalid-rows";
import { type CheckedRecipients, checkRecipients } from "./check-recipients";
import { type CheckedTable, checkTable } from "./check-table";
import { correctStoredDates, findDateOrders } from "./date-orders";
import { decodeBytes, isZipFile } from "./decode";
import type { InvalidCell, FileInfo, ReadChoices, WorkerCalls } from "./messages";
import { maxCellCharacters } from "./parse-cells";
import { parseTable } from "./parse-table";
import { toShownText } from "./shown-text";
import type { DateQuestion, FileProblem, Table } from "./table";

/** 50,000 rows of about 800 characters. */
const maxFileBytes = 40 * 1024 * 1024;

const sampleRowCount = 3;

type FileSession = {
  [Name in keyof WorkerCalls]: (
    input: WorkerCalls[Name]["input"],
  ) => WorkerCalls[Name]["output"] | Promise<WorkerCalls[Name]["output"]>;
};

/** Holds one file in the worker. The page gets counts and single pages, never the whole file. */
export function openFileSession(): FileSession {
  let table: Table | null = null;
  let checkedTable: CheckedTable | null = null;
  let checkedRecipients: CheckedRecipients | null = null;
  /** A file is checked again after each change of its rows. */
  const forgetChecks = () => {
    checkedTable = null;
    checkedRecipients = null;
  };
  const requireTable = () => {
    if (!table) throw new Error("There is no file.");
    return table;
  };
  const requireChecked = <Checked>(checked: Checked | null): Checked => {
    if (!checked) throw new Error("The file was not checked.");
    return checked;
  };
  const requireCheckedRows = () => requireChecked(checkedRecipients ?? checkedTable);

  return {
    readFile: async ({ source, ...choices }) => {
      table = null;
      forgetChecks();
      const result = await readSource(source, choices);
      if ("problem" in result) return result;
      const dates = findDateOrders(result.table, choices.dateOrders);
      if ("question" in dates) {
        return { problem: describeDateQuestion(dates.question), dates: dates.question };
      }
      table = { ...result.table, dateOrders: dates.dateOrders };
      correctStoredDates(table, choices.dateOrders);
      return buildFileInfo(table, result.encoding);
    },
    distinctValues: ({ column, maxCount }) => {
      const texts = new Set<string>();
      for (const { cells } of requireTable().rows) {
        const cell = withoutApostrophe(withoutTextGuard(fromCsvCell(cells[column] ?? ""))).trim();
        if (cell !== "" && cell.length <= 200) texts.add(cell);
        if (texts.size >= maxCount) break;
      }
      return [...texts];
    },
    checkRows: ({ settings }) => {
      forgetChecks();
      checkedTable = checkTable(requireTable(), settings);
      return checkedTable.summary;
    },
    checkRecipients: ({ settings }) => {
      forgetChecks();
      checkedRecipients = checkRecipients(requireTable(), settings);
      return checkedRecipients.summary;
    },
    invalidCells: ({ kind, offset, limit }) => {
      const { errors } = requireCheckedRows();
      const matching = kind ? errors.filter((error) => error.kind === kind) : errors;
      const { rows } = requireTable();
      return {
        total: matching.length,
        items: matching.slice(offset, offset + limit).map((error): InvalidCell => {
          const cells = rows[findRowIndex(rows, error.row)]?.cells;
          const text = error.column < 0 ? undefined : cells?.[error.column];
          return {
            ...error,
            text: text === undefined ? null : toShownText(text),
            value: text === undefined ? null : text.slice(0, maxCellCharacters),
          };
        }),
      };
    },
    changeCell: ({ row, column, text }) => {
      const { rows } = requireTable();
      const tableRow = rows[findRowIndex(rows, row)];
      if (tableRow?.rowNumber !== row || tableRow.cells[column] === undefined) {
        throw new Error("There is no such cell.");
      }
      tableRow.cells[column] = text;
      forgetChecks();
      return null;
    },
    validRows: ({ offset, limit }) => {
      const { validIndexes, parseValidRow } = requireChecked(checkedTable);
      return Array.from(validIndexes.subarray(offset, offset + limit), parseValidRow);
    },
    validRecipients: ({ offset, limit }) => {
      const { validIndexes, parseRecipient } = requireChecked(checkedRecipients);
      return Array.from(validIndexes.subarray(offset, offset + limit), parseRecipient);
    },
    invalidRowsFile: () =>
      new Blob([...generateInvalidRowsCsv(requireTable(), requireCheckedRows())], {
        type: "text/csv;charset=utf-8",
      }),
  };
}

async function readSource(
  source: File | string,
  choices: ReadChoices,
): Promise<{ table: Table; encoding: FileInfo["encoding"] } | FileProblem> {
  if (typeof source === "string") {
    if (source.length > maxFileBytes) return { problem: tooLargeProblem };
    return withEncoding(parseTable(source, choices.headingRow), null);
  }
  if (source.size > maxFileBytes) return { problem: tooLargeProblem };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await source.arrayBuffer());
  } catch {
    return { problem: "This file could not be read. It may have been moved or changed." };
  }
  if (isZipFile(bytes)) {
    // Its libraries are loaded with the first workbook.
    const { parseWorkbook } = await import("./workbook");
    return withEncoding(await parseWorkbook(bytes, choices), "Excel workbook");
  }
  const decoded = decodeBytes(bytes, choices.encoding);
  if ("problem" in decoded) return decoded;
  return withEncoding(parseTable(decoded.text, choices.headingRow), decoded.encoding);
}

function describeDateQuestion({ heading, dayFirst, stored }: DateQuestion): string {
  const column = `“${toShownText(heading)}”`;
  if (dayFirst && stored)
    return `The spreadsheet program may have swapped day and month in ${column}.`;
  return `The dates in ${column} may have the month first${stored ? ", and the spreadsheet program may have swapped day and month" : ""}.`;
}

const withEncoding = (table: Table | FileProblem, encoding: FileInfo["encoding"]) =>
  "problem" in table ? table : { table, encoding };

const tooLargeProblem =
  "This file is larger than 40 MB. Split it, or remove columns that you do not need.";

function buildFileInfo(table: Table, encoding: FileInfo["encoding"]): FileInfo {
  const { delimiter, headings, headingRow, rows, blankLines, titleLines, dateOrders } = table;
  return {
    encoding,
    delimiter,
    headings,
    headingRow,
    rowCount: rows.length,
    blankLines,
    titleLines,
    monthFirstHeadings: headings.filter((_, column) => dateOrders.get(column) === "monthFirst"),
    samples: headings.map((_, column) =>
      rows.slice(0, sampleRowCount).map(({ cells }) => toShownText(cells[column] ?? "")),
    ),
  };
}

/** Binary search: rows are sorted by number. */
function findRowIndex(rows: Table["rows"], rowNumber: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.rowNumber ?? 0) < rowNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
