import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HeroError } from "@/server/hero/errors";
import type { HeroLimiter, HeroOperation } from "@/server/hero/request";
import { CallQueue } from "@/server/services/hero-calls/call-queue";
import { connectAsSuperuser } from "../setup/database";

const superuser = connectAsSuperuser();

/** Loads the limiter as another process with these settings would: only the database is shared. */
async function startLimiterProcess(settings: {
  rate: number;
  concurrency: number;
  timeoutMs?: number;
}) {
  vi.stubEnv("HERO_RATE_PER_SECOND", String(settings.rate));
  vi.stubEnv("HERO_CONCURRENCY", String(settings.concurrency));
  vi.stubEnv("HERO_TIMEOUT_MS", String(settings.timeoutMs ?? 1500));
  vi.resetModules();
  const { heroLimiter } = await import("@/server/services/hero-calls/limiter");
  return (key: string, actorId = "one person", priority?: "low") =>
    heroLimiter(key, actorId, priority);
}

const readThing: HeroOperation = { name: "readThing", method: "GET", path: "/v1/things" };
const createThing: HeroOperation = { name: "createThing", method: "POST", path: "/v1/things" };

afterEach(() => vi.unstubAllEnvs());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const createLimiterKey = () => `sandbox:${randomUUID()}`;
const elapsedMs = (startedAt: number) => performance.now() - startedAt;

/** Waits for a slot that is never released; started before the other tests. */
async function measureLongWait() {
  const limiter = (await startLimiterProcess({ rate: 1000, concurrency: 1, timeoutMs: 60_000 }))(
    createLimiterKey(),
  );
  const leave = await limiter.acquire(readThing);
  return async () => {
    const startedAt = performance.now();
    const error = await limiter.acquire(createThing).catch((caught: unknown) => caught);
    return { error, waitedMs: elapsedMs(startedAt), leave, limiter };
  };
}

const release = (await measureLongWait())();

describe("the limiter of a Hero key", () => {
  it("a key allows so many requests a second across processes", async () => {
    const settings = { rate: 20, concurrency: 100 };
    const [first, second] = [
      await startLimiterProcess(settings),
      await startLimiterProcess(settings),
    ];
    const key = createLimiterKey();
    const processes = [first(key), second(key)];
    const startedAt = performance.now();
    const enteredAtMs = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const leave = await processes[i % 2]?.acquire(readThing);
        const elapsed = elapsedMs(startedAt);
        await leave?.();
        return elapsed;
      }),
    );
    // One second's requests at once and the other thirty one by one: a second and a half.
    expect(Math.max(...enteredAtMs)).toBeGreaterThanOrEqual(1400);
    for (const windowStart of enteredAtMs) {
      const countInWindow = enteredAtMs.filter(
        (enteredMs) => enteredMs >= windowStart && enteredMs < windowStart + 1000,
      ).length;
      expect(countInWindow).toBeLessThanOrEqual(2 * settings.rate + 2);
    }
  });

  it("a key allows so many concurrent requests across processes", async () => {
    const settings = { rate: 1000, concurrency: 3 };
    const processes = [await startLimiterProcess(settings), await startLimiterProcess(settings)];
    const key = createLimiterKey();
    let inFlight = 0;
    let maxInFlight = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const leave = await processes[i % 2]?.(key).acquire(readThing);
        inFlight++;
        maxInFlight = Math.max(maxInFlight, inFlight);
        await sleep(20);
        inFlight--;
        await leave?.();
      }),
    );
    expect(maxInFlight).toBeLessThanOrEqual(3);
    expect(maxInFlight).toBeGreaterThan(1);
    const [row] = await superuser`select in_flight from hero_limits where key = ${key}`;
    expect(row?.in_flight).toEqual([]);
  });

  it("each key is counted separately", async () => {
    const limiter = await startLimiterProcess({ rate: 1, concurrency: 1 });
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: 5 }, () => limiter(createLimiterKey()).acquire(readThing)),
    );
    expect(elapsedMs(startedAt)).toBeLessThan(900);
  });

  it("the slot of a process that died is released", async () => {
    const settings = { rate: 1000, concurrency: 1, timeoutMs: 100 };
    const deadProcess = await startLimiterProcess(settings);
    const limiter = await startLimiterProcess(settings);
    const key = createLimiterKey();
    await deadProcess(key).acquire(readThing);
    const [row] = await superuser`
      select extract(epoch from in_flight[1] - clock_timestamp()) as seconds from hero_limits
      where key = ${key}`;
    // Slightly longer than the longest call.
    expect(Number(row?.seconds)).toBeGreaterThan(4);
    expect(Number(row?.seconds)).toBeLessThanOrEqual(5.1);
    await superuser`
      update hero_limits set in_flight = array[clock_timestamp() - interval '1 millisecond']
      where key = ${key}`;
    const startedAt = performance.now();
    await (await limiter(key).acquire(readThing))();
    expect(elapsedMs(startedAt)).toBeLessThan(1000);
  });

  it("a process releases its own slot only", async () => {
    const limiter = await startLimiterProcess({ rate: 1000, concurrency: 2 });
    const key = createLimiterKey();
    const [first, second] = [
      await limiter(key, "a").acquire(readThing),
      await limiter(key, "b").acquire(readThing),
    ];
    const countSlots = async () =>
      Number(
        (await superuser`select cardinality(in_flight) as n from hero_limits where key = ${key}`)[0]
          ?.n,
      );
    expect(await countSlots()).toBe(2);
    await first();
    expect(await countSlots()).toBe(1);
    await first();
    expect(await countSlots()).toBe(1);
    await second();
    expect(await countSlots()).toBe(0);
  });

  it("all processes wait as long as Hero asked", async () => {
    const settings = { rate: 50, concurrency: 10 };
    const [first, second] = [
      await startLimiterProcess(settings),
      await startLimiterProcess(settings),
    ];
    const key = createLimiterKey();
    await (await first(key).acquire(readThing))();
    await first(key).pause(700);
    const startedAt = performance.now();
    await (await second(key).acquire(readThing))();
    expect(elapsedMs(startedAt)).toBeGreaterThanOrEqual(690);
    expect(elapsedMs(startedAt)).toBeLessThan(2500);
  });

  it("a later, shorter wait does not shorten an earlier one", async () => {
    const limiter = await startLimiterProcess({ rate: 50, concurrency: 10 });
    const key = createLimiterKey();
    await (await limiter(key).acquire(readThing))();
    await limiter(key).pause(800);
    await limiter(key).pause(1);
    const startedAt = performance.now();
    await (await limiter(key).acquire(readThing))();
    expect(elapsedMs(startedAt)).toBeGreaterThanOrEqual(750);
  });

  it("after eight seconds the key is reported as busy, and nothing was sent", async () => {
    const { error, waitedMs, leave, limiter } = await release;
    expect(error).toMatchObject({
      name: "HeroError",
      code: "busy",
      operation: "createThing",
      writeOutcome: "no",
    });
    expect(waitedMs).toBeGreaterThanOrEqual(7990);
    expect(waitedMs).toBeLessThan(12_000);
    await leave();
    await (await limiter.acquire(readThing))();
  });
});

