import { formatClock } from "@/server/schemas/dates";
import type { MessageSettings } from "@/server/schemas/messages";

/** "8:00pm to 8:00am"; null without quiet hours. */
export function describeQuietHours({
  quietFrom,
  quietTo,
}: Pick<MessageSettings, "quietFrom" | "quietTo">): string | null {
  // In winter the UK's time is UTC.
  const format = (time: string) => formatClock(`2026-01-01T${time}:00Z`);
  return quietFrom === quietTo ? null : `${format(quietFrom)} to ${format(quietTo)}`;
}
