import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { db } from "@/db/client";
import type { CreateDestinationInput } from "@/server/schemas/destinations";
import { listActivity } from "@/server/services/activity";
import { getDestination } from "@/server/services/destinations/read";
import {
  createDestination,
  deleteDestination,
  switchDestination,
  updateDestination,
} from "@/server/services/destinations/save";
import { recoverEvents, resendEvent } from "@/server/services/destinations/sendings";
import { listSendings } from "@/server/services/events/read";
import { createPoster, type Poster, type PostResult } from "@/server/services/event-sending/post";
import { createEventSender } from "@/server/services/event-sending/run";
import { findNextAttempt } from "@/server/services/event-sending/schedule";
import { recordEvent } from "@/server/services/events/record";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { listEmails, runJobs } from "../../support/mail";
import { startReceiver, verify } from "../../support/receiver";
import { createTenantPair, type TestTenant } from "../../support/tenants";

const superuser = connectAsSuperuser();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let first: TestTenant;
let second: TestTenant;
let a: TenantContext;
let b: TenantContext;
/** The clock of the senders of a test. */
let now: Date;
const passTime = (ms: number) => (now = new Date(now.getTime() + ms));

beforeEach(async () => {
  ({ first, second } = await createTenantPair());
  a = await first.asOwner();
  b = await second.asOwner();
  now = new Date();
  // Senders serve every organisation: those of earlier tests are done.
  await superuser`update destinations set deleted_at = now() where deleted_at is null`;
});

function openSender(poster: Poster = createPoster()) {
  onTestFinished(() => poster.close());
  return createEventSender({ poster, now: () => now });
}

/** Passes until nothing is due. */
async function sendAll(sender: ReturnType<typeof openSender>): Promise<void> {
  while (await sender.pass()) await sender.settle();
}

const add = (ctx: TenantContext, url: string, overrides: Partial<CreateDestinationInput> = {}) =>
  createDestination(
    ctx,
    { name: "Practice system", url, eventTypes: [], practiceIds: [], ...overrides },
    now,
  );

/** Records an event of a link, as the code of links does. */
async function recordAtOnce(
  ctx: TenantContext,
  key: string = randomUUID(),
  practiceId = randomUUID(),
) {
  await db.tenant(ctx, (tx) =>
    recordEvent(tx, ctx, {
      type: "link.opened",
      key,
      subjectId: key,
      data: { practiceId, linkId: key, kind: "booking", reference: null },
    }),
  );
  return key;
}

/** As `recordAtOnce`, and waits for older transactions: those of other test files delay events too. */
async function record(...input: Parameters<typeof recordAtOnce>) {
  const key = await recordAtOnce(...input);
  const hasNoOlder = async () => {
    const [row] = await superuser`
      select bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())) as is_due
      from events where subject_id = ${key}`;
    return row?.is_due;
  };
  await expect.poll(hasNoOlder, { timeout: 20_000 }).toBe(true);
  return key;
}

const answerOf = (status: number, headers: Record<string, string> = {}) =>
  startReceiver((_, response) => void response.writeHead(status, headers).end());
const idsOf = (receiver: { received: { headers: Record<string, unknown> }[] }) =>
  receiver.received.map(({ headers }) => headers["webhook-id"]);

