import { beforeEach, describe, expect, it } from "vitest";
import { checkHealth } from "@/server/services/health";
import { connectAsSuperuser } from "../setup/database";

const superuser = connectAsSuperuser();

beforeEach(async () => {
  await superuser`delete from workers`;
});

const recordHeartbeat = (secondsAgo: number) => superuser`
  insert into workers (id, seen_at)
  values (${`worker ${secondsAgo}`}, now() - make_interval(secs => ${secondsAgo}))`;

describe("health", () => {
  it("health is good with a database, all migrations and a recent worker", async () => {
    await recordHeartbeat(2);
    expect(await checkHealth()).toEqual({ status: "ok" });
  });

  it("health names the worker when it is missing or silent for half a minute", async () => {
    expect(await checkHealth()).toEqual({ status: "failing", failing: "worker" });
    await recordHeartbeat(31);
    await recordHeartbeat(600);
    expect(await checkHealth()).toEqual({ status: "failing", failing: "worker" });
    await recordHeartbeat(25);
    expect(await checkHealth()).toEqual({ status: "ok" });
  });

  it("health names missing migrations, and recovers with them", async () => {
    await recordHeartbeat(1);
    const [last] = await superuser`
      delete from drizzle.__drizzle_migrations
      where created_at = (select max(created_at) from drizzle.__drizzle_migrations) returning *`;
    expect(await checkHealth()).toEqual({ status: "failing", failing: "migrations" });
    await superuser`insert into drizzle.__drizzle_migrations ${superuser(last ?? {})}`;
    expect(await checkHealth()).toEqual({ status: "ok" });
  });

  it("C9: health fails within 2 s while the database does not answer, and recovers with it", async () => {
    await recordHeartbeat(1);
    const unfrozen = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    const freeze = superuser.begin(async (sql) => {
      await sql`lock table workers`;
      frozen.resolve();
      await unfrozen.promise;
    });
    await frozen.promise;
    const startedAt = performance.now();
    const results = await Promise.all(Array.from({ length: 50 }, checkHealth));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(new Set(results.map((result) => JSON.stringify(result)))).toEqual(
      new Set(['{"status":"failing","failing":"database"}']),
    );
    // The waiting checks hold one connection, so that others stay for requests.
    const [waiting] = await superuser`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    expect(waiting?.count).toBe(1);
    unfrozen.resolve();
    await freeze;
    await expect.poll(checkHealth).toEqual({ status: "ok" });
  });
});
