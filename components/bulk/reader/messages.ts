import type { BulkRow } from "@/server/schemas/bulk";
import type { Summary } from "./check-table";
import type { Encoding } from "./decode";
import type { Fault, FaultKind } from "./faults";
import type { Delimiter, Refusal } from "./parse";
import type { Setup } from "./setup";

/** What is known of a file once it was split into rows. */
export type FileFacts = {
  encoding: Encoding | null;
  delimiter: Delimiter;
  headings: string[];
  rowCount: number;
  blankLines: number;
  /** The first cells of each column, cut short: to recognise a column by. */
  samples: string[][];
};

/** A bad cell as the page lists it: `said` is its text, cut short. */
export type BadCell = Fault & { said: string | null };

/** What the page asks of the worker, and what it gets for each. */
export type Requests = {
  read: { ask: { source: File | string }; answer: FileFacts | Refusal };
  /** The different texts in a column, most `most` of them; the page loads lists for the practices they name. */
  distinct: { ask: { column: number; most: number }; answer: string[] };
  check: { ask: { setup: Setup }; answer: Summary };
  badCells: {
    ask: { kind: FaultKind | null; offset: number; limit: number };
    answer: { items: BadCell[]; total: number };
  };
  /** Good rows from a place in their order. */
  part: { ask: { offset: number; limit: number }; answer: BulkRow[] };
  badFile: { ask: object; answer: Blob };
};

export type RequestName = keyof Requests;
export type Message = {
  [Name in RequestName]: { id: number; name: Name; ask: Requests[Name]["ask"] };
}[RequestName];
export type Reply = { id: number; answer: unknown } | { id: number; problem: string };