describe("sending events", () => {
  it("an event arrives once, signed, as documented, and only at its own organisation", async () => {
    const receiver = await startReceiver();
    const { secret } = await add(a, receiver.url);
    const other = await startReceiver();
    await add(b, other.url);
    const linkId = await record(a);
    const sender = openSender();
    await sendAll(sender);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(1);
    expect(other.received).toEqual([]);
    const [request] = receiver.received;
    if (!request) throw new Error("Nothing arrived.");
    expect(request.headers).toMatchObject({ "content-type": "application/json" });
    expect(verify(request, secret)).toEqual({
      type: "link.opened",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        practiceId: expect.any(String),
        linkId,
        kind: "booking",
        reference: null,
      },
    });
  });

  it("each ID arrives once, with 30 % of the changes repeated and three workers at once", async () => {
    const receiver = await startReceiver();
    const { view } = await add(a, receiver.url);
    const keys = Array.from({ length: 200 }, () => randomUUID());
    const repeated = [...keys, ...keys.filter((_, index) => index % 10 < 3)];
    const senders = [openSender(), openSender(), openSender()];
    const work = senders.map(async (sender) => {
      for (let pass = 0; pass < 10; pass += 1) await sendAll(sender);
    });
    await Promise.all(repeated.map((key) => record(a, key)));
    await Promise.all(work);
    for (const sender of senders) await sendAll(sender);
    expect(receiver.received).toHaveLength(keys.length);
    expect(new Set(idsOf(receiver)).size).toBe(keys.length);
    expect((await getDestination(a, { destinationId: view.id })).waitingCount).toBe(0);
  });

  it("an older transaction that commits after a newer one is not skipped", async () => {
    const receiver = await startReceiver();
    await add(a, receiver.url);
    const sender = openSender();
    const opened = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const older = db.tenant(a, async (tx) => {
      const linkId = randomUUID();
      const data = { practiceId: randomUUID(), linkId, kind: "booking", reference: null } as const;
      await recordEvent(tx, a, { type: "link.opened", key: linkId, subjectId: linkId, data });
      opened.resolve();
      await mayCommit.promise;
    });
    await opened.promise;
    await recordAtOnce(a);
    await sendAll(sender);
    mayCommit.resolve();
    await older;
    const sendAndCount = async () => {
      await sendAll(sender);
      return receiver.received.length;
    };
    await expect.poll(sendAndCount, { timeout: 20_000 }).toBe(2);
    expect(new Set(idsOf(receiver)).size).toBe(2);
    expect(receiver.received).toHaveLength(2);
  });

  it("events that end together reach the organisation's open pages as one change", async () => {
    await add(a, "https://example.org/events");
    await add(b, "https://example.org/events");
    await superuser`delete from changes where topic = 'destinations'`;
    const responses: (() => void)[] = [];
    const poster: Poster = {
      close: () => Promise.resolve(),
      post: () =>
        new Promise((resolve) => {
          responses.push(() => resolve({ status: 204, durationMs: 1, retryAfterMs: null }));
        }),
    };
    for (let index = 0; index < 6; index += 1) await record(a);
    const sender = openSender(poster);
    await sender.pass();
    expect(responses).toHaveLength(6);
    for (const respond of responses) respond();
    await sender.settle();
    const changes = await superuser<{ tenant_id: string }[]>`
      select tenant_id from changes where topic = 'destinations'`;
    // One when they began to wait, one for the first to end and one for the five that ended meanwhile.
    expect(changes.map(({ tenant_id }) => tenant_id)).toEqual(Array(3).fill(a.tenantId));
  });

  it("types and practices that a destination leaves out are not sent to it", async () => {
    const [practice, otherPractice] = [randomUUID(), randomUUID()];
    const receiver = await startReceiver();
    await add(a, receiver.url, { eventTypes: ["link.created"] });
    const ofPractice = await startReceiver();
    const { view } = await add(a, ofPractice.url);
    await superuser`update destinations set practice_ids = ${[practice]} where id = ${view.id}`;
    await record(a, randomUUID(), practice);
    await record(a, randomUUID(), otherPractice);
    await sendAll(openSender());
    expect(receiver.received).toEqual([]);
    expect(ofPractice.received).toHaveLength(1);
    expect(ofPractice.received[0]?.body).toContain(practice);
  });

  it("a worker that dies after sending is followed by one that sends the same ID", async () => {
    const receiver = await startReceiver();
    await add(a, receiver.url);
    await record(a);
    const real = createPoster();
    // As after `kill -9`: the request was answered, and nothing is recorded.
    const dying = openSender({
      close: () => real.close(),
      async post(...request) {
        await real.post(...request);
        return new Promise<PostResult>(() => undefined);
      },
    });
    await dying.pass();
    await expect.poll(() => receiver.received.length).toBe(1);
    const next = openSender();
    await sendAll(next);
    expect(receiver.received).toHaveLength(1);
    passTime(61_000);
    await sendAll(next);
    await sendAll(next);
    expect(receiver.received).toHaveLength(2);
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });
});

