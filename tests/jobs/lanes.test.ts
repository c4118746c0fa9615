import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { Lanes, type LaneStep, type PracticeWork } from "@/server/jobs/lanes";

const practice = (): PracticeWork => ({
  tenantId: randomUUID(),
  environment: "sandbox",
  practiceId: randomUUID(),
});

/** Starts lanes again and again, as a busy loop does, until the practice has had so many steps. */
async function countSteps(step: LaneStep, until: number) {
  const startTimes: number[] = [];
  const work = practice();
  const lanes = new Lanes(
    "test",
    async () => {
      startTimes.push(performance.now());
      return step;
    },
    new AbortController().signal,
  );
  await expect
    .poll(
      () => {
        lanes.start([work]);
        return startTimes.length;
      },
      { interval: 10, timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(until);
  await lanes.stop();
  const [first = 0, second = 0] = startTimes;
  return { gapMs: second - first };
}

it("a practice whose key is busy rests for a second before its next step", async () => {
  expect((await countSteps("rest", 2)).gapMs).toBeGreaterThan(950);
});

it("a practice that rests does not keep another one back", async () => {
  const [busy, idle] = [practice(), practice()];
  const seen: string[] = [];
  const lanes = new Lanes(
    "test",
    async ({ practiceId }) => {
      seen.push(practiceId);
      return practiceId === busy.practiceId ? "rest" : "done";
    },
    new AbortController().signal,
  );
  lanes.start([busy]);
  await lanes.stop();
  lanes.start([busy, idle]);
  await lanes.stop();
  expect(seen).toContain(idle.practiceId);
});
