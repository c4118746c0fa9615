import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getCredentials, Sandbox, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };

beforeAll(async () => {
  sandbox = await Sandbox.start();
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-01T07:00:00Z" });
  practices = await sandbox.listPractices();
  own = getCredentials(practices, "Northgate Surgery");
});
afterAll(() => sandbox.stop());

interface CallInput {
  id?: string;
  query?: Record<string, string | string[]>;
  body?: unknown;
}

/** Sends an operation and validates request and response against the contract. */
async function send(operationId: string, input: CallInput = {}, caller: object = own) {
  expect(checkRequest(operationId, input)).toEqual([]);
  return sendUnchecked(operationId, input, caller);
}

/** For invalid requests; the response must still follow the contract. */
async function sendUnchecked(operationId: string, input: CallInput = {}, caller: object = own) {
  const { method, path } = getOperationRoute(operationId);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    for (const item of [value].flat()) query.append(name, item);
  }
  const reply = await sandbox.callApi(method, `${path.replace("{id}", input.id ?? "")}?${query}`, {
    ...caller,
    body: input.body,
  });
  expect(checkReply(operationId, reply.status, reply.body)).toEqual([]);
  return reply;
}

const idSchema = z.object({ id: z.string() });
const slotListSchema = z.object({
  data: z.array(z.object({ id: z.string(), start_time: z.string(), practitioner_id: z.string() })),
});

const readCases: [string, CallInput][] = [
  ["getPracticeGroupById", {}],
  ["getCapabilities", {}],
  ["getConfiguration", {}],
  ["listElements", {}],
  ["listTasks", {}],
  ["listAdmins", { query: { page_index: "0", page_size: "2", order_by: "first_name" } }],
  ["listAutomatedMessages", { query: { status: "INVALIDATED", recipient_id: "40101" } }],
  ["listAppointmentTypes", {}],
  [
    "listAppointmentTypes",
    { query: { location_ids: ["20101", "20102"], has_availability: "true" } },
  ],
  ["listLocations", {}],
  ["listPractitioners", {}],
  ["listPractitioners", { query: { appointment_type_ids: ["10101"], has_availability: "true" } }],
  ["getPractitioner", { id: "30101" }],
  ["listPatients", {}],
  ["listPatients", { query: { field: "emis_id", search: "emis-40101" } }],
  ["getPatientById", { id: "40101" }],
  ["listSlots", { query: { appointment_type_id: "10101", page_index: "0", page_size: "5" } }],
  ["countSlots", { query: { start_date: "2027-03-02", end_date: "2027-03-03" } }],
  ["listBookingLinks", {}],
  ["listShortLinks", { query: { type: "booking", order_by: "expiry_date", page_size: "10" } }],
  ["listForms", {}],
  ["listForms", { query: { form_type: "questionnaire", reply_form: "false" } }],
  ["getForm", { id: "60101" }],
  ["createAccessToken", {}],
  ["listTemplates", {}],
  ["listTemplates", { query: { has_follow_up: "false" } }],
];

