import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { MessageRecipientRow } from "@/server/schemas/message-batches";
import type { RecipientSettings } from "./check-recipients";
import type { CheckSummary, RowSummary } from "./check-table";
import type { ChosenDateOrders } from "./date-orders";
import type { Encoding } from "./decode";
import type { CellError, CellErrorKind } from "./errors";
import type { SingleByteEncoding } from "./single-byte";
import type { Delimiter, FileProblem } from "./table";
import type { UploadSettings } from "./upload-settings";

export type FileInfo = {
  /** Null for pasted text. */
  encoding: Encoding | "Excel workbook" | null;
  delimiter: Delimiter | null;
  headings: string[];
  headingRow: number;
  rowCount: number;
  blankLines: number;
  titleLines: number;
  /** Headings of the columns whose dates have the month first, as a person said. */
  monthFirstHeadings: string[];
  /** The first cells of each column, shortened. */
  samples: string[][];
};

/** `text` is the shortened cell, `value` what a person edits; null for a problem of the whole row. */
export type InvalidCell = CellError & { text: string | null; value: string | null };

/** A cell with the text that a person typed instead. `column` counts from 0. */
export type CellChange = { row: number; column: number; text: string };

/** What a person chose because the file does not say it. */
export type ReadChoices = {
  headingRow?: number;
  encoding?: SingleByteEncoding;
  sheet?: string;
  dateOrders?: ChosenDateOrders;
};

/** Calls from the page to the worker. */
export type WorkerCalls = {
  readFile: {
    input: { source: File | string } & ReadChoices;
    output: FileInfo | FileProblem;
  };
  distinctValues: { input: { column: number; maxCount: number }; output: string[] };
  checkRows: { input: { settings: UploadSettings }; output: CheckSummary };
  /** Checks the rows as recipients of a message instead. */
  checkRecipients: { input: { settings: RecipientSettings }; output: RowSummary };
  invalidCells: {
    input: { kind: CellErrorKind | null; offset: number; limit: number };
    output: { items: InvalidCell[]; total: number };
  };
  /** The rows are then to be checked again. */
  changeCell: { input: CellChange; output: null };
  validRows: { input: { offset: number; limit: number }; output: BulkUploadRow[] };
  validRecipients: { input: { offset: number; limit: number }; output: MessageRecipientRow[] };
  invalidRowsFile: { input: object; output: Blob };
};

export type WorkerCallName = keyof WorkerCalls;
export type WorkerRequest = {
  [Name in WorkerCallName]: { id: number; name: Name; input: WorkerCalls[Name]["input"] };
}[WorkerCallName];
export type WorkerResponse = { id: number; output: unknown } | { id: number; problem: string };
