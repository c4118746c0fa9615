import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { databaseUrls } from "../setup/database";

// Between the portal and its database stands a relay that the tests can cut.
const real = new URL(databaseUrls.servingUrl);
const sockets = new Set<Socket>();
let isCut = false;

const relay = createServer((client) => {
  if (isCut) {
    client.resetAndDestroy();
    return;
  }
  const server = connect(Number(real.port), real.hostname);
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    sockets.add(one);
    one.on("error", () => other.destroy());
    one.on("close", () => {
      sockets.delete(one);
      other.destroy();
    });
    one.pipe(other);
  }
});
relay.listen(0, "127.0.0.1");
await once(relay, "listening");
const address = relay.address();
const relayed = new URL(databaseUrls.servingUrl);
relayed.hostname = "127.0.0.1";
relayed.port = String(typeof address === "object" && address ? address.port : 0);
// Read at the first use of the settings, which comes after this.
process.env.DATABASE_URL = relayed.href;

const { db, isDatabaseGone } = await import("@/db/client");
const { authenticate } = await import("@/server/services/accounts/authenticate");
const { countTry } = await import("@/server/services/limits");
const { checkHealth } = await import("@/server/services/health");
const { toTrpcError } = await import("@/server/trpc/errors");
const { findLiveSession } = await import("@/server/tenancy/context");
const { RateLimitedError } = await import("@/server/errors");
const { makePerson, makeTenant } = await import("../support/tenants");
const { listPractices } = await import("@/server/services/practices/read");
const { enqueue } = await import("@/server/jobs/enqueue");
const { listJobs } = await import("../support/mail");

function cut() {
  isCut = true;
  for (const socket of sockets) socket.resetAndDestroy();
}
function mend() {
  isCut = false;
}

afterEach(mend);
afterAll(() => {
  relay.close();
});

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no error",
    (error: unknown) => error,
  );

/** The outcomes of tries one after the other, by name. */
async function tryTimes(times: number, work: () => Promise<unknown>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < times; i++) {
    outcomes.push(
      await work().then(
        () => "through",
        (error: Error) => error.name,
      ),
    );
  }
  return outcomes;
}

describe("c8: the limits of sign-in, with the database gone in between,", () => {
  it("still hold: each process counts for itself", async () => {
    const key = `${randomUUID()}@example.com`;
    expect(await tryTimes(4, () => countTry("sign-in-account", key))).toEqual(
      Array.from({ length: 4 }, () => "through"),
    );
    cut();
    const without = await tryTimes(14, () => countTry("sign-in-account", key));
    expect(without.filter((outcome) => outcome === "through").length).toBeLessThanOrEqual(10);
    expect(without.slice(10)).toEqual(Array.from({ length: 4 }, () => "RateLimitedError"));
    await expect(countTry("sign-in-account", key)).rejects.toThrow(RateLimitedError);
  });

  it("let nobody in, and never say that the password was wrong", async () => {
    const { email } = await makePerson();
    cut();
    const error = await errorOf(authenticate({ email, password: "any" }, randomUUID()));
    expect(isDatabaseGone(error)).toBe(true);
  });

  it("count together again once it is back", async () => {
    const key = `${randomUUID()}@example.com`;
    cut();
    await errorOf(countTry("sign-in-account", key));
    mend();
    const outcomes = await tryTimes(12, () => countTry("sign-in-account", key));
    expect(outcomes.slice(10)).toEqual(["RateLimitedError", "RateLimitedError"]);
  });
});

describe("with the database gone", () => {
  it("a request fails with a sentence of its own, and the next one after it is back works", async () => {
    const tenant = await makeTenant();
    const ctx = await tenant.as();
    expect(await listPractices(ctx)).toEqual([]);
    cut();
    for (const work of [listPractices(ctx), findLiveSession(tenant.owner.token), tenant.as()]) {
      const error = await errorOf(work);
      expect(isDatabaseGone(error)).toBe(true);
      expect(toTrpcError(error)).toMatchObject({
        code: "SERVICE_UNAVAILABLE",
        message: expect.stringMatching(/^The portal cannot reach its database just now\./),
      });
    }
    mend();
    expect(await listPractices(ctx)).toEqual([]);
    expect(await findLiveSession(tenant.owner.token)).not.toBeNull();
  });

  it("half a transaction is none", async () => {
    const { id } = await makePerson("Before");
    const { users } = await import("@/db/schema/accounts");
    const { eq } = await import("drizzle-orm");
    const work = db.shared.transaction(async (tx) => {
      await tx.update(users).set({ name: "After" }).where(eq(users.id, id));
      cut();
      await tx.update(users).set({ name: "Later" }).where(eq(users.id, id));
    });
    expect(isDatabaseGone(await errorOf(work))).toBe(true);
    mend();
    const [row] = await db.shared.select({ name: users.name }).from(users).where(eq(users.id, id));
    expect(row?.name).toBe("Before");
  });

  it("health names the database, and is not failing for it afterwards", async () => {
    cut();
    expect(await checkHealth()).toEqual({ status: "failing", failing: "database" });
    mend();
    expect(await checkHealth()).not.toMatchObject({ failing: "database" });
  });

  it("a job cannot be left, says so, and can be afterwards", async () => {
    const email = `${randomUUID()}@example.com`;
    cut();
    const job = { email, about: "sign_up" } as const;
    expect(isDatabaseGone(await errorOf(enqueue("account-mail", job)))).toBe(true);
    mend();
    await enqueue("account-mail", job);
    expect((await listJobs("account-mail")).map(({ data }) => data)).toEqual([job]);
  });
});
