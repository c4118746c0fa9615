/** Years in which a timestamp can be meant as one. */
const years = { from: Date.UTC(2000, 0), until: Date.UTC(2100, 0) };

/** The time in a timestamp header: Unix seconds, Unix milliseconds or ISO 8601 with its zone; else undefined. */
export function parseHeroTimestamp(timestamp: string): Date | undefined {
  const text = timestamp.trim();
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const ms = /^\d{10}$/.test(text)
    ? Number(text) * 1000
    : /^\d{13}$/.test(text)
      ? Number(text)
      : isIso
        ? Date.parse(text)
        : Number.NaN;
  return ms >= years.from && ms < years.until ? new Date(ms) : undefined;
}

const freshnessMs = 5 * 60_000;

/** Whether a signature's time is at most five minutes before or after `now`. An unknown time is not. */
export const isFresh = (sentAt: Date | undefined, now: Date): boolean =>
  sentAt !== undefined && Math.abs(now.getTime() - sentAt.getTime()) <= freshnessMs;
