import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { refreshAppointment } from "@/server/services/appointments/refresh";
import { listHeroCalls } from "../support/hero";
import type { Bookings } from "../support/book-appointments";
import {
  createBookingTenant,
  listAtHero,
  listSlotsInDays,
  reserveInput,
  superuser,
} from "../services/appointments/support";

const slotCount = 12;
/** The process is killed when the sandbox has received one more call of each, in this order. */
const killedAt = ["createAppointment", "bookAppointment", "getAppointment", "bookAppointment"];

let child: ReturnType<typeof spawn> | undefined;
afterAll(() => child?.kill("SIGKILL"));

it("a process killed at each step of a booking books nothing twice, and every slot is accounted for", {
  timeout: 300_000,
}, async () => {
  const tenant = await createBookingTenant("30183");
  const slots = (await listSlotsInDays(tenant, 29)).slice(0, slotCount);
  expect(slots).toHaveLength(slotCount);
  let requests: Bookings["requests"] = slots.map((slot) => ({
    hold: reserveInput(tenant, slot.id),
    bookingId: randomUUID(),
  }));
  const countCalls = async (operation: string) =>
    (await listHeroCalls(tenant.apiKey, operation)).length;
  const start = () => {
    const bookings: Bookings = { ctx: tenant.ctx, requests };
    child = spawn(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", "tests/support/book-appointments.ts"],
      {
        env: { ...process.env, BOOKINGS: JSON.stringify(bookings) },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    return once(child, "exit");
  };

  for (const operation of killedAt) {
    const before = await countCalls(operation);
    const exit = start();
    await expect
      .poll(() => countCalls(operation), { timeout: 60_000, interval: 2 })
      .toBeGreaterThan(before);
    child?.kill("SIGKILL");
    await exit;
    // Someone sends the interrupted request again, with the same operation IDs, and goes on.
    const [row] = await superuser<{ count: number }[]>`
      select count(*)::int from appointments where practice_id = ${tenant.practiceId}`;
    requests = requests.slice(Math.max(0, (row?.count ?? 0) - (slotCount - requests.length) - 1));
  }
  const [code] = await start();
  expect(code).toBe(0);

  // Each slot has one row; what a dead process left is read once it is old enough.
  await superuser`update appointments set created_at = now() - interval '10 minutes'
    where practice_id = ${tenant.practiceId}`;
  await superuser`update appointment_changes set created_at = now() - interval '10 minutes'
    where tenant_id = ${tenant.ctx.tenantId}`;
  const rows = await superuser<{ id: string; hero_id: string | null }[]>`
    select id, hero_appointment_id as hero_id from appointments where practice_id = ${tenant.practiceId}`;
  expect(rows).toHaveLength(slotCount);
  const views = await Promise.all(
    rows.map(async ({ id, hero_id }) =>
      hero_id === null
        ? null
        : (await refreshAppointment(tenant.ctx, { appointmentId: id })).appointment,
    ),
  );
  const atHero = (await listAtHero(tenant.patientId)).filter(
    ({ state }) => state === "booked" || state === "reserved",
  );
  const times = atHero.map(({ startTime, practitionerId }) =>
    JSON.stringify([startTime, practitionerId]),
  );
  expect(new Set(times).size).toBe(times.length);
  const counts = {
    booked: views.filter((view) => view?.state === "booked").length,
    held: views.filter((view) => view?.state === "reserved").length,
    // Their reply was lost with the process, and only it had the ID.
    unknown: views.filter((view) => view === null).length,
  };
  console.info(`Killed ${killedAt.length} times: ${JSON.stringify(counts)}.`);
  expect(counts.booked + counts.held + counts.unknown).toBe(slotCount);
  expect(counts.unknown).toBeLessThanOrEqual(killedAt.length);
  expect(atHero.filter(({ state }) => state === "booked")).toHaveLength(counts.booked);
  expect(await countCalls("createAppointment")).toBeLessThanOrEqual(slotCount);
  expect(counts.booked).toBeGreaterThan(slotCount - killedAt.length - 1);
});
