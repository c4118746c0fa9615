import { z } from "./zod";

/**
 * The one date helper. A bare date is `YYYY-MM-DD` and means that day in the United Kingdom; it is
 * never turned into a moment, so clock changes cannot move it. A moment is an ISO 8601 string in UTC
 * and is shown in Europe/London.
 */

const zone = "Europe/London";
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a day of the calendar written `YYYY-MM-DD`, of any year; without making a date of it. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  return day >= 1 && day <= length;
}

/** True for a real calendar day between 2000 and 2099 written `YYYY-MM-DD`. */
export function isLocalDate(text: string): boolean {
  return isCalendarDate(text) && text.startsWith("20");
}

// Made once: making one takes some sixty times as long as using it, and lists use it for every row.
const ukDateFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** The day it is in the United Kingdom at a moment, as `YYYY-MM-DD`. */
export function ukDateOf(timestamp: Date): string {
  return ukDateFormat.format(timestamp);
}

/** Calendar arithmetic on bare dates: `addDays("2026-03-28", 1)` is the clock-change day itself. */
export function addDays(localDate: string, days: number): string {
  const date = new Date(`${localDate}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Whole days from one bare date to another; negative when `to` lies before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** `2026-12-03` as "3 December 2026", or "3 Dec 2026" when short. */
export function formatLocalDate(localDate: string, length: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: length,
    year: "numeric",
  }).format(new Date(`${localDate}T00:00:00Z`));
}

/** A moment in UK time with its zone: "3 Dec 2026, 14:05 GMT". */
export function formatTimestamp(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(new Date(iso));
}

/** The time of day in the United Kingdom, to the second: "14:05:09". */
export function formatTimeOfDay(timestamp: Date): string {
  return timestamp.toLocaleTimeString("en-GB", { timeZone: zone });
}

/** The same moment in UTC, for a hover: "2026-12-03 14:05:09 UTC". */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** How far a bare date lies from today: "today", "tomorrow", "in 3 days", "2 days ago". */
export function formatRelativeDate(localDate: string, today: string): string {
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(
    daysBetween(today, localDate),
    "day",
  );
}

/** A bare date typed or picked in a form. What is no date is not compared with others afterwards. */
export function localDate(message: string) {
  return z.string({ error: message }).trim().refine(isLocalDate, { error: message, abort: true });
}

/** A bare date that may be left empty. */
export function optionalLocalDate(message: string) {
  return z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    localDate(message).optional(),
  );
}