describe("every operation follows the contract", () => {
  it.each(readCases)("%s follows the contract with %j", async (operationId, input) => {
    expect((await send(operationId, input)).status).toBe(200);
  });

  it("every practice follows the contract", async () => {
    for (const practice of practices) {
      const caller = getCredentials(practices, practice.name);
      for (const operationId of ["getPracticeGroupById", "listElements", "listPatients"]) {
        expect((await send(operationId, {}, caller)).status).toBe(200);
      }
      const types = await send("listAppointmentTypes", {}, caller);
      expect(types.body).toMatchObject({ count: expect.any(Number) });
    }
  });

  it("appointment types and patients are filtered", async () => {
    const found = await send("listPatients", { query: { field: "emis_id", search: "emis-40101" } });
    expect(found.body).toMatchObject({ count: 1, data: [{ id: "40101" }] });
    const otherLocation = await send("listAppointmentTypes", {
      query: { location_ids: ["29999"] },
    });
    expect(otherLocation.body).toEqual({ data: [], count: 0 });
  });

  it("a booking link is created, read, changed and listed by the contract", async () => {
    const created = await send("createBookingLink", {
      body: {
        appointment_type_id: "10101",
        location_id: "20101",
        practitioner_id: "30101",
        patient_id: "40101",
        from_date: "2027-03-02",
        to_date: "2027-03-20",
        expiry_date: "2027-03-21",
        maximum_use_count: 2,
      },
    });
    const { id, booking_link } = z
      .object({ id: z.string(), booking_link: z.string() })
      .parse(created.body);
    expect((await send("getBookingLink", { id })).body).toMatchObject({
      id,
      short_link: booking_link,
      active: true,
      maximum_uses: 2,
      unlimited_use: false,
    });
    expect((await send("getLinkStatus", { query: { url: booking_link } })).body).toMatchObject({
      status: "unused",
      type: "booking",
    });
    expect((await send("getLinkStatus", { query: { id } })).status).toBe(200);
    const changed = await send("updateBookingLink", { id, body: { maximum_use_count: 5 } });
    expect(changed.body).toMatchObject({ maximum_uses: 5 });
    expect((await send("listBookingLinks")).body).toMatchObject({ count: 1 });
    expect((await send("listShortLinks", { query: { status: "unused" } })).body).toMatchObject({
      count: 1,
    });
    const generic = await send("listShortLinks", {
      query: { exclude_patient_specific_links: "true" },
    });
    expect(generic.body).toMatchObject({ count: 0 });
    const open = await send("createBookingLink", {
      body: { appointment_type_id: "10101", location_id: "20101" },
    });
    const { id: openId } = idSchema.parse(open.body);
    expect((await send("getBookingLink", { id: openId })).body).toMatchObject({
      unlimited_use: true,
    });
  });

  it("a form link is created and read by the contract", async () => {
    const body = { form_id: "60102", patient_id: "40101", expiry_date: "2027-03-21" };
    expect((await send("createFormLink", { body })).status).toBe(200);
  });

  it("a video link is created, read and listed by the contract", async () => {
    const body = { patient_id: "40101", expiry_date: "2027-03-21" };
    const created = await send("createVideoLink", { body });
    const { id } = idSchema.parse(created.body);
    expect((await send("getLinkStatus", { query: { id } })).body).toMatchObject({
      status: "unused",
      type: "video",
    });
    expect((await send("listShortLinks", { query: { type: "video" } })).body).toMatchObject({
      count: 1,
      data: [{ id, type: "video" }],
    });
    const foreign = { ...body, patient_id: "40201" };
    expect((await send("createVideoLink", { body: foreign })).status).toBe(404);
    const noAppointment = { appointment_id: "1" };
    expect((await send("createVideoLink", { body: noAppointment })).status).toBe(404);
    const withoutVideo = getCredentials(practices, "Millbrook Health Centre");
    expect((await send("createVideoLink", { body: {} }, withoutVideo)).status).toBe(403);
  });

  it("registration through PDS follows the contract", async () => {
    const [registered] = await sandbox.listPatients();
    const body = { nhs_number: registered?.nhsNumber, dob: registered?.dateOfBirth };
    expect((await send("registerPatientPds", { body })).status).toBe(200);
    const needsLogin = (await sandbox.listPatients()).find((patient) => patient.needsLogin);
    const loginResponse = await send("registerPatientPds", {
      body: { nhs_number: needsLogin?.nhsNumber, dob: needsLogin?.dateOfBirth },
    });
    expect(loginResponse.status).toBe(200);
    const unknown = await send("registerPatientPds", {
      body: { nhs_number: registered?.nhsNumber, dob: "1900-01-01" },
    });
    expect(unknown.status).toBe(404);
    expect((await sendUnchecked("registerPatientPds", { body: {} })).status).toBe(400);
  });

  it("an appointment is created, changed and cancelled by the contract", async () => {
    const listed = await send("listSlots", {
      query: {
        appointment_type_id: "10101",
        location_id: ["20101"],
        practitioner_id: "30101",
        start_date: "2027-03-04",
      },
    });
    const [first, , third, fourth] = slotListSchema.parse(listed.body).data;
    if (!first || !third || !fourth) throw new Error("There were too few slots");
    expect((await send("getSlot", { id: first.id })).status).toBe(200);
    const created = await send("createAppointment", {
      body: {
        appointment_type_id: "10101",
        location_id: "20101",
        practitioner_id: "30101",
        duration: 15,
        start_time: first.start_time,
        suppress_availability_check: true,
      },
    });
    const { id } = idSchema.parse(created.body);
    const edited = await send("editAppointment", {
      id,
      body: {
        start_time: third.start_time,
        duration: 15,
        practitioner_id: "30101",
        suppress_availability_check: true,
      },
    });
    expect(edited.status).toBe(200);
    expect((await send("getAppointment", { id })).status).toBe(200);
    expect((await send("bookAppointment", { id, body: { patient_id: "40101" } })).status).toBe(200);
    expect((await send("getAppointment", { id })).status).toBe(200);
    expect((await send("getAppointmentStatus", { id })).body).toEqual({ status: "booked" });
    const moved = await send("rescheduleAppointment", {
      id,
      body: { start_time: fourth.start_time, suppress_mail: true },
    });
    expect(moved.status).toBe(200);
    const cancelled = await send("cancelAppointment", {
      id,
      body: { suppress_mail: true, suppress_cancellation_policy: true },
    });
    expect(cancelled.status).toBe(200);
    expect((await send("getAppointmentStatus", { id })).body).toEqual({ status: "cancelled" });
  });
});

