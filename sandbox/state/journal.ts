import type { Clock } from "./clock";

/** Large enough that a bulk upload does not push out the calls of other tests. */
const maxEntries = 40_000;

/** A received API call. `status` is null until, or unless, a response is sent. */
export interface JournalEntry {
  operation: string;
  method: string;
  path: string;
  practiceGroupId: string | null;
  keyLastFour: string | null;
  /** SHA-256 of the key, as hex: of many keys, some end alike. */
  keyHash: string | null;
  /** The names in the body, such as `address.town`, and none of its values. */
  bodyFields: string[];
  status: number | null;
  receivedAt: string;
}

export class Journal {
  private entries: JournalEntry[] = [];

  constructor(private readonly clock: Clock) {}

  /** Records a call on arrival, so that unanswered calls are included. */
  record(call: Omit<JournalEntry, "status" | "receivedAt">): JournalEntry {
    const entry: JournalEntry = { ...call, status: null, receivedAt: this.clock.nowIso() };
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
    return entry;
  }

  /** In order of arrival, optionally of one operation or one key, by its hash. */
  list(operation?: string, keyHash?: string): JournalEntry[] {
    return this.entries.filter(
      (entry) =>
        (!operation || entry.operation === operation) && (!keyHash || entry.keyHash === keyHash),
    );
  }

  clear(): void {
    this.entries = [];
  }
}
