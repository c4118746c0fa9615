import "server-only";

const minute = 60_000;
const hour = 60 * minute;
/** After the first attempt, the second, and so on; the last one repeats. */
const delaysMs = [
  5_000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  10 * hour,
  12 * hour,
];
/** For how long an event is sent again, and a destination may fail. */
export const retryPeriodMs = 5 * 24 * hour;
/** Events that failed together are not all sent again at the same moment. */
const jitter = 0.1;

/**
 * When an event is sent again after a failure; the last time five days after its first attempt. Null when it
 * is given up.
 *
 * @param attempts how many were made
 * @param random from 0 to 1
 */
export function findNextAttempt(
  attempts: number,
  firstAttemptAt: Date,
  now: Date,
  random = Math.random(),
): Date | null {
  const endMs = firstAttemptAt.getTime() + retryPeriodMs;
  if (now.getTime() >= endMs) return null;
  const delayMs = delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0;
  const jitteredMs = delayMs * (1 - jitter + 2 * jitter * random);
  return new Date(Math.min(Math.round(now.getTime() + jitteredMs), endMs));
}
