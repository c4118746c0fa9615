/**
 * Dates and times. A local date is `YYYY-MM-DD` in the UK; it is never converted to a timestamp, so clock
 * changes cannot move it. A timestamp is an ISO 8601 string in UTC, shown in Europe/London.
 */

const zone = "Europe/London";
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a real date of any year, written `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  return day >= 1 && day <= length;
}

/** True for a real date between 2000 and 2099, written `YYYY-MM-DD`. */
export function isLocalDate(text: string): boolean {
  return isCalendarDate(text) && text.startsWith("20");
}

// Formatters are created once: creating one takes about sixty times as long as using it.
const ukDateFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** The UK date of a timestamp, as `YYYY-MM-DD`. */
export function ukDateOf(timestamp: Date): string {
  return ukDateFormat.format(timestamp);
}

/** Adds days to a local date; clock changes make no difference. */
export function addDays(localDate: string, days: number): string {
  const date = new Date(`${localDate}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** 1 for Monday to 7 for Sunday. */
export function isoWeekdayOf(localDate: string): number {
  return new Date(`${localDate}T00:00:00Z`).getUTCDay() || 7;
}

/** Whole days from one local date to another; negative when `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

const localDateFormat = (month: "long" | "short", timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month, year: "numeric" });

const longDateFormat = localDateFormat("long", "UTC");
const shortDateFormat = localDateFormat("short", "UTC");

/** `2026-12-03` as "3 December 2026", or "3 Dec 2026" when short. */
export function formatLocalDate(localDate: string, length: "long" | "short" = "long"): string {
  const format = length === "long" ? longDateFormat : shortDateFormat;
  return format.format(new Date(`${localDate}T00:00:00Z`));
}

const ukLongDateFormat = localDateFormat("long", zone);
const clockFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  hour: "numeric",
  minute: "2-digit",
  hourCycle: "h12",
});

/** A timestamp in UK time, for sentences: "10:44pm, 3 December 2026". */
export function formatTimestamp(iso: string): string {
  return `${formatClock(iso)}, ${ukLongDateFormat.format(new Date(iso))}`;
}

/** The UK time of day of a timestamp: "9:15am". */
export function formatClock(iso: string): string {
  return clockFormat.format(new Date(iso)).replace(/\s/, "");
}

const zoneNameFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" });

/** The zone in which the UK's clocks show a timestamp: "GMT" or "BST". */
export function ukZoneOf(iso: string): string {
  const parts = zoneNameFormat.formatToParts(new Date(iso));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** True on the two days of a year on which the UK's clocks change, at 1am GMT. */
export function isClockChangeDay(localDate: string): boolean {
  return ukZoneOf(`${localDate}T00:30:00Z`) !== ukZoneOf(`${localDate}T12:00:00Z`);
}

const weekdayFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
});

/** A local date with its weekday: "Thursday 3 December". */
export function formatWeekday(localDate: string): string {
  return weekdayFormat.format(new Date(`${localDate}T00:00:00Z`)).replace(",", "");
}

const tableTimestampFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/** A timestamp in UK time with its zone, for tables: "3 Dec 2026, 22:44 GMT". */
export function formatTableTimestamp(iso: string): string {
  return tableTimestampFormat.format(new Date(iso));
}

const timeOfDayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" });

/** The UK time of day to the second, for logs: "14:05:09". */
export function formatTimeOfDay(timestamp: Date): string {
  return timeOfDayFormat.format(timestamp);
}

/** A timestamp in UTC, for tooltips: "2026-12-03 14:05:09 UTC". */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const relativeDateFormat = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

/** A local date relative to today: "today", "tomorrow", "in 3 days", "2 days ago". */
export function formatRelativeDate(localDate: string, today: string): string {
  return relativeDateFormat.format(daysBetween(today, localDate), "day");
}