describe("sending again", () => {
  it("the delays are those of the documentation, with jitter, and end after five days", () => {
    const start = new Date(0);
    const delaysOf = (random: number) => {
      const delays: number[] = [];
      let at = start;
      for (let attempts = 1; ; attempts += 1) {
        const next = findNextAttempt(attempts, start, at, random);
        if (!next) return { delays, end: at.getTime() };
        delays.push(next.getTime() - at.getTime());
        at = next;
      }
    };
    const { delays, end } = delaysOf(0.5);
    expect(delays.slice(0, 9)).toEqual([
      5_000,
      5 * minute,
      30 * minute,
      2 * hour,
      5 * hour,
      10 * hour,
      10 * hour,
      12 * hour,
      12 * hour,
    ]);
    expect(end).toBe(5 * day);
    for (const random of [0, 1]) {
      const jittered = delaysOf(random);
      expect(jittered.end).toBe(5 * day);
      expect(jittered.delays[0]).toBe(random === 0 ? 4_500 : 5_500);
    }
  });

  it.each([
    ["a status other than 2xx", 500],
    ["a redirect", 301],
  ])("%s leads to another attempt, and a success is the last", async (_, status) => {
    const receiver = await answerOf(status);
    const { view } = await add(a, receiver.url);
    await record(a);
    const sender = openSender();
    await sendAll(sender);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(1);
    expect(await getDestination(a, { destinationId: view.id })).toMatchObject({
      isOn: true,
      failingSince: now.toISOString(),
      waitingCount: 1,
    });
    receiver.answerWith((__, response) => void response.end());
    passTime(6_000);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(2);
    expect(new Set(idsOf(receiver)).size).toBe(1);
    const destinationId = view.id;
    expect(await getDestination(a, { destinationId })).toMatchObject({
      failingSince: null,
      waitingCount: 0,
    });
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "delivered", attempts: 2, lastAttempt: { status: 200 } }],
    });
  });

  it("a name that does not resolve is tried again", async () => {
    const { view } = await add(a, "https://partner.example.org/");
    await record(a);
    let isKnown = false;
    const sender = openSender(createPoster(async () => (isKnown ? ["127.0.0.1"] : [])));
    await sendAll(sender);
    const destinationId = view.id;
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "waiting", attempts: 1, lastAttempt: { errorCode: "name_not_found" } }],
    });
    // c19: it resolves to this machine by now, which is refused.
    isKnown = true;
    passTime(6_000);
    await sendAll(sender);
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "waiting", attempts: 2, lastAttempt: { errorCode: "address_refused" } }],
    });
  });

  it.each([
    [429, undefined, 60],
    [502, undefined, 60],
    [504, undefined, 60],
    [503, "300", 300],
    [429, "86400", 3_600],
  ])(
    "%i with Retry-After %s pauses the destination for %i seconds",
    async (status, retryAfter, seconds) => {
      const receiver = await answerOf(status, retryAfter ? { "retry-after": retryAfter } : {});
      const { view } = await add(a, receiver.url);
      await record(a);
      await record(a);
      const sender = openSender();
      await sender.pass();
      await sender.settle();
      const sentBefore = receiver.received.length;
      expect(await getDestination(a, { destinationId: view.id })).toMatchObject({
        pausedUntil: new Date(now.getTime() + seconds * 1_000).toISOString(),
      });
      passTime(seconds * 1_000 - 1);
      await sendAll(sender);
      expect(receiver.received).toHaveLength(sentBefore);
      receiver.answerWith((_, response) => void response.end());
      passTime(5 * minute);
      await sendAll(sender);
      expect(new Set(idsOf(receiver)).size).toBe(2);
      expect((await getDestination(a, { destinationId: view.id })).waitingCount).toBe(0);
    },
  );

  it("status 410 turns a destination off at once; its events are sent when it is turned on", async () => {
    const receiver = await answerOf(410);
    const { view } = await add(a, receiver.url);
    const destinationId = view.id;
    await record(a);
    const sender = openSender();
    await sendAll(sender);
    await record(a);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(1);
    expect(await getDestination(a, { destinationId })).toMatchObject({
      isOn: false,
      offReason: "gone",
    });
    const { items } = await listActivity(a, { limit: 1 });
    expect(items).toMatchObject([{ action: "Turned off a destination for events" }]);
    await runJobs("destination-mail");
    const emails = await listEmails(first.owner.email);
    expect(emails.map(({ subject }) => subject)).toEqual([
      "Events are no longer sent to Practice system",
    ]);
    receiver.answerWith((_, response) => void response.end());
    await switchDestination(a, { destinationId, isOn: true }, now);
    await sendAll(sender);
    expect(new Set(idsOf(receiver)).size).toBe(2);
    expect(receiver.received).toHaveLength(3);
  });

  it("five days of failures turn a destination off, with one email before and one after", async () => {
    const receiver = await answerOf(500);
    const { view } = await add(a, receiver.url);
    const destinationId = view.id;
    const viewer = await first.asRole("viewer");
    await record(a);
    const sender = openSender();
    const start = now.getTime();
    const mailsAt = new Map<string, number>();
    while (now.getTime() < start + 5 * day + hour) {
      await sendAll(sender);
      await runJobs("destination-mail");
      for (const { subject } of await listEmails(first.owner.email)) {
        if (!mailsAt.has(subject)) mailsAt.set(subject, now.getTime() - start);
      }
      passTime(hour);
    }
    expect([...mailsAt.keys()]).toEqual([
      "Events do not reach Practice system",
      "Events are no longer sent to Practice system",
    ]);
    const [warnedAfter, disabledAfter] = [...mailsAt.values()];
    expect(warnedAfter).toBeGreaterThanOrEqual(4 * day);
    expect(warnedAfter).toBeLessThan(4.6 * day);
    expect(disabledAfter).toBeGreaterThanOrEqual(5 * day);
    expect(await getDestination(a, { destinationId })).toMatchObject({
      isOn: false,
      offReason: "failing",
    });
    expect(await listEmails(first.owner.email)).toHaveLength(2);
    if (viewer.actor.kind !== "person") throw new Error("The viewer is a person.");
    expect(await listEmails(viewer.actor.email)).toEqual([]);
    // What was given up is recovered by a person.
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "given_up" }],
    });
    receiver.answerWith((_, response) => void response.end());
    await switchDestination(a, { destinationId, isOn: true }, now);
    const since = new Date(start - minute).toISOString();
    expect(await recoverEvents(a, { destinationId, since }, now)).toEqual({ count: 1 });
    await sendAll(sender);
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "delivered" }],
    });
  }, 120_000);

  it("what waits for a failing destination is sent at once to its new address", async () => {
    const failing = await answerOf(503, { "retry-after": "3600" });
    const fields = { name: "Practice system", eventTypes: [], practiceIds: [] };
    const { view } = await add(a, failing.url);
    const destinationId = view.id;
    await record(a);
    const sender = openSender();
    await sendAll(sender);
    // A new name alone changes nothing.
    const renamed = { ...fields, name: "Other", destinationId, url: failing.url };
    expect(await updateDestination(a, renamed, now)).toMatchObject({
      failingSince: now.toISOString(),
    });
    await sendAll(sender);
    expect(failing.received).toHaveLength(1);
    const receiver = await startReceiver();
    const moved = { ...fields, destinationId, url: receiver.url };
    expect(await updateDestination(a, moved, now)).toMatchObject({
      failingSince: null,
      pausedUntil: null,
    });
    await sendAll(sender);
    expect(idsOf(receiver)).toEqual(idsOf(failing));
  });

  it("an event that is sent again by a person starts with its first attempt and keeps its ID", async () => {
    const receiver = await answerOf(500);
    const { view } = await add(a, receiver.url);
    const destinationId = view.id;
    await record(a);
    const sender = openSender();
    for (const wait of [0, 6_000, 6 * minute]) {
      passTime(wait);
      await sendAll(sender);
    }
    expect(receiver.received).toHaveLength(3);
    const [eventId = ""] = idsOf(receiver).map(String);
    await resendEvent(a, { destinationId, eventId }, now);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(4);
    // Five seconds again, not two hours.
    passTime(6_000);
    receiver.answerWith((_, response) => void response.end());
    await sendAll(sender);
    expect(receiver.received).toHaveLength(5);
    // Also after it arrived.
    await resendEvent(a, { destinationId, eventId }, now);
    await sendAll(sender);
    expect(new Set(idsOf(receiver))).toEqual(new Set([eventId]));
    expect(receiver.received).toHaveLength(6);
  });

  it("c1: another organisation cannot send an event to its own destination, nor recover it", async () => {
    const receiver = await answerOf(500);
    const { view } = await add(a, receiver.url);
    await record(a);
    await sendAll(openSender());
    const [eventId = ""] = idsOf(receiver).map(String);
    const theirs = await startReceiver();
    const { view: ofB } = await add(b, theirs.url);
    await expect(resendEvent(b, { destinationId: ofB.id, eventId })).rejects.toThrow("Not found");
    await expect(resendEvent(b, { destinationId: view.id, eventId })).rejects.toThrow("Not found");
    const since = new Date(0).toISOString();
    await expect(recoverEvents(b, { destinationId: view.id, since })).rejects.toThrow("Not found");
    expect(await recoverEvents(b, { destinationId: ofB.id, since })).toEqual({ count: 0 });
  });

  it("nothing is sent to a destination that is off or deleted, and its events are kept", async () => {
    const receiver = await startReceiver();
    const { view } = await add(a, receiver.url);
    const destinationId = view.id;
    const sender = openSender();
    await switchDestination(a, { destinationId, isOn: false }, now);
    await record(a);
    await sendAll(sender);
    expect(receiver.received).toEqual([]);
    await switchDestination(a, { destinationId, isOn: true }, now);
    await sendAll(sender);
    expect(receiver.received).toHaveLength(1);
    await record(a);
    await deleteDestination(a, { destinationId });
    await sendAll(sender);
    expect(receiver.received).toHaveLength(1);
  });
});

