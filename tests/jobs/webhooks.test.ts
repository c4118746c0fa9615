import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, beforeAll, expect, it } from "vitest";
import { connectAsSuperuser } from "../setup/database";
import { listHeroCalls } from "../support/hero";
import {
  bookWithLink,
  createInvite,
  createWebhookPractices,
  insertDeliveries,
  processAll,
  type WebhookPractice,
} from "../support/process-webhooks";
import { cancelSandboxAppointment } from "../support/sandbox-webhooks";

const superuser = connectAsSuperuser();
const appointmentCount = 10;
const deliveryCount = 10_000;
const duplicateShare = 0.3;
const killCount = 2;

type Booking = { linkId: string; appointmentId: string };

let ordered: WebhookPractice;
let burst: WebhookPractice;
let orderedBookings: Booking[];
let burstBookings: Booking[];
let worker: ChildProcess | undefined;

async function startWorker(): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "server/jobs/worker.ts"],
    { env: { ...process.env, HERO_RATE_PER_SECOND: "50" }, stdio: ["ignore", "pipe", "inherit"] },
  );
  worker = child;
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === '{"ready":true}') resolve();
    });
  });
}

async function killWorker(): Promise<void> {
  if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
  const exited = once(worker, "exit");
  worker.kill("SIGKILL");
  await exited;
}

/** Every third one was cancelled afterwards. */
async function createBookings(practice: WebhookPractice): Promise<Booking[]> {
  const bookings: Booking[] = [];
  for (let index = 0; index < appointmentCount; index += 1) {
    const invite = await createInvite(practice);
    const appointmentId = await bookWithLink(invite);
    if (index % 3 === 0) await cancelSandboxAppointment(appointmentId);
    bookings.push({ linkId: invite.link.id, appointmentId });
  }
  return bookings;
}

beforeAll(async () => {
  ({ own: ordered, other: burst } = await createWebhookPractices("30298"));
  orderedBookings = await createBookings(ordered);
  burstBookings = await createBookings(burst);
}, 120_000);
afterEach(killWorker);

/** What Hero would send, in order: what happened first comes first. */
const deliveriesOf = (bookings: Booking[], count: number) =>
  Array.from({ length: count }, (_, index) => ({
    eventType:
      index < count / 2 ? ("appointment.confirmed" as const) : ("appointment.cancelled" as const),
    objectId: bookings[index % bookings.length]?.appointmentId ?? "",
    sentAt: new Date(Date.UTC(2027, 0, 1) + index * 1000),
  }));

/** A fixed shuffle: the test fails in the same way each time. */
function shuffle<Item>(items: readonly Item[]): Item[] {
  let seed = 1;
  const shuffled = items.map((item) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return { item, key: seed };
  });
  return shuffled.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

const countWaiting = async ({ ctx }: WebhookPractice): Promise<number> => {
  const [row] = await superuser<{ waiting: number }[]>`
    select count(*)::int as waiting from webhook_deliveries
    where tenant_id = ${ctx.tenantId} and state = 'waiting'`;
  return row?.waiting ?? 0;
};

/** The state of links, appointments and events, without what differs between two tenants. */
async function readState({ ctx }: WebhookPractice, bookings: Booking[]) {
  const rows = await superuser<{ linkId: string }[]>`
    select l.id as "linkId", l.uses, a.state::text, a.hero_appointment_id as "appointmentId",
      array(select type from events e where e.tenant_id = l.tenant_id and e.subject_id = l.id::text
        and e.type in ('link.booked', 'link.cancelled') order by type) as events
    from links l left join link_appointments a on a.tenant_id = l.tenant_id and a.link_id = l.id
    where l.tenant_id = ${ctx.tenantId} order by l.id`;
  const heroEvents = await superuser`
    select type, subject_id as "appointmentId", count(*)::int from events
    where tenant_id = ${ctx.tenantId} and type like 'hero.%' group by 1, 2 order by 1, 2`;
  const nameOf = (id: string) =>
    bookings.findIndex((booking) => Object.values(booking).includes(id));
  const anonymous = (items: readonly object[]) =>
    items.map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([name, value]) => [
          name,
          name.endsWith("Id") ? nameOf(String(value)) : value,
        ]),
      ),
    );
  const byAppointment = anonymous(heroEvents).map((each) => JSON.stringify(each));
  return { links: anonymous(rows), heroEvents: byAppointment.toSorted() };
}

