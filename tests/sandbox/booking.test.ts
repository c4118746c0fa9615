import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { birthFields, PatientBrowser } from "../support/patient-browser";
import { getCredentials, Sandbox } from "./support";

const slotSchema = z.object({
  id: z.string(),
  practitioner_id: z.string(),
  appointment_type_id: z.string(),
  location_id: z.string(),
  start_time: z.string(),
  finish_time: z.string(),
});
type Slot = z.infer<typeof slotSchema>;
const pageSchema = z.object({ data: z.array(slotSchema), count: z.number() });

let sandbox: Sandbox;
let own: { key: string; groupId: string };

const setClock = (now: string) => sandbox.callControl("POST", "/_sandbox/clock", { now });
const practiceNamed = async (name: string) => getCredentials(await sandbox.listPractices(), name);

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  await setClock("2027-03-01T07:00:00Z");
  own = await practiceNamed("Northgate Surgery");
});

async function listSlots(query: string, caller = own) {
  const { status, body } = await sandbox.callApi("GET", `/v1/slots?${query}`, caller);
  expect(status).toBe(200);
  return pageSchema.parse(body);
}

/** Slots at least two days ahead, so that the cancellation policy does not apply. */
async function laterSlots(): Promise<[Slot, Slot]> {
  const { data } = await listSlots("appointment_type_id=10101&start_date=2027-03-04");
  const [first, second] = data;
  if (!first || !second) throw new Error("There were too few slots");
  return [first, second];
}

const reserve = (slot: Slot, caller = own, patientId?: string) =>
  sandbox.callApi("POST", "/v1/appointments", {
    ...caller,
    body: {
      appointment_type_id: slot.appointment_type_id,
      location_id: slot.location_id,
      practitioner_id: slot.practitioner_id,
      start_time: slot.start_time,
      duration: (Date.parse(slot.finish_time) - Date.parse(slot.start_time)) / 60_000,
      patient_id: patientId,
    },
  });

async function reserved(slot: Slot): Promise<string> {
  return z.object({ id: z.string() }).parse((await reserve(slot, own, "40101")).body).id;
}

const change = (id: string, action: string, body: unknown = {}) =>
  sandbox.callApi("PATCH", `/v1/appointments/${id}/${action}`, { ...own, body });
const read = async (id: string) =>
  (await sandbox.callApi("GET", `/v1/appointments/${id}`, own)).body;
const status = async (id: string) =>
  (await sandbox.callApi("GET", `/v1/appointments/${id}/status`, own)).body;
const control = (path: string, body?: unknown) =>
  sandbox.callControl("POST", `/_sandbox/${path}`, body);
const isFree = async ({ id }: Slot) =>
  (await sandbox.callApi("GET", `/v1/slots/${id}`, own)).status === 200;

describe("slots", () => {
  it("a week of one type fills several pages, without a slot twice or left out", async () => {
    const week = "appointment_type_id=10101&start_date=2027-03-08&end_date=2027-03-14";
    const ids: string[] = [];
    let count = 0;
    let pages = 0;
    for (; pages < 20; pages += 1) {
      const page = await listSlots(`${week}&page_size=20&page_index=${pages}`);
      if (page.data.length === 0) break;
      ids.push(...page.data.map(({ id }) => id));
      count = page.count;
    }
    expect(pages).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(count);
  });

  it.each([
    ["spring", "2027-03-28", "2027-03-28T00:30:00.000Z", "2027-03-28T02:30:00.000Z"],
    ["autumn", "2027-10-31", "2027-10-30T23:30:00.000Z", "2027-10-31T03:30:00.000Z"],
  ])("in %s, the night's slots are between 00:30 and 03:30 on the clock", async (...row) => {
    const [, day, from, until] = row;
    await setClock(`${day.slice(0, 8)}20T07:00:00Z`);
    const hub = await practiceNamed("Northgate Extended Access Hub");
    const query = `appointment_type_id=10306&start_date=${day}&end_date=${day}&page_size=100`;
    const { data } = await listSlots(query, hub);
    expect(data.length).toBeGreaterThan(3);
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
    expect(new Set(data.map(({ start_time }) => start_time)).size).toBe(data.length);
    for (const slot of data) {
      expect(slot.start_time >= from && slot.finish_time <= until).toBe(true);
      expect((await reserve(slot, hub)).status).toBe(200);
    }
  });
});

describe("reservations", () => {
  it("one of fifty simultaneous requests gets the slot", async () => {
    const [slot] = await laterSlots();
    const replies = await Promise.all(Array.from({ length: 50 }, () => reserve(slot)));
    const statuses = replies.map((reply) => reply.status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 400)]);
  });

  it("staff can take a held slot, so that it cannot be confirmed", async () => {
    const [slot] = await laterSlots();
    const id = await reserved(slot);
    await control(`appointments/${id}/take`);
    expect(await change(id, "book")).toMatchObject({
      status: 400,
      body: { message: [{ code: "slot_unavailable", path: ["start_time"] }] },
    });
    expect(await status(id)).toEqual({ status: "reserved" });
    await change(id, "cancel");
    expect(await isFree(slot)).toBe(false);
  });

  it("staff can take a free slot", async () => {
    const [slot] = await laterSlots();
    await control(`slots/${slot.id}/take`, { practiceGroupId: own.groupId });
    expect(await isFree(slot)).toBe(false);
    expect((await reserve(slot)).status).toBe(400);
    await expect(
      control(`slots/${slot.id}/take`, { practiceGroupId: own.groupId }),
    ).rejects.toThrow("404");
  });

  it("a hold ends when a test ends it", async () => {
    const [slot] = await laterSlots();
    const id = await reserved(slot);
    expect(await isFree(slot)).toBe(false);
    await control(`appointments/${id}/expire`);
    expect(await status(id)).toEqual({ status: "lapsed" });
    expect(await isFree(slot)).toBe(true);
    expect((await change(id, "book")).status).toBe(400);
  });

  it("the reservation exists when its reply was lost", async () => {
    const [slot] = await laterSlots();
    await control("faults", { operation: "createAppointment", reset: true, afterWork: true });
    await expect(reserve(slot, own, "40101")).rejects.toThrow();
    expect(await isFree(slot)).toBe(false);
    const appointments = await sandbox.callControl("GET", "/_sandbox/appointments");
    expect(appointments).toMatchObject([
      { patientId: "40101", startTime: slot.start_time, state: "reserved" },
    ]);
  });
});

