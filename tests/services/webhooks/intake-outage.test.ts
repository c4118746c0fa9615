import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, expect, it } from "vitest";
import { connectAsSuperuser, databaseUrls } from "../../setup/database";

// A relay between the portal and its database, which the test can cut.
const databaseUrl = new URL(databaseUrls.servingUrl);
const sockets = new Set<Socket>();
let isDisconnected = false;
let isFrozen = false;

const relay = createServer((client) => {
  if (isFrozen) {
    // Accepted, and never answered.
    sockets.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => sockets.delete(client));
    return;
  }
  if (isDisconnected) {
    client.resetAndDestroy();
    return;
  }
  const upstream = connect(Number(databaseUrl.port), databaseUrl.hostname);
  for (const [source, destination] of [
    [client, upstream],
    [upstream, client],
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

const { deliveryBody, insertEndpoint, startIntakeServer } = await import(
  "../../support/webhook-intake"
);
const { db } = await import("@/db/client");
const { createTenant } = await import("../../support/tenants");
const { getSandboxPractice } = await import("../../support/hero");

const superuser = connectAsSuperuser();
const server = await startIntakeServer();

afterAll(async () => {
  isDisconnected = false;
  await server.stop();
  relay.close();
});

it("c27: while PostgreSQL is gone for 10 s in a burst, Hero is answered 503; what was acknowledged is stored", {
  timeout: 60_000,
}, async () => {
  const tenant = await createTenant();
  const practice = await tenant.connect(await getSandboxPractice("30298", "a"));
  const endpoint = await insertEndpoint(await tenant.asOwner(), {
    ...practice,
    practiceGroupId: "30298",
  });
  const acknowledged = new Set<string>();
  const refused = new Set<string>();
  const statuses = {
    before: new Set<number>(),
    during: new Set<number>(),
    after: new Set<number>(),
  };
  let phase: keyof typeof statuses = "before";
  let isDone = false;
  let nextId = 1;

  const send = async (id: string) => {
    const sentIn = phase;
    const { status } = await server.deliver(endpoint, deliveryBody(endpoint, { id }));
    // What was under way when the connections broke, or came back, belongs to neither phase.
    if (sentIn === phase) statuses[phase].add(status);
    (status === 200 ? acknowledged : refused).add(id);
  };
  const sender = async () => {
    while (!isDone) await send(String(nextId++));
  };
  const senders = Array.from({ length: 32 }, sender);

  await expect.poll(() => acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(100);
  const acknowledgedBefore = acknowledged.size;
  phase = "during";
  isDisconnected = true;
  for (const socket of sockets) socket.resetAndDestroy();
  await sleep(10_000);
  isDisconnected = false;
  phase = "after";
  // Each connection waits before it tries again.
  await expect
    .poll(() => acknowledged.size, { timeout: 15_000 })
    .toBeGreaterThan(acknowledgedBefore + 100);
  isDone = true;
  await Promise.all(senders);

  expect([...statuses.before]).toEqual([200]);
  expect([...statuses.during]).toEqual([503]);
  expect([...statuses.after].filter((status) => ![200, 503].includes(status))).toEqual([]);
  expect(refused.size).toBeGreaterThan(0);
  const stored = await superuser`select object_id from webhook_deliveries
    where endpoint_id = ${endpoint.id}`;
  const storedIds = new Set(stored.map((row) => String(row.object_id)));
  expect([...acknowledged].filter((id) => !storedIds.has(id))).toEqual([]);
  expect(stored).toHaveLength(storedIds.size);
  process.stdout.write(
    `${JSON.stringify({ acknowledged: acknowledged.size, refused: refused.size })}\n`,
  );
});

/** Whether every connection of the pool works again after an outage. */
const isDatabaseBack = () =>
  Promise.all(Array.from({ length: 30 }, () => db.shared.execute(sql`select 1`))).then(
    () => true,
    () => false,
  );

it("c27: while the database does not answer at all, Hero is answered 503 after five seconds", {
  timeout: 60_000,
}, async () => {
  await expect.poll(isDatabaseBack, { timeout: 30_000 }).toBe(true);
  const tenant = await createTenant();
  const practice = await tenant.connect(await getSandboxPractice("30298", "a"));
  const endpoint = await insertEndpoint(await tenant.asOwner(), {
    ...practice,
    practiceGroupId: "30298",
  });
  expect((await server.deliver(endpoint)).status).toBe(200);
  isFrozen = true;
  const frozen = [...sockets];
  for (const socket of frozen) socket.pause();
  const unknown = { ...endpoint, urlToken: "A".repeat(43) };
  const answers = await Promise.all([endpoint, endpoint, unknown].map((at) => server.deliver(at)));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  isFrozen = false;
  for (const socket of sockets) {
    if (frozen.includes(socket)) socket.resume();
    else socket.destroy();
  }
  await expect
    .poll(async () => (await server.deliver(endpoint)).status, { timeout: 30_000 })
    .toBe(200);
  expect((await server.deliver(unknown)).status).toBe(401);
});
