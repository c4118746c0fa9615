import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { connectAsSuperuser, databaseUrls } from "../setup/database";

const superuser = connectAsSuperuser();

// A relay between the portal and its database, which the tests can cut.
const databaseUrl = new URL(databaseUrls.servingUrl);
const sockets = new Set<Socket>();
let isDisconnected = false;

const relay = createServer((client) => {
  if (isDisconnected) {
    client.resetAndDestroy();
    return;
  }
  const server = connect(Number(databaseUrl.port), databaseUrl.hostname);
  for (const [source, destination] of [
    [client, server],
    [server, client],
  ] as const) {
    sockets.add(source);
    source.on("error", () => destination.destroy());
    source.on("close", () => {
      sockets.delete(source);
      destination.destroy();
    });
    source.pipe(destination);
  }
});
relay.listen(0, "127.0.0.1");
await once(relay, "listening");
const address = relay.address();
const relayUrl = new URL(databaseUrls.servingUrl);
relayUrl.hostname = "127.0.0.1";
relayUrl.port = String(typeof address === "object" && address ? address.port : 0);
// Set before the settings are first read.
process.env.DATABASE_URL = relayUrl.href;

const { db } = await import("@/db/client");
const { isDatabaseUnavailable } = await import("@/db/errors");
const { authenticate } = await import("@/server/services/accounts/authenticate");
const { consumeRateLimit } = await import("@/server/services/rate-limits");
const { checkHealth } = await import("@/server/services/health");
const { toTrpcError } = await import("@/server/trpc/errors");
const { findLiveSession } = await import("@/server/tenancy/session");
const { RateLimitedError } = await import("@/server/errors");
const { createPerson, createTenant } = await import("../support/tenants");
const { listPractices } = await import("@/server/services/practices/read");
const { enqueue } = await import("@/server/queue/enqueue");
const { listJobs } = await import("../support/mail");

function disconnect() {
  isDisconnected = true;
  for (const socket of sockets) socket.resetAndDestroy();
}
function reconnect() {
  isDisconnected = false;
}

afterEach(reconnect);
afterAll(() => {
  relay.close();
});

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => error,
  );

/** The outcomes of consecutive attempts. */
async function collectOutcomes(times: number, task: () => Promise<unknown>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < times; i++) {
    outcomes.push(
      await task().then(
        () => "through",
        (error: Error) => error.name,
      ),
    );
  }
  return outcomes;
}

describe("c8: sign-in limits while the database is unavailable", () => {
  it("each process keeps limiting on its own", async () => {
    const key = `${randomUUID()}@example.com`;
    expect(await collectOutcomes(4, () => consumeRateLimit("sign-in-account", key))).toEqual(
      Array.from({ length: 4 }, () => "through"),
    );
    disconnect();
    const outcomesWithout = await collectOutcomes(14, () =>
      consumeRateLimit("sign-in-account", key),
    );
    expect(outcomesWithout.filter((outcome) => outcome === "through").length).toBeLessThanOrEqual(
      10,
    );
    expect(outcomesWithout.slice(10)).toEqual(Array.from({ length: 4 }, () => "RateLimitedError"));
    await expect(consumeRateLimit("sign-in-account", key)).rejects.toThrow(RateLimitedError);
  });

  it("no one can sign in, and no response says that the password was wrong", async () => {
    const { email } = await createPerson();
    disconnect();
    const error = await errorOf(authenticate({ email, password: "any" }, randomUUID()));
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it("processes share their counters again when the database is back", async () => {
    const key = `${randomUUID()}@example.com`;
    disconnect();
    await errorOf(consumeRateLimit("sign-in-account", key));
    reconnect();
    const outcomes = await collectOutcomes(12, () => consumeRateLimit("sign-in-account", key));
    expect(outcomes.slice(10)).toEqual(["RateLimitedError", "RateLimitedError"]);
  });
});

describe("while the database is unavailable", () => {
  it("a request fails with its own sentence, and works when the database is back", async () => {
    const tenant = await createTenant();
    const ctx = await tenant.asOwner();
    expect(await listPractices(ctx)).toEqual([]);
    disconnect();
    const requests = [listPractices(ctx), findLiveSession(tenant.owner.token), tenant.asOwner()];
    for (const error of await Promise.all(requests.map(errorOf))) {
      expect(isDatabaseUnavailable(error)).toBe(true);
      expect(toTrpcError(error)).toMatchObject({
        code: "SERVICE_UNAVAILABLE",
        message: expect.stringMatching(/^The portal cannot reach its database\./),
      });
    }
    reconnect();
    expect(await listPractices(ctx)).toEqual([]);
    expect(await findLiveSession(tenant.owner.token)).not.toBeNull();
  });

  it("half a transaction has no effect", async () => {
    const { id } = await createPerson("Before");
    const { users } = await import("@/db/schema/accounts");
    const { eq } = await import("drizzle-orm");
    const promise = db.shared.transaction(async (tx) => {
      await tx.update(users).set({ name: "After" }).where(eq(users.id, id));
      disconnect();
      await tx.update(users).set({ name: "Later" }).where(eq(users.id, id));
    });
    expect(isDatabaseUnavailable(await errorOf(promise))).toBe(true);
    // Read past the relay: a pooled connection may learn of its reset only now.
    const [row] = await superuser`select name from users where id = ${id}`;
    expect(row?.name).toBe("Before");
  });

  it("health names the database, and recovers with it", async () => {
    disconnect();
    expect(await checkHealth()).toEqual({ status: "failing", failing: "database" });
    reconnect();
    expect(await checkHealth()).not.toMatchObject({ failing: "database" });
  });

  it("a job cannot be enqueued, which is reported, and can be afterwards", async () => {
    const email = `${randomUUID()}@example.com`;
    disconnect();
    const job = { email, purpose: "sign_up" } as const;
    expect(isDatabaseUnavailable(await errorOf(enqueue("account-mail", job)))).toBe(true);
    reconnect();
    await enqueue("account-mail", job);
    expect((await listJobs("account-mail")).map(({ data }) => data)).toEqual([job]);
  });
});
