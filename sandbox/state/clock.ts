/** The sandbox's only source of time. It keeps running from the time it was set to. */
export class Clock {
  private offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  nowIso(): string {
    return new Date(this.nowMs()).toISOString();
  }

  setMs(timestampMs: number): void {
    this.offsetMs = timestampMs - Date.now();
  }

  /** Returns to the machine's time. */
  reset(): void {
    this.offsetMs = 0;
  }
}