describe("errors follow the contract too", () => {
  const all = [...new Set(readCases.map(([operationId]) => operationId))];

  it.each(all)(
    "%s rejects a missing key and a practice outside the network",
    async (operationId) => {
      const input = { id: "1" };
      expect((await send(operationId, input, { groupId: own.groupId })).status).toBe(401);
      expect((await send(operationId, input, { ...own, groupId: "30182" })).status).toBe(403);
    },
  );

  it.each([
    "getPractitioner",
    "getPatientById",
    "getSlot",
    "getForm",
    "getAppointment",
    "getAppointmentStatus",
    "getBookingLink",
    "getMessage",
  ])("%s does not find an unknown id", async (operationId) => {
    expect((await send(operationId, { id: "1" })).status).toBe(404);
    expect((await send(operationId, { id: "%20%00" })).status).toBe(404);
  });

  it("creating with unknown references or impossible values is rejected", async () => {
    const body = { appointment_type_id: "10101", location_id: "20101" };
    const unknown = { ...body, appointment_type_id: "19999" };
    expect((await send("createBookingLink", { body: unknown })).status).toBe(404);
    const foreign = { ...body, patient_id: "40201" };
    expect((await send("createBookingLink", { body: foreign })).status).toBe(404);
    const reversed = { ...body, from_date: "2027-03-09", to_date: "2027-03-08" };
    expect((await send("createBookingLink", { body: reversed })).status).toBe(400);
    const past = { ...body, expiry_date: "2027-02-28" };
    expect((await send("createBookingLink", { body: past })).status).toBe(400);
    expect((await sendUnchecked("createBookingLink", { body: [] })).status).toBe(400);
    const nonsense = { ...body, expiry_date: "2027-02-30" };
    expect((await sendUnchecked("createBookingLink", { body: nonsense })).status).toBe(400);
    expect((await send("createFormLink", { body: { form_id: "nope" } })).status).toBe(404);
    expect((await sendUnchecked("getLinkStatus")).status).toBe(400);
    expect((await sendUnchecked("listSlots", { query: { page_size: "0" } })).status).toBe(400);
    const wrongType = await sendUnchecked("listForms", { query: { form_type: "poem" } });
    expect(wrongType.status).toBe(400);
  });
});

describe("the contract checks", () => {
  it("an undocumented status, a missing field and an unknown query parameter are noticed", () => {
    expect(checkReply("getPracticeGroupById", 418, {})).toHaveLength(1);
    expect(checkReply("getPracticeGroupById", 200, { id: "1" })).toHaveLength(1);
    expect(checkReply("getPracticeGroupById", 401, { statusCode: "401" })).toHaveLength(1);
    expect(checkRequest("listSlots", { query: { page: "1" } })).toHaveLength(1);
    expect(checkRequest("listSlots", { query: { page_index: "one" } })).toHaveLength(1);
    expect(checkRequest("createBookingLink", {})).toHaveLength(1);
    expect(checkRequest("createBookingLink", { body: { location_id: "x" } })).toHaveLength(2);
    expect(checkRequest("getPracticeGroupById", { body: {} })).toHaveLength(1);
  });
});
