import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getCredentials, Sandbox, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };
let patientId: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.listPractices();
  own = getCredentials(practices, "Millbrook Health Centre");
  patientId = await getPatientId(own.groupId);
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

async function getPatientId(groupId: string): Promise<string> {
  const patient = (await sandbox.listPatients()).find(
    (candidate) => candidate.practiceGroupId === groupId,
  );
  return patient?.patientId ?? "";
}

/** Sends an operation and validates the response against the contract. */
async function call(operationId: string, input: { id?: string; body?: unknown }, caller = own) {
  const { method, path } = getOperationRoute(operationId);
  const reply = await sandbox.callApi(method, path.replace("{id}", input.id ?? ""), {
    ...caller,
    body: input.body,
  });
  expect(checkReply(operationId, reply.status, reply.body)).toEqual([]);
  return reply;
}

const smsBody = (overrides: object = {}) => ({
  patient_id: patientId,
  message_type: "sms",
  message_string: "Your results are here.",
  ...overrides,
});

async function sendMessage(body: unknown, caller = own): Promise<string> {
  const reply = await call("sendMessage", { body }, caller);
  expect(reply.status).toBe(200);
  return z.object({ message_id: z.string() }).parse(reply.body).message_id;
}

const getMessage = async (id: string, caller = own) =>
  (await call("getMessage", { id }, caller)).body;
const advanceClock = (seconds: number) =>
  sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: seconds * 1000 });

describe("a message by API", () => {
  it("a message is queued, then delivered after three seconds of sandbox time", async () => {
    expect(checkRequest("sendMessage", { body: smsBody() })).toEqual([]);
    const id = await sendMessage(smsBody());
    expect(await getMessage(id)).toMatchObject({
      id,
      status: "queued",
      patient: { id: patientId },
    });
    await advanceClock(3);
    expect(await getMessage(id)).toMatchObject({
      status: "delivered",
      sent_at: expect.any(String),
    });
  });

  it("a scheduled message waits for its time", async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await sendMessage(smsBody({ send_at: sendAt }));
    expect(await getMessage(id)).toMatchObject({
      status: "scheduled",
      sent_at: null,
      scheduled_at: sendAt,
    });
    await advanceClock(3601);
    expect(await getMessage(id)).toMatchObject({ status: "queued", sent_at: sendAt });
    await advanceClock(3);
    expect(await getMessage(id)).toMatchObject({ status: "delivered" });
  });

  it("a message names its link and its record request", async () => {
    const forms = await sandbox.callApi("GET", "/v1/forms", own);
    const formId = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(forms.body)
      .data[0]?.id;
    const link = await sandbox.callApi("POST", "/v1/form_links", {
      ...own,
      body: { form_id: formId },
    });
    const linkId = z.object({ id: z.string() }).parse(link.body).id;
    const requestBody = smsBody({
      short_link_id: linkId,
      write_to_record: true,
      snomed_code: "279991000000102",
    });
    expect(checkRequest("sendMessage", { body: requestBody })).toEqual([]);
    expect(await getMessage(await sendMessage(requestBody))).toMatchObject({
      short_link: { id: linkId, type: "form", status: "unused" },
      write_to_record: { snomed_code: "279991000000102" },
    });
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const otherPatientBody = { ...requestBody, patient_id: await getPatientId(neighbour.groupId) };
    expect((await call("sendMessage", { body: otherPatientBody }, neighbour)).status).toBe(404);
  });

  it("a message is listed with its sender and channel", async () => {
    const id = await sendMessage(smsBody());
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([
      {
        id,
        practiceGroupId: own.groupId,
        patientId,
        channel: "sms",
        text: "Your results are here.",
        submittedBy: "API Partner A",
        adminId: null,
        status: "queued",
        via: "api",
      },
    ]);
    await sandbox.reset();
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("a message to a patient of another practice is rejected, and hidden from other practices", async () => {
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const otherPatientBody = smsBody({ patient_id: await getPatientId(neighbour.groupId) });
    expect((await call("sendMessage", { body: otherPatientBody })).status).toBe(404);
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([]);
    const id = await sendMessage(smsBody());
    const fromNeighbour = await call("getMessage", { id }, neighbour);
    expect(fromNeighbour.status).toBe(404);
    expect(fromNeighbour.body).toEqual((await call("getMessage", { id: "1" }, neighbour)).body);
  });

  it.each([
    ["no text", { message_string: "" }],
    ["a channel of batches", { message_type: "SMS" }],
    ["an id that is none", { patient_id: "Ellison" }],
    ["a time that is none", { send_at: "tomorrow" }],
  ])("a message with %s gets 400", async (_, overrides) => {
    expect((await call("sendMessage", { body: smsBody(overrides) })).status).toBe(400);
  });

  it("sending a message needs a key with the messaging scope", async () => {
    const unknownCaller = { key: "sandbox_a_unknown", groupId: own.groupId };
    expect((await call("sendMessage", { body: smsBody() }, unknownCaller)).status).toBe(401);
    expect((await call("getMessage", { id: "1" }, unknownCaller)).status).toBe(401);
    const wrongPractice = { ...own, groupId: "30182" };
    expect((await call("sendMessage", { body: smsBody() }, wrongPractice)).status).toBe(403);
  });
});
