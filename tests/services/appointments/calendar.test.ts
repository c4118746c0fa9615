import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { GET } from "@/app/api/downloads/[tenant]/[environment]/appointments/[appointmentId]/route";
import { sessionCookieName } from "@/server/auth/cookie";
import type { SlotView } from "@/server/schemas/slots";
import { rescheduleAppointment } from "@/server/services/appointments/move";
import { changePatient, createPatientCase } from "../../support/hero";
import {
  book,
  type BookingTenant,
  cancel,
  createBookingTenant,
  hold,
  listSlotsInDays,
  superuser,
} from "./support";

let tenant: BookingTenant;
let slots: SlotView[];

beforeAll(async () => {
  tenant = await createBookingTenant("30182");
  slots = await listSlotsInDays(tenant, 22);
});

async function download(appointmentId: string, { slug, owner } = tenant.tenants.first) {
  const headers = new Headers({ cookie: `${sessionCookieName()}=${owner.token}` });
  const response = await GET(new Request("http://localhost:3000/api/downloads", { headers }), {
    params: Promise.resolve({ tenant: slug, environment: "sandbox", appointmentId }),
  });
  const text = await response.text();
  const lines = text
    .split("\r\n")
    .map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]);
  return { status: response.status, text, fields: Object.fromEntries(lines), response };
}

it("a calendar file follows the appointment with one UID: booked, moved, cancelled", async () => {
  const held = await hold(tenant, slots[0]);
  expect((await download(held.id)).status).toBe(409);
  await book(tenant.ctx, held.id, { reason: "Sore canary throat" });
  const first = await download(held.id);
  expect(first.response.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
  expect(first.fields).toMatchObject({ METHOD: "PUBLISH", SEQUENCE: "0", STATUS: "CONFIRMED" });
  expect(first.fields.DTSTART).toBe(held.startsAt.replace(/[-:]|\.000/g, ""));
  expect(first.fields.SUMMARY).toBe(held.appointmentType.name);
  expect(first.fields.LOCATION).toContain(held.location.name);
  await rescheduleAppointment(tenant.ctx, {
    operationId: randomUUID(),
    appointmentId: held.id,
    slotId: slots.find(({ startsAt }) => startsAt > held.startsAt)?.id ?? "",
    tellPatient: false,
  });
  const moved = await download(held.id);
  expect(moved.fields).toMatchObject({ UID: first.fields.UID, SEQUENCE: "1" });
  await cancel(tenant.ctx, held.id);
  const cancelled = await download(held.id);
  expect(cancelled.fields).toMatchObject({
    UID: first.fields.UID,
    METHOD: "CANCEL",
    SEQUENCE: "2",
    STATUS: "CANCELLED",
  });
  for (const { text } of [first, moved, cancelled]) {
    expect(text).not.toContain("canary");
    expect(text).not.toContain(tenant.patientId);
    for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  }
});

it("a restricted patient's file tells no location, and another organisation gets none", async () => {
  const [patient] = (await createPatientCase(tenant.practiceGroupId, "found")).patients;
  const patientId = patient?.patientId ?? "";
  const held = await hold({ ...tenant, patientId }, slots.at(-1));
  await book(tenant.ctx, held.id);
  await changePatient(patientId, { isRestricted: true });
  const { text, fields } = await download(held.id);
  expect(fields.SUMMARY).toBe("Appointment");
  for (const secret of [held.location.name, held.practice.publicName, held.practitioner.name]) {
    expect(text).not.toContain(secret);
  }
  const other = tenant.tenants.second;
  expect((await download(held.id, other)).status).toBe(404);
  expect((await download(held.id, { ...tenant.tenants.first, owner: other.owner })).status).toBe(
    404,
  );
});

it("a calendar file tells the two hours apart when the clocks go back", async () => {
  const held = await hold(tenant, slots[3]);
  await book(tenant.ctx, held.id);
  for (const [startsAt, time] of [
    ["2027-10-31T00:30:00Z", "20271031T003000Z"],
    ["2027-10-31T01:30:00Z", "20271031T013000Z"],
    ["2027-03-28T01:00:00Z", "20270328T010000Z"],
  ] as const) {
    await superuser`update appointments set starts_at = ${startsAt} where id = ${held.id}`;
    expect((await download(held.id)).fields.DTSTART).toBe(time);
  }
});
