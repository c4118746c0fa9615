import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { env } from "../../env";
import { HeroError } from "../../hero/errors";
import type { HeroLimiter } from "../../hero/request";
import { describeError, log } from "../../log";
import { CallQueue } from "./call-queue";

/** How long a call may wait for a slot before it fails as busy. */
const maxWaitMs = 8000;
/** How long another process may hold a slot before the next look at the database. */
const pollMs = 40;
/** The longest sleep, because another process may pause the key meanwhile. */
const maxSleepMs = 250;
/** Attempts to get a slot that are under way at once, while slots are free. */
const maxAttemptsAtOnce = 8;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export type HeroCallPriority = "normal" | "low";

/** The calls of this process that wait for a key, or run with it. */
const queues = new Map<string, CallQueue>();

/**
 * The limiter of one Hero key, in the database so that all processes share it: at most
 * `HERO_RATE_PER_SECOND` calls a second (with a burst of one second's calls) and `HERO_CONCURRENCY` at
 * once (assumption 1). A slot is a lease, so the slot of a process that died becomes free by itself.
 * Within a process a queue shares the slots fairly between people.
 *
 * @param key environment and fingerprint, because Hero counts per key
 * @param actorId whose call it is: a person, an API key, or a tenant's jobs
 * @param priority `low` for work that nobody waits for: it uses at most half of the burst and leaves a slot
 *   free, so that other processes' calls need not wait for it
 */
export function heroLimiter(
  key: string,
  actorId: string,
  priority: HeroCallPriority = "normal",
): HeroLimiter {
  return {
    acquire: (operation) => acquire(key, actorId, operation, priority),
    async pause(ms) {
      await db.shared.execute(sql`
        update hero_limits
        set ready_at = greatest(ready_at, clock_timestamp() + ${`${ms} milliseconds`}::interval
          + ${burst()}::interval)
        where key = ${key}
      `);
    },
  };
}

type LimitedOperation = Parameters<HeroLimiter["acquire"]>[0];

const interval = () => `${1 / env().HERO_RATE_PER_SECOND} seconds`;
const burst = () => `${(env().HERO_RATE_PER_SECOND - 1) / env().HERO_RATE_PER_SECOND} seconds`;
const halfBurst = () =>
  `${(env().HERO_RATE_PER_SECOND - 1) / env().HERO_RATE_PER_SECOND / 2} seconds`;

/** @throws HeroError `busy` with the time after which another try may succeed */
async function acquire(
  key: string,
  actorId: string,
  operation: LimitedOperation,
  priority: HeroCallPriority,
) {
  const queue = queues.get(key) ?? new CallQueue(env().HERO_CONCURRENCY);
  queues.set(key, queue);
  const isWrite = operation.method !== "GET";
  const expectedMs = (queue.countBefore(actorId, isWrite) * 1000) / env().HERO_RATE_PER_SECOND;
  if (expectedMs > maxWaitMs) throw busy(operation, expectedMs);
  const slot = await new Promise<string>((resolve, reject) => {
    queue.add({
      actorId,
      isWrite,
      isLowPriority: priority === "low",
      deadline: performance.now() + maxWaitMs,
      start: resolve,
      refuse: (waitMs) => reject(busy(operation, waitMs)),
      fail: reject,
    });
    if (queue.isServed) queue.wake();
    else void serve(key, queue);
  });
  return async () => {
    await releaseSlot(key, slot);
    queue.finish(actorId);
    if (queue.isIdle) queues.delete(key);
  };
}

const busy = ({ name }: LimitedOperation, waitMs: number) =>
  new HeroError("busy", name, { retryAfterMs: Math.max(waitMs, 1000) });

/** Gets slots for the queue's calls until none waits: several at once, unless the last ones were refused. */
async function serve(key: string, queue: CallQueue): Promise<void> {
  queue.isServed = true;
  let isFree = true;
  for (;;) {
    queue.refuseLate(1000 / env().HERO_RATE_PER_SECOND);
    const startable = queue.countStartable();
    if (startable > 0) {
      isFree = await serveNext(key, queue, isFree ? Math.min(startable, maxAttemptsAtOnce) : 1);
    } else if (queue.hasWaiting) await queue.sleep(pollMs);
    else break;
  }
  queue.isServed = false;
  if (queue.isIdle) queues.delete(key);
}

/** Starts up to `count` calls. @returns false when the key has no slot for one of them now */
async function serveNext(key: string, queue: CallQueue, count: number): Promise<boolean> {
  try {
    const priority = queue.hasOnlyLowPriority ? "low" : "normal";
    const attempts = await Promise.all(
      Array.from({ length: count }, () => tryAcquire(key, priority)),
    );
    for (const { slot } of attempts) {
      const next = slot && queue.next();
      if (next) queue.start(next, slot);
      else if (slot) void releaseSlot(key, slot);
    }
    const refused = attempts.find(({ slot }) => !slot);
    if (!refused) return true;
    const { waitMs } = refused;
    queue.refuseUntil(waitMs);
    if (waitMs === 0) await queue.sleep(pollMs * (0.5 + Math.random()));
    else if (queue.hasWaiting) await sleep(Math.min(waitMs, maxSleepMs) + 10 * Math.random());
  } catch (error) {
    queue.failAll(error);
  }
  return false;
}

/** A slot, or how long the rate or a pause keeps all calls back: 0 when slots are only in use. */
async function tryAcquire(
  key: string,
  priority: HeroCallPriority,
): Promise<{ slot: string | null; waitMs: number }> {
  const isLow = priority === "low";
  const usableBurst = isLow ? halfBurst() : burst();
  const concurrency = Math.max(1, env().HERO_CONCURRENCY - (isLow ? 1 : 0));
  const leaseDuration = `${env().HERO_TIMEOUT_MS + 5000} milliseconds`;
  const [row] = await db.shared.execute<{ slot: string | null; wait_ms: number | null }>(sql`
    with acquired as (
      insert into hero_limits as stored (key, ready_at, in_flight)
      values (${key}, clock_timestamp() + ${interval()}::interval, array[clock_timestamp() + ${leaseDuration}::interval])
      on conflict (key) do update set
        ready_at = greatest(stored.ready_at, clock_timestamp()) + ${interval()}::interval,
        in_flight = array(select until from unnest(stored.in_flight) until where until > clock_timestamp())
          || (clock_timestamp() + ${leaseDuration}::interval)
      where stored.ready_at <= clock_timestamp() + ${usableBurst}::interval
        and (select count(*) from unnest(stored.in_flight) until where until > clock_timestamp())
          < ${concurrency}
      returning in_flight[cardinality(in_flight)]::text as slot
    )
    select
      (select slot from acquired) as slot,
      (
        select extract(epoch from ready_at - ${usableBurst}::interval - clock_timestamp())::float8 * 1000
        from hero_limits where key = ${key}
      ) as wait_ms
  `);
  return { slot: row?.slot ?? null, waitMs: Math.max(row?.wait_ms ?? 0, 0) };
}

async function releaseSlot(key: string, slot: string): Promise<void> {
  try {
    await db.shared.execute(sql`
      update hero_limits set in_flight = array_remove(in_flight, ${slot}::text::timestamptz)
      where key = ${key}
    `);
  } catch (error) {
    // The outcome of the call matters more, and the lease expires by itself.
    log("warn", "hero limiter slot not released", describeError(error));
  }
}