it("c27: duplicates, another order and a killed worker end in the state of the ordered run", {
  timeout: 240_000,
}, async () => {
  const distinctCount = deliveryCount * (1 - duplicateShare);
  await insertDeliveries(ordered, deliveriesOf(orderedBookings, distinctCount));
  await processAll(ordered.ctx, ordered.practice.id);
  await processAll(ordered.ctx, ordered.practice.id, new Date(Date.now() + 60_000));

  const distinct = deliveriesOf(burstBookings, distinctCount);
  const duplicates = distinct.slice(0, deliveryCount - distinctCount);
  await startWorker();
  await insertDeliveries(burst, shuffle([...distinct, ...duplicates]));
  for (let killNumber = 1; killNumber <= killCount; killNumber += 1) {
    // Some deliveries are done and others wait.
    await expect
      .poll(() => countWaiting(burst), { timeout: 60_000, interval: 5 })
      .toBeLessThan(deliveryCount - (deliveryCount / 10) * killNumber);
    await killWorker();
    process.stdout.write(`killed with ${await countWaiting(burst)} waiting\n`);
    await startWorker();
  }
  await expect.poll(() => countWaiting(burst), { timeout: 120_000, interval: 200 }).toBe(0);

  const states = await superuser<{ state: string; count: number }[]>`
    select state::text, count(*)::int from webhook_deliveries
    where tenant_id = ${burst.ctx.tenantId} group by 1`;
  expect(states).toEqual([{ state: "done", count: deliveryCount }]);
  const state = await readState(burst, burstBookings);
  expect(state).toEqual(await readState(ordered, orderedBookings));
  expect(state.links.filter(({ state }) => state === "cancelled").length).toBe(4);
  expect(state.links.filter(({ state }) => state === "booked").length).toBe(6);
});

it("c27: a tenant's only delivery is processed within 5 s beside another's 10,000, which cost 20 reads", {
  timeout: 120_000,
}, async () => {
  const countReads = async () => (await listHeroCalls(burst.apiKey, "getAppointment")).length;
  const readsBefore = await countReads();
  const burstDeliveries = deliveriesOf(burstBookings, deliveryCount);
  await insertDeliveries(
    burst,
    burstDeliveries.map((delivery) => ({ ...delivery, sentAt: new Date() })),
  );
  const invite = await createInvite(ordered);
  const appointmentId = await bookWithLink(invite);
  await startWorker();
  const [id = ""] = await insertDeliveries(ordered, [
    { eventType: "appointment.confirmed", objectId: appointmentId },
  ]);
  const startedAt = performance.now();
  await expect
    .poll(
      async () =>
        (await superuser`select state from webhook_deliveries where id = ${id}`)[0]?.state,
      { timeout: 30_000, interval: 20 },
    )
    .toBe("done");
  const tookMs = Math.round(performance.now() - startedAt);
  const waiting = await countWaiting(burst);
  await expect.poll(() => countWaiting(burst), { timeout: 60_000, interval: 100 }).toBe(0);
  const allMs = Math.round(performance.now() - startedAt);
  const reads = (await countReads()) - readsBefore;
  process.stdout.write(
    `one delivery: ${tookMs} ms with ${waiting} waiting; 10,000: ${allMs} ms and ${reads} reads\n`,
  );
  expect(tookMs).toBeLessThan(5_000);
  expect(reads).toBeLessThanOrEqual(2 * appointmentCount);
});
