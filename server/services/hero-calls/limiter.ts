import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { env } from "../../env";
import { HeroError } from "../../hero/errors";
import type { HeroLimiter } from "../../hero/request";
import { describeError, log } from "../../log";

/** How long a call may wait for a slot before it fails as busy. */
const maxWaitMs = 8000;

/**
 * The limiter of one Hero key, in the database so that all processes share it: at most
 * `HERO_RATE_PER_SECOND` calls a second (with a burst of one second's calls) and `HERO_CONCURRENCY` at
 * once (hero-gaps 1). A slot is a lease, so the slot of a process that died becomes free by itself.
 *
 * @param key environment and fingerprint, because Hero counts per key
 */
export function heroLimiter(key: string): HeroLimiter {
  const perSecond = env().HERO_RATE_PER_SECOND;
  const interval = `${1 / perSecond} seconds`;
  const burst = `${(perSecond - 1) / perSecond} seconds`;
  const leaseDuration = `${env().HERO_TIMEOUT_MS + 5000} milliseconds`;

  async function tryAcquire(): Promise<string | undefined> {
    const [slot] = await db.shared.execute<{ until: string }>(sql`
      insert into hero_limits as stored (key, ready_at, in_flight)
      values (${key}, clock_timestamp() + ${interval}::interval, array[clock_timestamp() + ${leaseDuration}::interval])
      on conflict (key) do update set
        ready_at = greatest(stored.ready_at, clock_timestamp()) + ${interval}::interval,
        in_flight = array(select until from unnest(stored.in_flight) until where until > clock_timestamp())
          || (clock_timestamp() + ${leaseDuration}::interval)
      where stored.ready_at <= clock_timestamp() + ${burst}::interval
        and (select count(*) from unnest(stored.in_flight) until where until > clock_timestamp())
          < ${env().HERO_CONCURRENCY}
      returning in_flight[cardinality(in_flight)]::text as until
    `);
    return slot?.until;
  }

  async function release(until: string): Promise<void> {
    try {
      await db.shared.execute(sql`
        update hero_limits set in_flight = array_remove(in_flight, ${until}::text::timestamptz)
        where key = ${key}
      `);
    } catch (error) {
      // The outcome of the call matters more, and the lease expires by itself.
      log("warn", "hero limiter slot not released", describeError(error));
    }
  }

  return {
    async acquire(operation) {
      const deadline = performance.now() + maxWaitMs;
      for (;;) {
        const until = await tryAcquire();
        if (until) return () => release(until);
        if (performance.now() > deadline) throw new HeroError("busy", operation);
        await new Promise((resolve) => setTimeout(resolve, 15 + Math.random() * 60));
      }
    },
    async pause(ms) {
      await db.shared.execute(sql`
        update hero_limits
        set ready_at = greatest(ready_at, clock_timestamp() + ${`${ms} milliseconds`}::interval
          + ${burst}::interval)
        where key = ${key}
      `);
    },
  };
}
