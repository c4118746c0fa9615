import "server-only";
import type { HeroError } from "../../hero/errors";
import type { Reading } from "./reading";

const hourMs = 3_600_000;

/** Whether the practice's policy explains a refusal: a sentence, or null. */
export function explainNotice(error: HeroError, reading: Reading | null): string | null {
  const { cancellation_policy_hours: hours, start_time } = reading?.appointment ?? {};
  if (error.code !== "bad_request" || !hours || !start_time) return null;
  const isWithinPolicy = Date.parse(start_time) - Date.now() < hours * hourMs;
  return isWithinPolicy
    ? `The practice needs ${hours === 1 ? "an hour's" : `${hours} hours'`} notice.`
    : null;
}
