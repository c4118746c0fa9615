import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { getCredentials, Sandbox } from "./support";

const slotsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      practitioner_id: z.string(),
      appointment_type_id: z.string(),
      location_id: z.string(),
      start_time: z.string(),
      finish_time: z.string(),
    }),
  ),
  count: z.number(),
});

let sandbox: Sandbox;
let own: { key: string; groupId: string };

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-01T07:00:00Z" });
  own = getCredentials(await sandbox.listPractices(), "Northgate Surgery");
});

async function listSlots(query: string) {
  const reply = await sandbox.callApi("GET", `/v1/slots?${query}`, own);
  expect(reply).toMatchObject({ status: 200 });
  return slotsSchema.parse(reply.body);
}

const reserveSlot = (slot: z.infer<typeof slotsSchema>["data"][number], body = {}) =>
  sandbox.callApi("POST", "/v1/appointments", {
    ...own,
    body: {
      appointment_type_id: slot.appointment_type_id,
      location_id: slot.location_id,
      practitioner_id: slot.practitioner_id,
      start_time: slot.start_time,
      duration: (Date.parse(slot.finish_time) - Date.parse(slot.start_time)) / 60_000,
      ...body,
    },
  });

const parseId = (body: unknown) => z.object({ id: z.string() }).parse(body).id;

describe("slots", () => {
  it("slots are on weekdays within working hours in London, for about six weeks", async () => {
    const hours = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/London",
      hour: "2-digit",
      minute: "2-digit",
      weekday: "short",
    });
    const all: string[] = [];
    for (let page = 0; ; page += 1) {
      const { data } = await listSlots(
        `appointment_type_id=10101&page_size=100&page_index=${page}`,
      );
      if (data.length === 0) break;
      all.push(...data.map((slot) => slot.start_time));
    }
    for (const start of all) {
      const [weekday, time = ""] = hours.format(Date.parse(start)).split(" ");
      expect(["Sat", "Sun"]).not.toContain(weekday);
      expect(time >= "08:30" && time < "17:30").toBe(true);
    }
    expect(all).toEqual([...all].sort());
    const spanDays = (Date.parse(all.at(-1) ?? "") - Date.parse(all[0] ?? "")) / 86_400_000;
    expect(spanDays).toBeGreaterThan(35);
    expect((await listSlots("appointment_type_id=10101")).count).toBe(all.length);
  });

  it("slots are filtered and counted by type, location, clinician and date", async () => {
    const query =
      "appointment_type_id=10101&location_id=20102&practitioner_id=30102&start_date=2027-03-03&end_date=2027-03-03";
    const { data, count } = await listSlots(query);
    expect(count).toBeGreaterThan(0);
    for (const slot of data) {
      expect(slot).toMatchObject({ location_id: "20102", practitioner_id: "30102" });
      expect(slot.start_time.slice(0, 10)).toBe("2027-03-03");
    }
    const countResponse = await sandbox.callApi("GET", `/v1/slots/count?${query}`, own);
    expect(countResponse.body).toEqual({ count });
    const invalidDate = await sandbox.callApi("GET", "/v1/slots?start_date=tomorrow", own);
    expect(invalidDate.status).toBe(400);
  });

  it("booked slots disappear, and return when the appointment is cancelled", async () => {
    const query =
      "appointment_type_id=10101&practitioner_id=30101&start_date=2027-03-02&end_date=2027-03-02&page_size=100";
    const first = await listSlots(query);
    expect(first.count).toBeGreaterThan(3);
    let lastId = "";
    for (const slot of first.data) {
      lastId = parseId((await reserveSlot(slot, { patient_id: "40101" })).body);
      const booked = await sandbox.callApi("PATCH", `/v1/appointments/${lastId}/book`, own);
      expect(booked.status).toBe(200);
    }
    expect(await listSlots(query)).toEqual({ data: [], count: 0 });
    const [slot] = first.data;
    if (!slot) throw new Error("There was no slot");
    expect((await sandbox.callApi("GET", `/v1/slots/${slot.id}`, own)).status).toBe(404);
    const secondReservation = await reserveSlot(slot);
    expect(secondReservation).toMatchObject({
      status: 400,
      body: { message: [{ path: ["start_time"] }] },
    });
    const cancelled = await sandbox.callApi("PATCH", `/v1/appointments/${lastId}/cancel`, own);
    expect(cancelled.status).toBe(200);
    expect((await listSlots(query)).count).toBe(1);
  });
});