describe("a slow destination", () => {
  it("a destination with 1,000 waiting events does not delay another's only event", async () => {
    const slow = await startReceiver(() => undefined);
    await add(a, slow.url);
    await add(b, (await startReceiver(() => undefined)).url);
    const quick = await startReceiver();
    await add(b, quick.url, { eventTypes: ["link.created"] });
    const ofSameTenant = await startReceiver();
    await add(a, ofSameTenant.url, { eventTypes: ["bulk_upload.finished"] });
    await Promise.all(Array.from({ length: 1_000 }, () => record(a)));
    const sender = openSender();
    await sender.pass();
    await expect.poll(() => slow.received.length).toBeGreaterThan(0);
    const data = { bulkUploadId: randomUUID() };
    const start = performance.now();
    await db.tenant(a, (tx) =>
      recordEvent(tx, a, {
        type: "bulk_upload.finished",
        key: data.bulkUploadId,
        subjectId: data.bulkUploadId,
        data,
      }),
    );
    const linkId = randomUUID();
    await db.tenant(b, (tx) =>
      recordEvent(tx, b, {
        type: "link.created",
        key: linkId,
        subjectId: linkId,
        data: { practiceId: randomUUID(), linkId, kind: "form", reference: null },
      }),
    );
    await expect
      .poll(
        async () => {
          await sender.pass();
          return [quick.received.length, ofSameTenant.received.length];
        },
        { timeout: 10_000 },
      )
      .toEqual([1, 1]);
    expect(performance.now() - start).toBeLessThan(5_000);
    // Only a few of the slow one's requests are open.
    expect(slow.countConnections()).toBeLessThanOrEqual(8);
  }, 60_000);
});