describe("booked appointments", () => {
  it("a rescheduled appointment frees its old slot at once", async () => {
    const [from, to] = await laterSlots();
    const id = await reserved(from);
    await change(id, "book");
    const { practitioner_id, start_time } = to;
    expect((await change(id, "reschedule", { start_time, practitioner_id })).status).toBe(200);
    expect([await isFree(from), await isFree(to)]).toEqual([true, false]);
    expect(await read(id)).toMatchObject({ start_time, patient_id: "40101" });
  });

  it("an appointment is not rescheduled or cancelled within the policy's hours", async () => {
    const { data } = await listSlots("appointment_type_id=10101&end_date=2027-03-01");
    const [today] = data;
    if (!today) throw new Error("There was no slot today");
    const [later] = await laterSlots();
    const id = await reserved(today);
    await change(id, "book");
    expect(await read(id)).toMatchObject({
      can_be_cancelled: false,
      can_be_rescheduled: false,
      cancellation_policy_hours: 24,
    });
    const { start_time, practitioner_id } = later;
    expect((await change(id, "reschedule", { start_time, practitioner_id })).status).toBe(400);
    expect((await change(id, "cancel", { suppress_mail: true })).status).toBe(400);
    expect(await status(id)).toEqual({ status: "booked" });
    expect((await change(id, "cancel", { suppress_cancellation_policy: true })).status).toBe(200);
    expect(await isFree(today)).toBe(true);
  });

  it("a change shows only after the reads that a test chose", async () => {
    const [slot] = await laterSlots();
    const id = await reserved(slot);
    await control(`appointments/${id}/delay`, { reads: 2 });
    expect((await change(id, "book")).status).toBe(200);
    expect(await status(id)).toEqual({ status: "reserved" });
    expect(await read(id)).toMatchObject({ booking_confirmed_at: null });
    expect(await status(id)).toEqual({ status: "booked" });
    expect(await read(id)).toMatchObject({ booking_confirmed_at: expect.any(String) });
  });

  it("an appointment booked through a link has the link's ID", async () => {
    const created = await sandbox.callApi("POST", "/v1/booking_links", {
      ...own,
      body: {
        appointment_type_id: "10101",
        location_id: "20101",
        patient_id: "40101",
        expiry_date: "2027-03-20",
        maximum_use_count: 1,
      },
    });
    const { id: linkId, booking_link } = z
      .object({ id: z.string(), booking_link: z.string() })
      .parse(created.body);
    const [patient] = await sandbox.listPatients();
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    const base = new URL(booking_link).pathname;
    await browser.submit(`${base}/identity`, birthFields(patient?.dateOfBirth ?? ""));
    await browser.submit(`${base}/time`, { slot: browser.slots()[0] ?? "" });
    const [appointment] = z
      .array(z.object({ id: z.string() }))
      .parse(await sandbox.callControl("GET", "/_sandbox/appointments"));
    expect(await read(appointment?.id ?? "")).toMatchObject({ link_id: linkId });
  });

  it("an appointment has the ways of consulting of its type", async () => {
    const ways: Record<string, object> = {};
    const clinic = await practiceNamed("Kingsway Private Clinic");
    for (const [typeId, caller] of [
      ["10101", own],
      ["10102", own],
      ["10402", clinic],
    ] as const) {
      const { data } = await listSlots(
        `appointment_type_id=${typeId}&start_date=2027-03-04`,
        caller,
      );
      const [slot] = data;
      if (!slot) throw new Error("There was no slot");
      const { status: created, body } = await reserve(slot, caller);
      expect(created).toBe(200);
      const { id } = z.object({ id: z.string() }).parse(body);
      const reply = await sandbox.callApi("GET", `/v1/appointments/${id}`, caller);
      ways[typeId] = z
        .object({ in_person: z.boolean(), telephone: z.boolean(), video: z.boolean() })
        .parse(reply.body);
    }
    expect(ways).toEqual({
      "10101": { in_person: true, telephone: false, video: false },
      "10102": { in_person: false, telephone: true, video: false },
      "10402": { in_person: false, telephone: false, video: true },
    });
  });
});

describe("the practice's details", () => {
  it("its name and address change, and the lines that were not sent stay", async () => {
    const update = (body: unknown) => sandbox.callApi("PATCH", "/v1/me", { ...own, body });
    const before = (await sandbox.callApi("GET", "/v1/me", own)).body;
    expect((await update({ name: "Northgate", address: { line_2: "Floor 2" } })).status).toBe(200);
    const after = (await sandbox.callApi("GET", "/v1/me", own)).body;
    expect(before).toMatchObject({ name: "Northgate Surgery", address: { town: "Wendlebury" } });
    expect(after).toMatchObject({
      name: "Northgate",
      address: { line_2: "Floor 2", town: "Wendlebury" },
    });
    expect((await update({ name: "" })).status).toBe(400);
    expect((await update({ address: { line_1: 7 } })).status).toBe(400);
  });
});
