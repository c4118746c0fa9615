import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as portalRoute from "@/app/api/trpc/[tenant]/[environment]/[trpc]/route";
import { db } from "@/db/client";
import { liveHub } from "@/server/services/live/hub";
import { listenForBatches, pollForBatches } from "@/server/services/live/listen";
import { changeChannel, runChangeSender, sendChanges } from "@/server/services/live/send";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsApp, connectAsSuperuser, databaseUrls } from "../setup/database";
import { cookieOf, sendChange, startLiveServer } from "../support/live";
import { openStream } from "../support/live-stream";
import { createPerson, createTenant, type TestTenant } from "../support/tenants";

process.env.LIVE_STREAMS_PER_PERSON = "24";
process.env.LIVE_STREAMS = "60";

const superuser = connectAsSuperuser();
let server: Awaited<ReturnType<typeof startLiveServer>>;
let tenant: TestTenant;
let ctx: TenantContext;

beforeAll(async () => {
  server = await startLiveServer();
  tenant = await createTenant();
  ctx = await tenant.asOwner();
});

afterAll(async () => {
  await server.stop();
});

async function findNewestBatch(): Promise<string> {
  const [row] = await superuser`select coalesce(max(batch), 0)::text as newest from change_batches`;
  return String(row?.newest);
}

type Reader = Awaited<ReturnType<typeof openStream>>;
const open = async (
  token: string,
  options: { at?: TestTenant; environment?: string; lastEventId?: string; gzip?: boolean } = {},
): Promise<Reader> =>
  openStream({
    url: server.url,
    scope: `${(options.at ?? tenant).slug}/${options.environment ?? "sandbox"}`,
    cookie: cookieOf(token),
    lastEventId: options.lastEventId ?? (await findNewestBatch()),
    ...(options.gzip && { headers: { "accept-encoding": "gzip" } }),
  });

/** A new member of the tenant, with a session of their own. */
async function addMember(role: string) {
  const person = await createPerson(`${role} person`);
  await superuser`insert into memberships (tenant_id, user_id, role)
    values (${ctx.tenantId}, ${person.id}, ${role})`;
  return person;
}

const subjectsOf = ({ events }: Reader) =>
  events.flatMap(({ changes }) => changes.map(({ subjectId }) => subjectId));

const waitUntil = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000 });
const hasFirstEvent = (reader: Reader) =>
  waitUntil(() => expect(reader.events.length).toBeGreaterThan(0));

