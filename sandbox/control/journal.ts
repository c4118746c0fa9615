import type { Clock } from "../clock";

const kept = 5_000;

/** One API call that arrived. `status` stays null while, or when, no answer went out. */
export interface JournalEntry {
  operation: string;
  method: string;
  path: string;
  practiceGroupId: string | null;
  keyLastFour: string | null;
  status: number | null;
  at: string;
}

export class Journal {
  private entries: JournalEntry[] = [];

  constructor(private readonly clock: Clock) {}

  /** Written on arrival, so that a call which never got an answer is there too. */
  arrive(call: Omit<JournalEntry, "status" | "at">): JournalEntry {
    const entry: JournalEntry = { ...call, status: null, at: this.clock.nowIso() };
    this.entries.push(entry);
    if (this.entries.length > kept) this.entries.shift();
    return entry;
  }

  /** In order of arrival. */
  list(operation?: string): JournalEntry[] {
    return operation ? this.entries.filter((one) => one.operation === operation) : this.entries;
  }

  clear(): void {
    this.entries = [];
  }
}
