import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { CheckSummary } from "./check-table";
import type { Encoding } from "./decode";
import type { CellError, CellErrorKind } from "./errors";
import type { Delimiter, FileProblem } from "./parse-table";
import type { UploadSettings } from "./upload-settings";

/** What is known of a file once it was split into rows. */
export type FileInfo = {
  encoding: Encoding | null;
  delimiter: Delimiter;
  headings: string[];
  rowCount: number;
  blankLines: number;
  /** The first cells of each column, cut short: to recognise a column by. */
  samples: string[][];
};

/** A bad cell as the page lists it: `said` is its text, cut short. */
export type InvalidCell = CellError & { text: string | null };

/** What the page asks of the worker, and what it gets for each. */
export type WorkerCalls = {
  readFile: { input: { source: File | string }; output: FileInfo | FileProblem };
  /** The different texts in a column, most `most` of them; the page loads lists for the practices they name. */
  distinctValues: { input: { column: number; maxCount: number }; output: string[] };
  checkRows: { input: { settings: UploadSettings }; output: CheckSummary };
  invalidCells: {
    input: { kind: CellErrorKind | null; offset: number; limit: number };
    output: { items: InvalidCell[]; total: number };
  };
  /** Good rows from a place in their order. */
  validRows: { input: { offset: number; limit: number }; output: BulkUploadRow[] };
  invalidRowsFile: { input: object; output: Blob };
};

export type WorkerCallName = keyof WorkerCalls;
export type WorkerRequest = {
  [Name in WorkerCallName]: { id: number; name: Name; input: WorkerCalls[Name]["input"] };
}[WorkerCallName];
export type WorkerResponse = { id: number; output: unknown } | { id: number; problem: string };
