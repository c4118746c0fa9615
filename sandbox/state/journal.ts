import type { Clock } from "./clock";

/** Enough that one file of many rows does not push out what others look for. */
const maxEntries = 40_000;

/** One API call that arrived. `status` stays null while, or when, no answer went out. */
export interface JournalEntry {
  operation: string;
  method: string;
  path: string;
  practiceGroupId: string | null;
  keyLastFour: string | null;
  status: number | null;
  receivedAt: string;
}

export class Journal {
  private entries: JournalEntry[] = [];

  constructor(private readonly clock: Clock) {}

  /** Written on arrival, so that a call which never got an answer is there too. */
  record(call: Omit<JournalEntry, "status" | "receivedAt">): JournalEntry {
    const entry: JournalEntry = { ...call, status: null, receivedAt: this.clock.nowIso() };
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
    return entry;
  }

  /** In order of arrival; of one operation, or of one key by its last four characters, where asked. */
  list(operation?: string, keyLastFour?: string): JournalEntry[] {
    return this.entries.filter(
      (entry) =>
        (!operation || entry.operation === operation) &&
        (!keyLastFour || entry.keyLastFour === keyLastFour),
    );
  }

  clear(): void {
    this.entries = [];
  }
}