describe("a stream of changes", () => {
  it("a stream sends its first event at once, uncompressed, and is never stored", async () => {
    const reader = await open(tenant.owner.token, { gzip: true });
    await hasFirstEvent(reader);
    expect(reader.firstEventAfterMs).toBeLessThan(1_000);
    expect(reader.status).toBe(200);
    expect(reader.headers).toMatchObject({
      "content-type": expect.stringContaining("text/event-stream"),
      "cache-control": "no-store, no-transform",
    });
    expect(reader.headers["content-encoding"]).toBeUndefined();
    expect(reader.events[0]).toMatchObject({ isReload: false, changes: [] });
    reader.abort();
  });

  it("a stream delivers a change within two seconds, to its tenant and environment only", async () => {
    const other = await createTenant();
    const own = await open(tenant.owner.token);
    const foreign = await open(other.owner.token, { at: other });
    await Promise.all([own, foreign].map(hasFirstEvent));
    const linkId = randomUUID();
    const sentAt = performance.now();
    await sendChange(ctx, "links", linkId);
    await waitUntil(() => expect(subjectsOf(own)).toEqual([linkId]));
    expect(performance.now() - sentAt).toBeLessThan(2_000);

    const foreignId = randomUUID();
    await sendChange(await other.asOwner(), "practices", foreignId);
    await waitUntil(() => expect(subjectsOf(foreign)).toEqual([foreignId]));
    const productionId = randomUUID();
    await superuser`insert into changes (tenant_id, environment, id, topic, subject_id)
      values (${ctx.tenantId}, 'production', ${randomUUID()}, 'links', ${productionId})`;
    await sendChanges();
    await sendChange(ctx, "links", linkId);
    await waitUntil(() => expect(subjectsOf(own)).toEqual([linkId, linkId]));
    expect(subjectsOf(foreign)).toEqual([foreignId]);
    own.abort();
    foreign.abort();
  });

  it("a change that is rolled back is not sent", async () => {
    await expect(
      db.tenant(ctx, async (tx) => {
        const { recordChange } = await import("@/server/services/live/record-change");
        await recordChange(tx, ctx, "links");
        throw new Error("Rolled back.");
      }),
    ).rejects.toThrow("Rolled back.");
    expect(await sendChanges()).toBeNull();
  });

  it("a stream resumes where it was, also with the header of a browser that reconnects", async () => {
    const before = await findNewestBatch();
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await sendChange(ctx, "links", id);
    const reader = await open(tenant.owner.token, { lastEventId: before });
    await hasFirstEvent(reader);
    expect(subjectsOf(reader)).toEqual(ids);
    expect(reader.events).toMatchObject([{ isReload: false, position: Number(before) + 3 }]);
    reader.abort();

    const later = await openStream({
      url: server.url,
      scope: `${tenant.slug}/sandbox`,
      cookie: cookieOf(tenant.owner.token),
      lastEventId: before,
      headers: { "last-event-id": String(Number(before) + 2) },
    });
    await hasFirstEvent(later);
    expect(subjectsOf(later)).toEqual(ids.slice(2));
    later.abort();
  });

  it.each(["99999999", "999999999999999"])(
    "a position that is not known (%j) gives exactly one reload",
    async (lastEventId) => {
      const reader = await open(tenant.owner.token, { lastEventId });
      await hasFirstEvent(reader);
      const newest = Number(await findNewestBatch());
      expect(reader.events).toEqual([{ position: newest, isReload: true, changes: [] }]);
      await sendChange(ctx, "links");
      await waitUntil(() => expect(reader.events).toHaveLength(2));
      expect(reader.events[1]).toMatchObject({ isReload: false, position: newest + 1 });
      reader.abort();
    },
  );

  it("a position whose batches were deleted gives exactly one reload", async () => {
    const before = await findNewestBatch();
    await sendChange(ctx, "links");
    await sendChange(ctx, "links");
    await superuser`update change_batches set sent_at = now() - interval '1 hour'`;
    await sendChange(ctx, "links");
    const reader = await open(tenant.owner.token, { lastEventId: before });
    await hasFirstEvent(reader);
    expect(reader.events).toMatchObject([{ isReload: true, changes: [] }]);
    reader.abort();
  });

  it("changes between a page's reads and its stream are not lost", async () => {
    const { resolveTenantContext } = await import("@/server/tenancy/session");
    const path = { tenant: tenant.slug, environment: "sandbox" };
    const page = await resolveTenantContext(tenant.owner.token, path, randomUUID());
    const linkId = randomUUID();
    await sendChange(ctx, "links", linkId);
    const reader = await open(tenant.owner.token, { lastEventId: String(page.livePosition) });
    await hasFirstEvent(reader);
    expect(subjectsOf(reader)).toEqual([linkId]);
    reader.abort();
  });

  it("many changes of one topic become one", async () => {
    const reader = await open(tenant.owner.token);
    await hasFirstEvent(reader);
    await superuser`insert into changes (tenant_id, environment, id, topic, subject_id)
      select ${ctx.tenantId}, 'sandbox', gen_random_uuid(), 'links', gen_random_uuid()
      from generate_series(1, 500)`;
    await sendChanges();
    await waitUntil(() => expect(reader.events).toHaveLength(2));
    expect(reader.events[1]?.changes).toEqual([{ topic: "links", subjectId: null }]);
    reader.abort();
  });
});

