import { addDays, ukDateOf } from "./dates";
import { parseUkTime } from "./quiet-hours";

/** Reminders of a batch: after so many days, at most so many times, at a UK time of day, `HH:MM`. */
export type ReminderRounds = { afterDays: number; maxTimes: number; time: string };

/** A UK date and time of day as a timestamp; in the hour that the clocks skip, the end of that hour. */
export function reminderTimeOn(localDate: string, time: string): Date {
  const parsed = parseUkTime(localDate, time);
  return "value" in parsed ? parsed.value : new Date(`${localDate}T01:00:00Z`);
}

/** When the next round of reminders is due, after messages that left at `lastAt`. Days are UK dates. */
export const nextReminderTime = (
  { afterDays, time }: Pick<ReminderRounds, "afterDays" | "time">,
  lastAt: Date,
): Date => reminderTimeOn(addDays(ukDateOf(lastAt), afterDays), time);

/**
 * The times of all rounds, if each is sent on its day.
 *
 * @param lastAt when the last message leaves
 * @param firstAllowed the first time from a round's own on at which it may leave, such as the end of quiet hours
 */
export function planReminderRounds(
  rounds: ReminderRounds,
  lastAt: Date,
  firstAllowed: (at: Date) => Date = (at) => at,
): Date[] {
  const times: Date[] = [];
  for (let number = 1; number <= rounds.maxTimes; number += 1) {
    times.push(firstAllowed(nextReminderTime(rounds, times.at(-1) ?? lastAt)));
  }
  return times;
}
