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
});