describe("who may listen", () => {
  it.each([
    [
      "signs out",
      (token: string) => superuser`delete from sessions where token_hash = sha256(${token}::bytea)`,
    ],
    [
      "is removed",
      (_: string, id: string) => superuser`delete from memberships where user_id = ${id}`,
    ],
    [
      "gets another role",
      (_: string, id: string) =>
        superuser`update memberships set role = 'viewer' where user_id = ${id}`,
    ],
    [
      "is disabled",
      (_: string, id: string) => superuser`update users set disabled_at = now() where id = ${id}`,
    ],
    [
      "was idle for an hour",
      (token: string) => superuser`update sessions set last_seen_at = now() - interval '61 minutes'
        where token_hash = sha256(${token}::bytea)`,
    ],
  ])("no event follows when the person %s", async (_, end) => {
    const member = await addMember("operator");
    const [ended, witness] = await Promise.all([open(member.token), open(tenant.owner.token)]);
    await Promise.all([ended, witness].map(hasFirstEvent));
    await end(member.token, member.id);
    const linkId = randomUUID();
    await sendChange(ctx, "links", linkId);
    await waitUntil(() => expect(subjectsOf(witness)).toEqual([linkId]));
    await ended.ended;
    expect(subjectsOf(ended)).toEqual([]);
    witness.abort();
  });

  it("a stream without changes closes at the next check", async () => {
    const member = await addMember("viewer");
    const [ended, witness] = await Promise.all([open(member.token), open(tenant.owner.token)]);
    await Promise.all([ended, witness].map(hasFirstEvent));
    await superuser`delete from memberships where user_id = ${member.id}`;
    await liveHub().check();
    await ended.ended;
    expect(ended.names).toContain("return");
    expect(witness.isEnded).toBe(false);
    witness.abort();
  });

  it("an open stream does not keep its session alive", async () => {
    const member = await addMember("viewer");
    await superuser`update sessions set last_seen_at = now() - interval '30 minutes'
      where token_hash = sha256(${member.token}::bytea)`;
    const reader = await open(member.token);
    await hasFirstEvent(reader);
    await liveHub().check();
    await sendChange(ctx, "links");
    await waitUntil(() => expect(reader.events).toHaveLength(2));
    const [session] =
      await superuser`select last_seen_at < now() - interval '29 minutes' as "isIdle"
      from sessions where token_hash = sha256(${member.token}::bytea)`;
    expect(session).toEqual({ isIdle: true });
    reader.abort();
  });

  it("a stream that cannot start returns the status of the reason", async () => {
    const stranger = await createPerson();
    expect((await open("no-session")).status).toBe(401);
    expect((await open(stranger.token)).status).toBe(404);
    expect((await open(tenant.owner.token, { lastEventId: "x" })).status).toBe(400);
    const foreign = await openStream({
      url: server.url,
      scope: `${tenant.slug}/sandbox`,
      cookie: cookieOf(tenant.owner.token),
      lastEventId: "0",
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(foreign.status).toBe(403);
  });

  it("over a person's limit a new stream gets 503, and the open ones stay", async () => {
    const member = await addMember("viewer");
    const readers: Reader[] = [];
    for (let count = 0; count < 24; count += 1) readers.push(await open(member.token));
    const refused = await open(member.token);
    await refused.ended;
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503 } },
    });
    const other = await open(tenant.owner.token);
    expect(other.status).toBe(200);
    await sendChange(ctx, "links");
    for (const reader of readers) {
      await waitUntil(() => expect(reader.events.at(-1)?.changes).toHaveLength(1));
    }
    readers[0]?.abort();
    await waitUntil(() => expect(readers[0]?.isEnded).toBe(true));
    await vi.waitFor(async () => {
      const next = await open(member.token);
      readers.push(next);
      expect(next.status).toBe(200);
    });
    for (const reader of [...readers, other]) reader.abort();
  });
});

function createAbort() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe("a slow or failing reader", () => {
  it("a slow reader waits alone, and what waits for it stays small", async () => {
    const slow = await open(tenant.owner.token);
    const fast = await open(tenant.owner.token);
    await Promise.all([slow, fast].map(hasFirstEvent));
    slow.pause();
    const ids = Array.from({ length: 40 }, () => randomUUID());
    for (const id of ids) {
      const sentAt = performance.now();
      await sendChange(ctx, "links", id);
      await waitUntil(() => expect(subjectsOf(fast)).toContain(id));
      expect(performance.now() - sentAt).toBeLessThan(2_000);
    }
    slow.resume();
    await waitUntil(() => expect(new Set(subjectsOf(slow))).toEqual(new Set(ids)));
    slow.abort();
    fast.abort();
  });

  it("streams that were aborted leave nothing behind", { timeout: 600_000 }, async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const path = { tenant: tenant.slug, environment: "sandbox", trpc: "live.changes" };
    const input = encodeURIComponent(JSON.stringify({ lastEventId: await findNewestBatch() }));
    const url = `http://localhost:3000/api/trpc/${tenant.slug}/sandbox/live.changes?input=${input}`;
    const openAndAbort = async (count: number) => {
      let left = count;
      const work = async () => {
        while (left > 0) {
          left -= 1;
          const { signal, abort } = createAbort();
          const headers = { cookie: cookieOf(tenant.owner.token) };
          const response = await portalRoute.GET(new Request(url, { headers, signal }), {
            params: Promise.resolve(path),
          });
          await response.body?.getReader().read();
          abort();
        }
      };
      await Promise.all(Array.from({ length: 20 }, work));
      await vi.waitFor(() => expect(liveHub().size).toBe(0), { timeout: 10_000 });
      for (let round = 0; round < 3; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
      }
      return process.memoryUsage().heapUsed;
    };
    const before = await openAndAbort(1_000);
    const after = await openAndAbort(10_000);
    expect(after / before).toBeLessThan(1.1);
  });
});