describe("C2: the share of each person", () => {
  const settings = { rate: 20, concurrency: 4 };

  let enteredCount = 0;
  beforeEach(() => {
    enteredCount = 0;
  });
  /** Waits until the calls have used up what a key allows at once, so that the next ones queue. */
  const burstIsUsed = () => expect.poll(() => enteredCount).toBeGreaterThan(settings.rate);

  /** Calls that wait for a slot, hold it for a time and note when they got it. */
  function startCalls(limiter: HeroLimiter, operation: HeroOperation, count: number, holdMs = 10) {
    const startedAt = performance.now();
    return Array.from({ length: count }, async () => {
      const leave = await limiter.acquire(operation);
      const waitedMs = elapsedMs(startedAt);
      enteredCount += 1;
      await sleep(holdMs);
      await leave();
      return waitedMs;
    });
  }

  it("a call of one person does not wait for 80 calls of another", async () => {
    const limiter = await startLimiterProcess(settings);
    const key = createLimiterKey();
    const many = startCalls(limiter(key, "a viewer"), readThing, 80);
    await burstIsUsed();
    const [read] = startCalls(limiter(key, "another"), readThing, 1);
    const [write] = startCalls(limiter(key, "a third"), createThing, 1);
    await Promise.all([read, write]);
    expect(enteredCount).toBeLessThan(60);
    // The viewer's calls take as long as the rate allows.
    expect(Math.max(...(await Promise.all(many)))).toBeGreaterThan(2900);
  });

  it("a person's write goes before that person's reads", async () => {
    const limiter = await startLimiterProcess(settings);
    const key = createLimiterKey();
    const reads = startCalls(limiter(key), readThing, 60);
    await burstIsUsed();
    const [write] = startCalls(limiter(key), createThing, 1);
    await write;
    expect(enteredCount).toBeLessThan(45);
    await Promise.all(reads);
  });

  it("slow calls of one person leave a slot for others", async () => {
    const limiter = await startLimiterProcess(settings);
    const key = createLimiterKey();
    const slow = startCalls(limiter(key, "a viewer"), readThing, 8, 1500);
    await expect.poll(() => enteredCount).toBe(3);
    const [write] = startCalls(limiter(key, "another"), createThing, 1);
    await write;
    expect(enteredCount).toBe(4);
    await Promise.all(slow);
  });

  const unused = { start: () => undefined, refuse: () => undefined, fail: () => undefined };

  it("as many slots are acquired at once as calls may start", () => {
    const queue = new CallQueue(4);
    const deadline = performance.now() + 8000;
    for (const actorId of ["a", "a", "a", "a", "a", "b"]) {
      queue.add({ actorId, isWrite: true, deadline, ...unused });
    }
    // One person can have three of four slots.
    expect(queue.countStartable()).toBe(4);
    for (let startable = 4; startable > 0; startable -= 1) {
      expect(queue.countStartable()).toBe(startable);
      const next = queue.next();
      if (next) queue.start(next, "slot");
    }
    expect(queue.next()).toBeUndefined();
    queue.finish("a");
    expect(queue.countStartable()).toBe(1);
  });

  it("writes do not keep a read back for ever", () => {
    const queue = new CallQueue(4);
    const add = (actorId: string, isWrite: boolean, leftMs: number) =>
      queue.add({ actorId, isWrite, deadline: performance.now() + leftMs, ...unused });
    const startNext = () => {
      const next = queue.next();
      if (!next) throw new Error("Nobody has a turn.");
      queue.start(next, "slot");
      queue.finish(next.actorId);
      return `${next.actorId} ${next.isWrite ? "writes" : "reads"}`;
    };
    for (let i = 0; i < 4; i++) add("a", true, 8000);
    add("b", false, 8000);
    expect([startNext(), startNext()]).toEqual(["a writes", "a writes"]);
    add("c", false, 3000);
    expect([startNext(), startNext(), startNext(), startNext()]).toEqual([
      "c reads",
      "a writes",
      "a writes",
      "b reads",
    ]);
  });
});

