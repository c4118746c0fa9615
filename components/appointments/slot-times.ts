import {
  addDays,
  formatClock,
  formatLocalDate,
  formatWeekday,
  isClockChangeDay,
  isoWeekdayOf,
  ukDateOf,
  ukZoneOf,
} from "@/server/schemas/dates";
import type { SlotView } from "@/server/schemas/slots";

/** The Monday of a local date's week. */
export const mondayOf = (localDate: string): string =>
  addDays(localDate, 1 - isoWeekdayOf(localDate));

/** "9:15am"; with its zone on a day on which the clocks change, when an hour comes twice or not at all. */
export function formatSlotTime(iso: string): string {
  const clock = formatClock(iso);
  return isClockChangeDay(ukDateOf(new Date(iso))) ? `${clock} ${ukZoneOf(iso)}` : clock;
}

/** "Thursday 3 December 2026, 9:15am to 9:30am". */
export function formatSlot({ startsAt, endsAt }: Pick<SlotView, "startsAt" | "endsAt">): string {
  const date = ukDateOf(new Date(startsAt));
  return `${formatWeekday(date)} ${date.slice(0, 4)}, ${formatSlotTime(startsAt)} to ${formatSlotTime(endsAt)}`;
}

/** "30 November to 6 December 2026". */
export function formatWeek(monday: string): string {
  const sunday = addDays(monday, 6);
  const first = formatLocalDate(monday);
  const isSameYear = monday.slice(0, 4) === sunday.slice(0, 4);
  return `${isSameYear ? first.replace(/ \d{4}$/, "") : first} to ${formatLocalDate(sunday)}`;
}

/** What the clocks do on a day, for the heading of the day; null on other days. */
export function describeClockChange(localDate: string): string | null {
  if (!isClockChangeDay(localDate)) return null;
  return ukZoneOf(`${localDate}T12:00:00Z`) === "BST"
    ? "Clocks go forward: 1am GMT becomes 2am BST."
    : "Clocks go back: 2am BST becomes 1am GMT.";
}

/** A time at which one or more practitioners are free. */
export type FreeTime = { startsAt: string; slots: readonly SlotView[] };

export type FreeDay = { date: string; times: readonly FreeTime[] };

/** The seven days of a week, each with its free times, earliest first. */
export function groupByDay(slots: readonly SlotView[], monday: string): FreeDay[] {
  return Array.from({ length: 7 }, (_, index) => {
    const date = addDays(monday, index);
    const times = new Map<string, SlotView[]>();
    for (const slot of slots) {
      if (ukDateOf(new Date(slot.startsAt)) !== date) continue;
      times.set(slot.startsAt, [...(times.get(slot.startsAt) ?? []), slot]);
    }
    const earliestFirst = [...times].sort(([a], [b]) => Date.parse(a) - Date.parse(b));
    return { date, times: earliestFirst.map(([startsAt, each]) => ({ startsAt, slots: each })) };
  });
}

/**
 * The rows of a week's calendar: the times of day at which anything is free, in the order of the clock.
 * When the clocks go back, the hour that comes twice has two rows for each time.
 */
export function listCalendarRows(days: readonly FreeDay[]): string[] {
  const rows = new Set(days.flatMap(({ times }) => times.map(({ startsAt }) => rowOf(startsAt))));
  return [...rows].sort();
}

/** "09:15", or "01:15 1" and "01:15 2" where 1:15am comes twice. Rows sort as text. */
export function rowOf(startsAt: string): string {
  const clock = minutesFormat.format(new Date(startsAt));
  const hourMs = 3_600_000;
  const shows = (offsetMs: number) =>
    minutesFormat.format(new Date(Date.parse(startsAt) + offsetMs)) === clock;
  if (shows(hourMs)) return `${clock} 1`;
  return shows(-hourMs) ? `${clock} 2` : clock;
}

const minutesFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
