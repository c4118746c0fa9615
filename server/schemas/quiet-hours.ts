import { addDays, formatLocalDate, formatTimeOfDay, isLocalDate, ukDateOf } from "./dates";

/**
 * Quiet hours: no message leaves between two times of day in the UK, `HH:MM`. They start at `quietFrom`, end
 * just before `quietTo` and may run across midnight; equal times mean none. What counts is the time that the
 * clocks show, so an hour that the clocks repeat can be quiet twice.
 */
export type QuietHours = { quietFrom: string; quietTo: string };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Hero sends the fallback of an NHS App message that was not opened for an hour (guide, section 9). */
const fallbackDelayMs = hourMs;

/** True when a message may not leave at this time. */
export function isQuiet(at: Date, { quietFrom, quietTo }: QuietHours): boolean {
  const time = formatTimeOfDay(at).slice(0, 5);
  return quietFrom <= quietTo
    ? quietFrom <= time && time < quietTo
    : quietFrom <= time || time < quietTo;
}

type Sending = {
  /** An NHS App message with a fallback: an hour later must not be quiet either. */
  hasFallback: boolean;
};

const isAllowed = (at: Date, quiet: QuietHours, { hasFallback }: Sending) =>
  !isQuiet(at, quiet) && !(hasFallback && isQuiet(new Date(at.getTime() + fallbackDelayMs), quiet));

/**
 * The first time from `at` on at which a message may leave: `at` itself outside quiet hours.
 *
 * @throws RangeError when quiet hours leave no such time; `findQuietHoursError` refuses those
 */
export function nextAllowedTime(at: Date, quiet: QuietHours, sending: Sending): Date {
  if (isAllowed(at, quiet, sending)) return at;
  const today = ukDateOf(at);
  // On a day on which the clocks change, there may be none before the next.
  const [first] = [0, 1, 2]
    .flatMap((days) => boundariesOf(addDays(today, days), quiet))
    .filter((time) => time >= at && isAllowed(time, quiet, sending))
    .toSorted((a, b) => a.getTime() - b.getTime());
  if (!first) throw new RangeError("Quiet hours leave no time for a message.");
  return first;
}

/**
 * The last minute of a UK date at which an NHS App message may leave, so that its fallback an hour later stays
 * out of quiet hours. Null when the date has none.
 */
export function latestNhsAppTime(localDate: string, quiet: QuietHours): Date | null {
  const nextDate = addDays(localDate, 1);
  const lastMinutes = [
    ...boundariesOf(localDate, quiet),
    // A fallback after midnight counts as well.
    ...boundariesOf(nextDate, quiet),
    ...ukTimesOf(nextDate, "00:00"),
  ]
    .map((end) => new Date(end.getTime() - minuteMs))
    .filter((time) => ukDateOf(time) === localDate)
    .filter((time) => isAllowed(time, quiet, { hasFallback: true }))
    .toSorted((a, b) => b.getTime() - a.getTime());
  return lastMinutes[0] ?? null;
}

/**
 * The times around a UK date at which sending may become allowed, or stop: where quiet hours start or end, where
 * the clocks change, and an hour before each, as the fallback is an hour late.
 */
function boundariesOf(localDate: string, { quietFrom, quietTo }: QuietHours): Date[] {
  return [
    ...ukTimesOf(localDate, quietFrom),
    ...ukTimesOf(localDate, quietTo),
    clockChangeOf(localDate),
  ].flatMap((time) => [time, new Date(time.getTime() - fallbackDelayMs)]);
}

/** The UK's clocks change at 1am GMT, if they change on this date. */
const clockChangeOf = (localDate: string) => new Date(`${localDate}T01:00:00Z`);

/**
 * The times at which the UK's clocks show a date and a time, `HH:MM`: one, but none in the hour that is skipped in
 * spring, and two in the hour that comes twice in autumn.
 */
function ukTimesOf(localDate: string, time: string): Date[] {
  const asGmt = new Date(`${localDate}T${time}:00Z`);
  return [new Date(asGmt.getTime() - hourMs), asGmt].filter((candidate) =>
    formatTimeOfDay(candidate).startsWith(`${time}:`),
  );
}

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** A date and a time of day in the UK as a timestamp, or why there is none. Of a time that comes twice, the first. */
export function parseUkTime(localDate: string, time: string): { value: Date } | { reason: string } {
  if (!isLocalDate(localDate)) return { reason: "Enter a valid date." };
  if (!timeOfDay.test(time)) return { reason: "Enter a time such as 14:30." };
  const [value] = ukTimesOf(localDate, time);
  if (value) return { value };
  const date = formatLocalDate(localDate);
  return {
    reason: `The clocks go forward at 1am on ${date}. Select a time before 1am or after 2am.`,
  };
}

const maxQuietMinutes = 22 * 60;

/** Why quiet hours cannot be saved: a fallback, which is an hour later, needs time as well. */
export function findQuietHoursError({ quietFrom, quietTo }: QuietHours): string | undefined {
  const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const quietMinutes = (minutesOf(quietTo) - minutesOf(quietFrom) + 24 * 60) % (24 * 60);
  return quietMinutes > maxQuietMinutes
    ? "Leave at least two hours a day outside quiet hours."
    : undefined;
}