describe("low priority", () => {
  it("low-priority calls leave a slot and half of the burst to other processes", async () => {
    const settings = { rate: 10, concurrency: 2 };
    const worker = await startLimiterProcess(settings);
    const web = await startLimiterProcess(settings);
    const key = createLimiterKey();
    await worker(key, "jobs", "low").acquire(readThing);
    // The worker's second call waits for its first one to end, and a person's does not.
    const second = worker(key, "other jobs", "low").acquire(readThing);
    const startedAt = performance.now();
    await (await web(key).acquire(readThing))();
    expect(elapsedMs(startedAt)).toBeLessThan(1000);
    expect(await Promise.race([second, sleep(300)])).toBeUndefined();
  });

  it("in one process a low-priority call waits for all others, also when its time is short", () => {
    const queue = new CallQueue(4);
    const add = (actorId: string, isLowPriority: boolean, leftMs: number) =>
      queue.add({
        actorId,
        isWrite: false,
        isLowPriority,
        deadline: performance.now() + leftMs,
        start: () => undefined,
        refuse: () => undefined,
        fail: () => undefined,
      });
    add("jobs", true, 1000);
    add("person", false, 8000);
    expect(queue.hasOnlyLowPriority).toBe(false);
    expect(queue.countStartable()).toBe(1);
    const first = queue.next();
    expect(first?.actorId).toBe("person");
    if (first) queue.start(first, "slot");
    expect(queue.hasOnlyLowPriority).toBe(true);
    expect(queue.next()?.actorId).toBe("jobs");
  });
});

describe("C3: a call that would wait too long", () => {
  it("a call behind too many others is refused at once, with the time to wait", async () => {
    const limiter = (await startLimiterProcess({ rate: 2, concurrency: 4 }))(createLimiterKey());
    const waiting = Array.from({ length: 19 }, () => limiter.acquire(createThing));
    for (const call of waiting) call.catch(() => undefined);
    const startedAt = performance.now();
    const error = await limiter.acquire(createThing).catch((caught: unknown) => caught);
    expect(elapsedMs(startedAt)).toBeLessThan(500);
    expect(error).toMatchObject({ code: "busy", writeOutcome: "no" });
    const { retryAfterMs } = (error as HeroError).details;
    expect(retryAfterMs).toBeGreaterThan(8000);
    expect(retryAfterMs).toBeLessThan(11_000);
    await Promise.allSettled(waiting);
  });

  it("A10: during a long pause each call is refused at once, with the time to wait", async () => {
    const settings = { rate: 50, concurrency: 10 };
    const [first, second] = [
      await startLimiterProcess(settings),
      await startLimiterProcess(settings),
    ];
    const key = createLimiterKey();
    await (await first(key).acquire(readThing))();
    await first(key).pause(60_000);
    for (const limiter of [first(key), second(key)]) {
      const startedAt = performance.now();
      const error = await limiter.acquire(readThing).catch((caught: unknown) => caught);
      expect(elapsedMs(startedAt)).toBeLessThan(500);
      expect(error).toMatchObject({ code: "busy" });
      const { retryAfterMs } = (error as HeroError).details;
      expect(retryAfterMs).toBeGreaterThan(55_000);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    }
  });

  it("A10: waiting calls are refused when a long pause starts", async () => {
    const limiter = (await startLimiterProcess({ rate: 1, concurrency: 10 }))(createLimiterKey());
    await (await limiter.acquire(readThing))();
    const waiting = limiter.acquire(readThing).catch((caught: unknown) => caught);
    await limiter.pause(30_000);
    const startedAt = performance.now();
    expect(await waiting).toMatchObject({ code: "busy" });
    expect(elapsedMs(startedAt)).toBeLessThan(1500);
  });
});
