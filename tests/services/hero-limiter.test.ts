import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
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
  return heroLimiter;
}

afterEach(() => vi.unstubAllEnvs());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const createLimiterKey = () => `sandbox:${randomUUID()}`;
const elapsedMs = (startedAt: number) => performance.now() - startedAt;

/** Waits for a slot that is never released; started before the other tests. */
async function measureLongWait() {
  const limiter = (await startLimiterProcess({ rate: 1000, concurrency: 1, timeoutMs: 60_000 }))(
    createLimiterKey(),
  );
  const leave = await limiter.acquire("any");
  return async () => {
    const startedAt = performance.now();
    const error = await limiter.acquire("createBookingLink").catch((caught: unknown) => caught);
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
        const leave = await processes[i % 2]?.acquire("any");
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
        const leave = await processes[i % 2]?.(key).acquire("any");
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
    await Promise.all(Array.from({ length: 5 }, () => limiter(createLimiterKey()).acquire("any")));
    expect(elapsedMs(startedAt)).toBeLessThan(900);
  });

  it("the slot of a process that died is released", async () => {
    const limiter = await startLimiterProcess({ rate: 1000, concurrency: 1, timeoutMs: 100 });
    const key = createLimiterKey();
    await limiter(key).acquire("any");
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
    await (await limiter(key).acquire("any"))();
    expect(elapsedMs(startedAt)).toBeLessThan(1000);
  });

  it("a process releases its own slot only", async () => {
    const limiter = await startLimiterProcess({ rate: 1000, concurrency: 2 });
    const key = createLimiterKey();
    const [first, second] = [await limiter(key).acquire("a"), await limiter(key).acquire("b")];
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
    await (await first(key).acquire("any"))();
    await first(key).pause(700);
    const startedAt = performance.now();
    await (await second(key).acquire("any"))();
    expect(elapsedMs(startedAt)).toBeGreaterThanOrEqual(690);
    expect(elapsedMs(startedAt)).toBeLessThan(2500);
  });

  it("a later, shorter wait does not shorten an earlier one", async () => {
    const limiter = await startLimiterProcess({ rate: 50, concurrency: 10 });
    const key = createLimiterKey();
    await (await limiter(key).acquire("any"))();
    await limiter(key).pause(800);
    await limiter(key).pause(1);
    const startedAt = performance.now();
    await (await limiter(key).acquire("any"))();
    expect(elapsedMs(startedAt)).toBeGreaterThanOrEqual(750);
  });

  it("after eight seconds the key is reported as busy, and nothing was sent", async () => {
    const { error, waitedMs, leave, limiter } = await release;
    expect(error).toMatchObject({
      name: "HeroError",
      code: "busy",
      operation: "createBookingLink",
      writeOutcome: "no",
    });
    expect(waitedMs).toBeGreaterThanOrEqual(7990);
    expect(waitedMs).toBeLessThan(12_000);
    await leave();
    await (await limiter.acquire("any"))();
  });
});
