const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

const wallClock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const longDay = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
});

const fullDay = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

function wallParts(momentMs: number): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const part of wallClock.formatToParts(momentMs)) {
    if (part.type !== "literal") parts[part.type] = Number(part.value);
  }
  return parts;
}

function offsetMs(momentMs: number): number {
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = wallParts(momentMs);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(momentMs / 1000) * 1000;
}

/** The calendar day in London at this moment, as `YYYY-MM-DD`. */
export function londonDate(momentMs: number): string {
  return new Date(momentMs + offsetMs(momentMs)).toISOString().slice(0, 10);
}

/** Minutes since midnight on London's clocks. */
export function londonMinutes(momentMs: number): number {
  const { hour = 0, minute = 0 } = wallParts(momentMs);
  return hour * 60 + minute;
}

/** The moment at which London's clocks show this many minutes past midnight on this day. */
export function londonMoment(date: string, minutes: number): number {
  const guess = Date.parse(`${date}T00:00:00Z`) + minutes * minuteMs;
  return guess - offsetMs(guess);
}

/** The last millisecond of that day in London. */
export function endOfLondonDay(date: string): number {
  return londonMoment(addDays(date, 1), 0) - 1;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** The Monday on or before that day. */
export function mondayOf(date: string): string {
  return addDays(date, -((weekdayOf(date) + 6) % 7));
}

/** True only for a day that exists, written `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().slice(0, 10) === text;
}

/** For people: "Tuesday 24 November". */
export function dayInWords(date: string): string {
  return longDay.format(Date.parse(`${date}T00:00:00Z`)).replace(",", "");
}

/** For people: "Tuesday 24 November 2026". */
export function fullDayInWords(date: string): string {
  return fullDay.format(Date.parse(`${date}T00:00:00Z`)).replace(",", "");
}

/** For people: "9:40am", on London's clocks. */
export function timeInWords(momentMs: number): string {
  const total = londonMinutes(momentMs);
  const hour = Math.floor(total / 60);
  const minute = String(total % 60).padStart(2, "0");
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minute}${hour < 12 ? "am" : "pm"}`;
}
