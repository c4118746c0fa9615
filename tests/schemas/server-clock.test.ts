import { describe, expect, it } from "vitest";
import { serverNow } from "@/components/shell/server-clock";

describe("E8: the session's end on a machine whose clock is wrong", () => {
  it.each([90, 7_200, -90, 0])("E8: a clock that is %i minutes off changes nothing", (minutes) => {
    const serverTime = new Date(Date.UTC(2026, 10, 27) + minutes).toISOString();
    const start = Date.parse(serverTime) + minutes * 60_000;
    expect(serverNow(serverTime, start)).toBe(Date.parse(serverTime));
    expect(serverNow(serverTime, start + 58 * 60_000)).toBe(Date.parse(serverTime) + 58 * 60_000);
  });
});
