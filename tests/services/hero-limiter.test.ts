import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { connectAsSuperuser } from "../setup/database";

const superuser = connectAsSuperuser();

/**
 * The limiter as a process has it that was started with these settings. Each call makes another such
 * process: only the database is common to them.
 */
async function startedWith(settings: { rate: number; concurrency: number; timeoutMs?: number }) {
  vi.stubEnv("HERO_RATE_PER_SECOND", String(settings.rate));
  vi.stubEnv("HERO_CONCURRENCY", String(settings.concurrency));
  vi.stubEnv("HERO_TIMEOUT_MS", String(settings.timeoutMs ?? 1500));
  vi.resetModules();
  const { heroLimiter } = await import("@/server/services/hero/limiter");
  return heroLimiter;
}

afterEach(() => vi.unstubAllEnvs());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const newKey = () => `sandbox:${randomUUID()}`;
const millisecondsSince = (startedAt: number) => performance.now() - startedAt;

/** Waits for a place that nobody gives back; begun before the other tests, which it does not touch. */
async function waitLong() {
  const limiter = (await startedWith({ rate: 1000, concurrency: 1, timeoutMs: 60_000 }))(newKey());
  const leave = await limiter.enter("any");
  return async () => {
    const startedAt = performance.now();
    const error = await limiter.enter("createBookingLink").catch((caught: unknown) => caught);
    return { error, waitedMs: millisecondsSince(startedAt), leave, limiter };
  };
}

const longWait = (await waitLong())();

describe("the limiter of a Hero key", () => {
  it("lets through so many a second, whichever process they come from", async () => {
    const settings = { rate: 20, concurrency: 100 };
    const [one, other] = [await startedWith(settings), await startedWith(settings)];
    const key = newKey();
    const processes = [one(key), other(key)];
    const startedAt = performance.now();
    const moments = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const leave = await processes[i % 2]?.enter("any");
        const at = millisecondsSince(startedAt);
        await leave?.();
        return at;
      }),
    );
    // A second's worth at once, and the other thirty one by one: a second and a half.
    expect(Math.max(...moments)).toBeGreaterThanOrEqual(1400);
    for (const from of moments) {
      const within = moments.filter((at) => at >= from && at < from + 1000).length;
      expect(within).toBeLessThanOrEqual(2 * settings.rate + 2);
    }
  });

  it("has no more in flight than it may, whichever process they come from", async () => {
    const settings = { rate: 1000, concurrency: 3 };
    const processes = [await startedWith(settings), await startedWith(settings)];
    const key = newKey();
    let inFlight = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const leave = await processes[i % 2]?.(key).enter("any");
        inFlight++;
        most = Math.max(most, inFlight);
        await sleep(20);
        inFlight--;
        await leave?.();
      }),
    );
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
    const [row] = await superuser`select in_flight from hero_limits where key = ${key}`;
    expect(row?.in_flight).toEqual([]);
  });

  it("counts each key by itself", async () => {
    const limiter = await startedWith({ rate: 1, concurrency: 1 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => limiter(newKey()).enter("any")));
    expect(millisecondsSince(startedAt)).toBeLessThan(900);
  });

  it("frees the place of a process that died with it", async () => {
    const limiter = await startedWith({ rate: 1000, concurrency: 1, timeoutMs: 100 });
    const key = newKey();
    await limiter(key).enter("any");
    const [row] = await superuser`
      select extract(epoch from in_flight[1] - clock_timestamp()) as seconds from hero_limits
      where key = ${key}`;
    // Longer than any call may take, and not much longer.
    expect(Number(row?.seconds)).toBeGreaterThan(4);
    expect(Number(row?.seconds)).toBeLessThanOrEqual(5.1);
    await superuser`
      update hero_limits set in_flight = array[clock_timestamp() - interval '1 millisecond']
      where key = ${key}`;
    const startedAt = performance.now();
    await (await limiter(key).enter("any"))();
    expect(millisecondsSince(startedAt)).toBeLessThan(1000);
  });

  it("gives back only its own place", async () => {
    const limiter = await startedWith({ rate: 1000, concurrency: 2 });
    const key = newKey();
    const [first, second] = [await limiter(key).enter("a"), await limiter(key).enter("b")];
    const places = async () =>
      Number(
        (await superuser`select cardinality(in_flight) as n from hero_limits where key = ${key}`)[0]
          ?.n,
      );
    expect(await places()).toBe(2);
    await first();
    expect(await places()).toBe(1);
    await first();
    expect(await places()).toBe(1);
    await second();
    expect(await places()).toBe(0);
  });

  it("holds every process back for as long as Hero asked", async () => {
    const settings = { rate: 50, concurrency: 10 };
    const [one, other] = [await startedWith(settings), await startedWith(settings)];
    const key = newKey();
    await (await one(key).enter("any"))();
    await one(key).pause(700);
    const startedAt = performance.now();
    await (await other(key).enter("any"))();
    expect(millisecondsSince(startedAt)).toBeGreaterThanOrEqual(690);
    expect(millisecondsSince(startedAt)).toBeLessThan(2500);
  });

  it("is not held back less by a shorter wait that is asked for later", async () => {
    const limiter = await startedWith({ rate: 50, concurrency: 10 });
    const key = newKey();
    await (await limiter(key).enter("any"))();
    await limiter(key).pause(800);
    await limiter(key).pause(1);
    const startedAt = performance.now();
    await (await limiter(key).enter("any"))();
    expect(millisecondsSince(startedAt)).toBeGreaterThanOrEqual(750);
  });

  it("says that the key is busy after eight seconds, and that nothing was sent", async () => {
    const { error, waitedMs, leave, limiter } = await longWait;
    expect(error).toMatchObject({
      name: "HeroError",
      code: "busy",
      operation: "createBookingLink",
      isDone: "no",
    });
    expect(waitedMs).toBeGreaterThanOrEqual(7990);
    expect(waitedMs).toBeLessThan(12_000);
    await leave();
    await (await limiter.enter("any"))();
  });
});
