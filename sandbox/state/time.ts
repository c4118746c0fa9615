const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const londonFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
});

const dayWithYearFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

function londonParts(timestampMs: number): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const part of londonFormat.formatToParts(timestampMs)) {
    if (part.type !== "literal") parts[part.type] = Number(part.value);
  }
  return parts;
}

function londonOffsetMs(timestampMs: number): number {
  const {
    year = 0,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
    second = 0,
  } = londonParts(timestampMs);
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return localMs - Math.floor(timestampMs / 1000) * 1000;
}

/** The date in London, `YYYY-MM-DD`. */
export function londonDate(timestampMs: number): string {
  return new Date(timestampMs + londonOffsetMs(timestampMs)).toISOString().slice(0, 10);
}

/** Minutes since midnight in London. */
export function londonMinutes(timestampMs: number): number {
  const { hour = 0, minute = 0 } = londonParts(timestampMs);
  return hour * 60 + minute;
}

/** The timestamp of so many minutes past midnight in London. */
export function londonTimestampMs(date: string, minutes: number): number {
  const guess = Date.parse(`${date}T00:00:00Z`) + minutes * minuteMs;
  return guess - londonOffsetMs(guess);
}

/** The last millisecond of the date in London. */
export function endOfLondonDayMs(date: string): number {
  return londonTimestampMs(addDays(date, 1), 0) - 1;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** The Monday on or before the date. */
export function mondayOf(date: string): string {
  return addDays(date, -((weekdayOf(date) + 6) % 7));
}

/** True for an existing date, `YYYY-MM-DD`. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().slice(0, 10) === text;
}

/** "Tuesday 24 November" */
export function formatDay(date: string): string {
  return dayFormat.format(Date.parse(`${date}T00:00:00Z`)).replace(",", "");
}

/** "Tuesday 24 November 2026" */
export function formatDayWithYear(date: string): string {
  return dayWithYearFormat.format(Date.parse(`${date}T00:00:00Z`)).replace(",", "");
}

/** "9:40am", London time */
export function formatTime(timestampMs: number): string {
  const totalMinutes = londonMinutes(timestampMs);
  const hour = Math.floor(totalMinutes / 60);
  const minute = String(totalMinutes % 60).padStart(2, "0");
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minute}${hour < 12 ? "am" : "pm"}`;
}