describe("appointments", () => {
  it("a reservation lapses after fifteen minutes unless it is booked", async () => {
    const { data } = await listSlots("appointment_type_id=10101&page_size=1");
    const [slot] = data;
    if (!slot) throw new Error("There was no slot");
    const id = parseId((await reserveSlot(slot)).body);
    const status = async () =>
      (await sandbox.callApi("GET", `/v1/appointments/${id}/status`, own)).body;
    expect(await status()).toEqual({ status: "reserved" });
    expect((await sandbox.callApi("GET", `/v1/slots/${slot.id}`, own)).status).toBe(404);
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 15 * 60_000 });
    expect(await status()).toEqual({ status: "lapsed" });
    expect((await sandbox.callApi("GET", `/v1/slots/${slot.id}`, own)).status).toBe(200);
    const expiredBooking = await sandbox.callApi("PATCH", `/v1/appointments/${id}/book`, {
      ...own,
      body: { patient_id: "40101" },
    });
    expect(expiredBooking.status).toBe(400);
  });

  it("an appointment can be edited while reserved, and rescheduled once booked", async () => {
    const { data } = await listSlots(
      "appointment_type_id=10101&practitioner_id=30101&start_date=2027-03-04&page_size=4",
    );
    const [from, to, last] = data;
    if (!from || !to || !last) throw new Error("There were too few slots");
    const id = parseId((await reserveSlot(from, { patient_id: "40101" })).body);
    const edited = await sandbox.callApi("PUT", `/v1/appointments/${id}`, {
      ...own,
      body: { start_time: to.start_time, duration: 15, practitioner_id: "30101" },
    });
    expect(edited).toMatchObject({ status: 200, body: { start_time: to.start_time } });
    await sandbox.callApi("PATCH", `/v1/appointments/${id}/book`, own);
    const moved = await sandbox.callApi("PATCH", `/v1/appointments/${id}/reschedule`, {
      ...own,
      body: { start_time: last.start_time },
    });
    expect(moved).toMatchObject({
      status: 200,
      body: { start_time: last.start_time, patient_id: "40101" },
    });
    const lateEdit = await sandbox.callApi("PUT", `/v1/appointments/${id}`, {
      ...own,
      body: { start_time: to.start_time, duration: 15, practitioner_id: "30101" },
    });
    expect(lateEdit.status).toBe(400);
  });

  it("the cancellation policy applies unless it is suppressed", async () => {
    const { data } = await listSlots("appointment_type_id=10101&end_date=2027-03-01&page_size=1");
    const [today] = data;
    if (!today) throw new Error("There was no slot");
    const id = parseId((await reserveSlot(today, { patient_id: "40101" })).body);
    await sandbox.callApi("PATCH", `/v1/appointments/${id}/book`, own);
    expect((await sandbox.callApi("PATCH", `/v1/appointments/${id}/cancel`, own)).status).toBe(400);
    const forced = await sandbox.callApi("PATCH", `/v1/appointments/${id}/cancel`, {
      ...own,
      body: { suppress_cancellation_policy: true },
    });
    expect(forced.status).toBe(200);
  });
});

describe("registration through PDS", () => {
  const register = (body: unknown) =>
    sandbox.callApi("POST", "/v1/patients/register_pds", { ...own, body });

  it("the same patient is returned each time, by number or by name", async () => {
    const [registered] = await sandbox.listPatients();
    const byNumber = await register({
      nhs_number: registered?.nhsNumber.replace(/(...)(...)/, "$1 $2 "),
      dob: registered?.dateOfBirth,
    });
    expect(byNumber).toMatchObject({ status: 200, body: { patient_id: registered?.patientId } });
    const byName = await register({
      forename: registered?.firstName.toUpperCase(),
      surname: registered?.lastName,
      dob: registered?.dateOfBirth,
      postcode: registered?.postcode.replace(" ", ""),
    });
    expect(byName.body).toEqual(byNumber.body);
  });

  it("a new person gets a record, and an uncertain one is asked to sign in", async () => {
    const unregistered = (await sandbox.listPatients()).filter(
      (patient) => patient.practiceGroupId === null,
    );
    const identified = unregistered.find((patient) => !patient.needsLogin);
    const needsLogin = unregistered.find((patient) => patient.needsLogin);
    const createdPatient = await register({
      nhs_number: identified?.nhsNumber,
      dob: identified?.dateOfBirth,
    });
    expect(createdPatient.body).toEqual({ patient_id: "90001" });
    const loginResponse = await register({
      nhs_number: needsLogin?.nhsNumber,
      dob: needsLogin?.dateOfBirth,
    });
    expect(loginResponse.body).toMatchObject({ login_url: expect.stringContaining("/verify/") });
  });

  it("an invalid number and an unknown person get different errors", async () => {
    const [registered] = await sandbox.listPatients();
    const number = registered?.nhsNumber ?? "";
    const wrongDigit = number.slice(0, 9) + ((Number(number[9]) + 1) % 10);
    expect((await register({ nhs_number: wrongDigit, dob: registered?.dateOfBirth })).status).toBe(
      400,
    );
    expect((await register({ nhs_number: "9999999999", dob: "1980-01-01" })).status).toBe(400);
    expect((await register({ nhs_number: number, dob: null })).status).toBe(400);
    expect((await register({ nhs_number: number, dob: "1950-01-01" })).status).toBe(404);
  });

  it("every test person has a valid number of the test range", async () => {
    const nhsNumbers = (await sandbox.listPatients()).map((patient) => patient.nhsNumber);
    expect(new Set(nhsNumbers).size).toBe(nhsNumbers.length);
    for (const number of nhsNumbers) {
      expect(number).toMatch(/^999\d{7}$/);
      let sum = 0;
      for (let index = 0; index < 9; index += 1) sum += Number(number[index]) * (10 - index);
      expect((11 - (sum % 11)) % 11).toBe(Number(number[9]));
    }
  });
});
