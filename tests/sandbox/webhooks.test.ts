import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { checkReply } from "../support/contract";
import { birthFields, PatientBrowser } from "../support/patient-browser";
import { getCredentials, Sandbox } from "./support";

type Received = { headers: IncomingHttpHeaders; body: string };

let sandbox: Sandbox;
let base: { key: string; groupId: string };
let own: { key: string; groupId: string };
let received: Received[] = [];
let answer: number;
let url: string;

/** The receiver of the partner. */
const receiver = createServer((request, reply) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    reply.writeHead(answer).end("answer");
  });
});

beforeAll(async () => {
  sandbox = await Sandbox.start();
  base = getCredentials(await sandbox.listPractices(), "Northgate Surgery");
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/hook`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await sandbox.stop();
});
beforeEach(() => {
  own = { ...base, key: `${base.key}.${randomUUID()}` };
  received = [];
  answer = 200;
});

const signingKey = "whsec_test_portal_0001";

async function register(event_type: string, fields: object = { signing_key: signingKey }) {
  const body = { event_type, url, ...fields };
  const reply = await sandbox.callApi("POST", "/v1/webhooks", { ...own, body });
  expect(reply.status).toBe(200);
  expect(checkReply("createWebhook", 200, reply.body)).toEqual([]);
  return z.object({ id: z.string() }).parse(reply.body).id;
}

async function list(caller = own, query = "") {
  const reply = await sandbox.callApi("GET", `/v1/webhooks${query}`, caller);
  expect(checkReply("listWebhooks", 200, reply.body)).toEqual([]);
  return z.object({ data: z.array(z.looseObject({ id: z.string() })) }).parse(reply.body).data;
}

const script = (fields: object) =>
  sandbox.callControl("POST", "/_sandbox/webhook-script", { key: own.key, script: fields });
const send = async (fields: object = {}) =>
  z.object({ statuses: z.record(z.string(), z.number()) }).parse(
    await sandbox.callControl("POST", "/_sandbox/webhook-deliveries", {
      ...{ key: own.key, event: "appointment.confirmed", object: "Appointment", ids: ["4821"] },
      ...fields,
    }),
  ).statuses;
const listSent = () =>
  sandbox.callControl("GET", `/_sandbox/webhook-deliveries?key=${encodeURIComponent(own.key)}`);
const idsReceived = () =>
  received.map(({ body }) => z.object({ id: z.string() }).parse(JSON.parse(body)).id);
const waitForDeliveries = (count: number) =>
  vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), { timeout: 5_000 });

const sign = (timestamp: string, body: string) =>
  createHmac("sha256", signingKey).update(`${timestamp}.${body}`).digest();

async function bookThroughLink(): Promise<{ appointmentId: string; linkId: string }> {
  const body = {
    ...{ appointment_type_id: "10101", location_id: "20101", patient_id: "40101" },
    maximum_use_count: 1,
  };
  const reply = await sandbox.callApi("POST", "/v1/booking_links", { ...own, body });
  const link = z.object({ id: z.string(), booking_link: z.string() }).parse(reply.body);
  const patient = (await sandbox.listPatients()).find(({ patientId }) => patientId === "40101");
  const browser = new PatientBrowser(sandbox);
  await browser.open(link.booking_link);
  const path = new URL(link.booking_link).pathname;
  await browser.submit(`${path}/identity`, birthFields(patient?.dateOfBirth ?? ""));
  await browser.submit(`${path}/time`, { slot: browser.slots()[0] ?? "" });
  await browser.submit(`${path}/before`);
  await browser.submit(`${path}/confirm`);
  expect(browser.heading()).toBe("Your appointment is booked");
  await waitForDeliveries(1);
  return { appointmentId: idsReceived()[0] ?? "", linkId: link.id };
}

describe("registrations", () => {
  it("a registration is created, listed with its key, found by its event type and deleted", async () => {
    const id = await register("appointment.confirmed");
    const otherId = await register("prescription.issued", {});
    expect(await list()).toMatchObject([
      { id, event_type: "appointment.confirmed", url, signing_key: signingKey },
      { id: otherId, event_type: "prescription.issued" },
    ]);
    expect(await list(own, "?event_type=prescription.issued")).toMatchObject([{ id: otherId }]);
    expect((await sandbox.callApi("DELETE", `/v1/webhooks/${id}`, own)).status).toBe(200);
    expect(await list()).toMatchObject([{ id: otherId }]);
    expect((await sandbox.callApi("DELETE", `/v1/webhooks/${id}`, own)).status).toBe(404);
  });

  it("a key with another suffix cannot list or delete a registration", async () => {
    const id = await register("appointment.confirmed");
    const other = { ...base, key: `${base.key}.${randomUUID()}` };
    expect(await list(other)).toEqual([]);
    expect((await sandbox.callApi("DELETE", `/v1/webhooks/${id}`, other)).status).toBe(404);
    expect(await list()).toMatchObject([{ id }]);
  });

  it("an unknown event type and an invalid URL are rejected", async () => {
    for (const wrong of [{ event_type: "appointment.created" }, { url: "nowhere" }]) {
      const body = { event_type: "appointment.confirmed", url, ...wrong };
      expect((await sandbox.callApi("POST", "/v1/webhooks", { ...own, body })).status).toBe(400);
    }
  });

  it("in the second dialect the IDs are numbers and a submitted form cannot be registered", async () => {
    own = { ...base, key: `${base.key}.second-${randomUUID()}` };
    const body = { event_type: "form-submission.created", url };
    expect((await sandbox.callApi("POST", "/v1/webhooks", { ...own, body })).status).toBe(400);
    const other = { event_type: "appointment.confirmed", url };
    const reply = await sandbox.callApi("POST", "/v1/webhooks", { ...own, body: other });
    expect(reply.body).toMatchObject({ id: expect.any(Number) });
  });
});

describe("deliveries", () => {
  it("booking, moving and cancelling an appointment of a link each send one signed delivery", async () => {
    const types = ["appointment.confirmed", "appointment.cancelled", "appointment.rescheduled"];
    for (const type of types) await register(type);
    const { appointmentId, linkId } = await bookThroughLink();
    const appointment = await sandbox.callApi("GET", `/v1/appointments/${appointmentId}`, own);
    expect(appointment.body).toMatchObject({ link_id: linkId });
    const startTime = new Date(Date.now() + 40 * 86_400_000).toISOString();
    const control = `/_sandbox/appointments/${appointmentId}`;
    await sandbox.callControl("POST", `${control}/move`, { startTime });
    await waitForDeliveries(2);
    await sandbox.callControl("POST", `${control}/cancel`);
    await waitForDeliveries(3);
    expect(received.map(({ body }) => JSON.parse(body))).toEqual(
      ["appointment.confirmed", "appointment.rescheduled", "appointment.cancelled"].map(
        (event) => ({
          object: "Appointment",
          id: appointmentId,
          practice_group_id: own.groupId,
          event,
        }),
      ),
    );
    for (const { headers, body } of received) {
      const timestamp = String(headers["x-herohealth-timestamp"]);
      expect(timestamp).toMatch(/^\d{10}$/);
      expect(headers["x-herohealth-signature"]).toBe(sign(timestamp, body).toString("hex"));
    }
  });

  it("booking and cancelling by the API send events; releasing a hold sends none", async () => {
    await register("appointment.confirmed");
    await register("appointment.cancelled");
    const slots = await sandbox.callApi(
      "GET",
      `/v1/slots?appointment_type_id=10101&start_date=${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)}`,
      own,
    );
    const [held, booked] = z
      .object({ data: z.array(z.looseObject({ start_time: z.string() })) })
      .parse(slots.body).data;
    const reserve = async (slot: object | undefined) => {
      const body = { ...slot, duration: 10, patient_id: "40101" };
      const reply = await sandbox.callApi("POST", "/v1/appointments", { ...own, body });
      return z.object({ id: z.string() }).parse(reply.body).id;
    };
    const heldId = await reserve(held);
    const bookedId = await reserve(booked);
    const change = (id: string, act: string) =>
      sandbox.callApi("PATCH", `/v1/appointments/${id}/${act}`, { ...own, body: {} });
    await change(heldId, "cancel");
    await change(bookedId, "book");
    await waitForDeliveries(1);
    await change(bookedId, "cancel");
    await waitForDeliveries(2);
    expect(idsReceived()).toEqual([bookedId, bookedId]);
  });

  it("a submitted form sends an event, and its response names the form's link", async () => {
    await register("form-submission.created");
    const body = { form_id: "60101", patient_id: "40101" };
    const reply = await sandbox.callApi("POST", "/v1/form_links", { ...own, body });
    const link = z.object({ id: z.string(), form_link: z.string() }).parse(reply.body);
    const patient = (await sandbox.listPatients()).find(({ patientId }) => patientId === "40101");
    const browser = new PatientBrowser(sandbox);
    await browser.open(link.form_link);
    const path = new URL(link.form_link).pathname;
    await browser.submit(`${path}/identity`, birthFields(patient?.dateOfBirth ?? ""));
    await browser.submit(`${path}/form`);
    await waitForDeliveries(1);
    const [id = ""] = idsReceived();
    const response = await sandbox.callApi("GET", `/v1/form_response/${id}`, own);
    expect(checkReply("getFormResponse", 200, response.body)).toEqual([]);
    expect(response.body).toMatchObject({
      id: Number(id),
      short_link_id: Number(link.id),
      form_id: 60101,
      client_id: 40101,
    });
    const other = { ...base, groupId: "30182" };
    expect((await sandbox.callApi("GET", `/v1/form_response/${id}`, other)).status).toBe(403);
  });

  it("a registration without a signing key gets no signature, and its own headers", async () => {
    await register("appointment.confirmed", { headers: { "X-Own": "yes" } });
    expect(await send()).toEqual({ 200: 1 });
    const [delivery] = received;
    expect(delivery?.headers["x-herohealth-signature"]).toBeUndefined();
    expect(delivery?.headers["x-own"]).toBe("yes");
  });

  it("the second dialect signs in base64 with an ISO time, and sends again with the first time", async () => {
    own = { ...base, key: `${base.key}.second-only-webhooks-${randomUUID()}` };
    await register("appointment.confirmed");
    answer = 500;
    expect(await send()).toEqual({ 500: 3 });
    const timestamps = received.map(({ headers }) => String(headers["x-herohealth-timestamp"]));
    expect(new Set(timestamps).size).toBe(1);
    const [first] = received;
    const signature = sign(timestamps[0] ?? "", first?.body ?? "").toString("base64");
    expect(timestamps[0]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(first?.headers["x-herohealth-signature"]).toBe(`sha256=${signature}`);
  });
});

describe("scripts", () => {
  const tenIds = Array.from({ length: 10 }, (_, index) => String(1000 + index));

  it("by default nothing is sent again, and the list says what was answered", async () => {
    await register("appointment.confirmed");
    answer = 503;
    expect(await send()).toEqual({ 503: 1 });
    expect(await listSent()).toMatchObject([
      { url, attempt: 1, status: 503, body: { id: "4821" } },
    ]);
  });

  it("duplicates, losses and wrong signatures have exactly their shares", async () => {
    await register("appointment.confirmed");
    await script({ duplicates: 0.3 });
    expect(await send({ ids: tenIds })).toEqual({ 200: 13 });
    await script({ lost: 0.2 });
    expect(await send({ ids: tenIds })).toEqual({ 200: 8, lost: 2 });
    received = [];
    await script({ wrongSignatures: 0.5 });
    await send({ ids: tenIds });
    const right = received.filter(
      ({ headers, body }) =>
        headers["x-herohealth-signature"] ===
        sign(String(headers["x-herohealth-timestamp"]), body).toString("hex"),
    );
    expect(right).toHaveLength(5);
  });

  it("another practice, an old time and a time in milliseconds are sent when asked for", async () => {
    await register("appointment.confirmed");
    await script({ practiceGroupId: "999", ageMs: 600_000, timestamps: "milliseconds" });
    await send();
    const [delivery] = received;
    expect(JSON.parse(delivery?.body ?? "")).toMatchObject({ practice_group_id: "999" });
    const age = Date.now() - Number(delivery?.headers["x-herohealth-timestamp"]);
    expect(age).toBeGreaterThanOrEqual(600_000);
    expect(age).toBeLessThan(660_000);
  });

  it("groups arrive in reverse, and one that does not fill arrives too", async () => {
    await register("appointment.confirmed");
    await script({ reorderIn: 10 });
    await send({ ids: tenIds });
    expect(idsReceived()).not.toEqual(tenIds);
    expect(idsReceived().sort()).toEqual(tenIds);
    expect(await send()).toEqual({ 200: 1 });
  });

  it("a burst goes through its IDs, and an unknown event reaches another type's registration", async () => {
    await register("appointment.confirmed");
    expect(await send({ ids: tenIds, count: 300, stepMs: 1 })).toEqual({ 200: 300 });
    received = [];
    expect(await send({ event: "fax.sent" })).toEqual({});
    await send({ event: "fax.sent", toEventType: "appointment.confirmed" });
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ event: "fax.sent" });
  });

  it("a delivery without a response is in the list without a status", async () => {
    await register("appointment.confirmed", { url: "http://127.0.0.1:1/hook" });
    expect(await send()).toEqual({ no_answer: 1 });
    expect(await listSent()).toMatchObject([{ status: null, error: expect.any(String) }]);
  });
});
