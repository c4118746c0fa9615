import { expect, it } from "vitest";
import { nextReadTime } from "@/server/services/messages/read-back";

const sentAt = new Date("2027-01-04T09:00:00.000Z");
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

it.each([
  [0, 5],
  [59, 5],
  [minute, 30],
  [10 * minute, 2 * minute],
  [hour, 10 * minute],
  [day, hour],
  [7 * day - 1, hour],
  [7 * day, null],
])("a message that was sent %i seconds ago is read again after %j seconds", (age, gap) => {
  const now = new Date(sentAt.getTime() + age * 1000);
  const next = nextReadTime(sentAt, now);
  expect(next && (next.getTime() - now.getTime()) / 1000).toBe(gap);
});