describe("the worker", () => {
  let worker: ChildProcess | undefined;

  async function startWorker(): Promise<void> {
    const child = spawn(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", "server/jobs/worker.ts"],
      { env: process.env, stdio: ["ignore", "pipe", "inherit"] },
    );
    worker = child;
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line === '{"ready":true}') resolve();
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
    const exited = once(worker, "exit");
    worker.kill(signal);
    await exited;
  }

  it("a worker is killed in the middle, another is stopped at the end, and every event arrives", async () => {
    onTestFinished(() => end("SIGKILL"));
    const receiver = await startReceiver((_, response) => {
      setTimeout(() => response.end(), 20);
    });
    const { secret, view } = await add(a, receiver.url);
    const keys = await Promise.all(Array.from({ length: 300 }, () => record(a)));
    await startWorker();
    await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBeGreaterThan(50);
    await end("SIGKILL");
    // Their leases end in a minute; a person may also send them again.
    await superuser`update event_sendings set leased_until = null where destination_id = ${view.id}`;
    await startWorker();
    await expect.poll(() => new Set(idsOf(receiver)).size, { timeout: 30_000 }).toBe(keys.length);
    await end("SIGTERM");
    for (const request of receiver.received) verify(request, secret);
    const linkIds = receiver.received.map(({ body }) => /"linkId":"([^"]+)"/.exec(body)?.[1]);
    expect(new Set(linkIds)).toEqual(new Set(keys));
    expect(receiver.received.length).toBeLessThanOrEqual(keys.length + 8);
  }, 120_000);

  it("a worker that is stopped records no failure of a request that it cuts off", async () => {
    onTestFinished(() => end("SIGKILL"));
    const receiver = await startReceiver(() => undefined);
    const destinationId = (await add(a, receiver.url)).view.id;
    await record(a);
    await startWorker();
    await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(1);
    await end("SIGTERM");
    expect(await getDestination(a, { destinationId })).toMatchObject({
      isOn: true,
      failingSince: null,
      waitingCount: 1,
    });
    expect(await listSendings(a, { destinationId })).toMatchObject({
      items: [{ state: "waiting", attempts: 0, lastAttempt: null }],
    });
  }, 60_000);
});
