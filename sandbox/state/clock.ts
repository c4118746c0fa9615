/** The one source of time in the sandbox. It runs on from wherever it was last set. */
export class Clock {
  private offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  /** The present moment as an ISO 8601 date-time in UTC. */
  nowIso(): string {
    return new Date(this.nowMs()).toISOString();
  }

  setMs(timestampMs: number): void {
    this.offsetMs = timestampMs - Date.now();
  }

  /** Back to the time of the machine. */
  reset(): void {
    this.offsetMs = 0;
  }
}