/** A relay to the database that can stop passing anything on, with its connections still open. */
async function startRelay() {
  const target = new URL(databaseUrls.servingUrl);
  const sockets = new Set<Socket>();
  const relay = { isSilent: false, connections: 0 };
  const server = createServer((incoming) => {
    relay.connections += 1;
    const outgoing = connect(Number(target.port), target.hostname);
    const isOld = () => relay.isSilent && sockets.has(incoming);
    sockets.add(incoming);
    incoming.on("data", (chunk) => isOld() || outgoing.write(chunk));
    outgoing.on("data", (chunk) => isOld() || incoming.write(chunk));
    for (const socket of [incoming, outgoing]) socket.on("error", () => undefined);
    incoming.on("close", () => outgoing.destroy());
    outgoing.on("close", () => incoming.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The relay has no port.");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    get connections() {
      return relay.connections;
    },
    /** From now on the present connections carry nothing; later ones work. */
    silence() {
      relay.isSilent = true;
      const old = new Set(sockets);
      sockets.clear();
      for (const socket of old) sockets.add(socket);
      server.on("connection", (socket) => sockets.delete(socket));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe("the connection that listens", () => {
  it("a half-open connection is replaced within 15 seconds, and what it missed is read", {
    timeout: 60_000,
  }, async () => {
    const relay = await startRelay();
    const seen: (number | undefined)[] = [];
    const listener = listenForBatches({
      databaseUrl: relay.url,
      onBatch: (newest) => seen.push(newest),
    });
    await waitUntil(() => expect(seen).toEqual([undefined]));
    const batch = await sendChange(ctx, "links");
    await waitUntil(() => expect(seen).toEqual([undefined, batch]));
    relay.silence();
    const silentSince = performance.now();
    await sendChange(ctx, "links");
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(2), { timeout: 20_000 });
    expect(performance.now() - silentSince).toBeLessThan(15_000);
    expect(seen.at(-1)).toBeUndefined();
    await waitUntil(() => expect(relay.connections).toBe(2));
    // The new connection hears of batches again.
    await vi.waitFor(
      async () => {
        await sendChange(ctx, "links");
        expect(seen.at(-1)).toBeGreaterThan(batch + 1);
      },
      { timeout: 10_000, interval: 100 },
    );
    await listener.stop();
    await relay.stop();
  });

  it("without a listening connection, polling finds changes", async () => {
    let polls = 0;
    const listener = pollForBatches(() => {
      polls += 1;
    }, 20);
    await waitUntil(() => expect(polls).toBeGreaterThan(2));
    await listener.stop();
  });
});

describe("the sender", () => {
  it("10,000 changes cost at most 100 notifications, and nothing is left", async () => {
    const app = connectAsApp();
    const notified: string[] = [];
    await app.listen(changeChannel, (payload) => notified.push(payload));
    await superuser`insert into changes (tenant_id, environment, id, topic, subject_id)
      select ${ctx.tenantId}, 'sandbox', gen_random_uuid(), 'deliveries', gen_random_uuid()
      from generate_series(1, 10000)`;
    const controllers = [new AbortController(), new AbortController()];
    const senders = controllers.map(({ signal }) => runChangeSender(signal));
    await vi.waitFor(
      async () => {
        const [row] = await superuser`select count(*)::int as count from changes`;
        expect(row).toEqual({ count: 0 });
      },
      { timeout: 15_000, interval: 100 },
    );
    for (const controller of controllers) controller.abort();
    await Promise.all(senders);
    expect(notified.length).toBeGreaterThan(1);
    expect(notified.length).toBeLessThanOrEqual(100);
    const numbers = notified.map(Number);
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });

  it("two senders at once give each change one batch", async () => {
    const reader = await open(tenant.owner.token);
    await hasFirstEvent(reader);
    const ids = Array.from({ length: 30 }, () => randomUUID());
    const { recordChange } = await import("@/server/services/live/record-change");
    await Promise.all([
      ...ids.map((id) => db.tenant(ctx, (tx) => recordChange(tx, ctx, "links", id))),
      ...Array.from({ length: 10 }, () => sendChanges()),
    ]);
    await sendChanges();
    await waitUntil(() => expect(new Set(subjectsOf(reader))).toEqual(new Set(ids)));
    reader.abort();
  });
});
