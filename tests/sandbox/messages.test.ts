import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkReply, checkRequest, placeOf } from "../support/contract";
import { credentials, Sandbox, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };
let patientId: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.practices();
  own = credentials(practices, "Millbrook Health Centre");
  patientId = await patientOf(own.groupId);
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

async function patientOf(groupId: string): Promise<string> {
  const found = (await sandbox.patients()).find((one) => one.practiceGroupId === groupId);
  return found?.patientId ?? "";
}

/** Sends an operation, and holds the reply against the contract. */
async function call(operationId: string, sent: { id?: string; body?: unknown }, caller = own) {
  const { method, path } = placeOf(operationId);
  const reply = await sandbox.api(method, path.replace("{id}", sent.id ?? ""), {
    ...caller,
    body: sent.body,
  });
  expect(checkReply(operationId, reply.status, reply.body)).toEqual([]);
  return reply;
}

const sms = (more: object = {}) => ({
  patient_id: patientId,
  message_type: "sms",
  message_string: "Your results are here.",
  ...more,
});

async function send(body: unknown, caller = own): Promise<string> {
  const reply = await call("sendMessage", { body }, caller);
  expect(reply.status).toBe(200);
  return z.object({ message_id: z.string() }).parse(reply.body).message_id;
}

const read = async (id: string, caller = own) => (await call("getMessage", { id }, caller)).body;
const advance = (seconds: number) =>
  sandbox.control("POST", "/_sandbox/clock", { advanceMs: seconds * 1000 });

describe("a message by API", () => {
  it("is queued, then delivered after three seconds of the sandbox's clock", async () => {
    expect(checkRequest("sendMessage", { body: sms() })).toEqual([]);
    const id = await send(sms());
    expect(await read(id)).toMatchObject({ id, status: "queued", patient: { id: patientId } });
    await advance(3);
    expect(await read(id)).toMatchObject({ status: "delivered", sent_at: expect.any(String) });
  });

  it("waits for the time that it was put off to", async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await send(sms({ send_at: sendAt }));
    expect(await read(id)).toMatchObject({
      status: "scheduled",
      sent_at: null,
      scheduled_at: sendAt,
    });
    await advance(3601);
    expect(await read(id)).toMatchObject({ status: "queued", sent_at: sendAt });
    await advance(3);
    expect(await read(id)).toMatchObject({ status: "delivered" });
  });

  it("names the link it carries and what it asks of the record", async () => {
    const forms = await sandbox.api("GET", "/v1/forms", own);
    const formId = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(forms.body)
      .data[0]?.id;
    const link = await sandbox.api("POST", "/v1/form_links", { ...own, body: { form_id: formId } });
    const linkId = z.object({ id: z.string() }).parse(link.body).id;
    const given = sms({
      short_link_id: linkId,
      write_to_record: true,
      snomed_code: "279991000000102",
    });
    expect(checkRequest("sendMessage", { body: given })).toEqual([]);
    expect(await read(await send(given))).toMatchObject({
      short_link: { id: linkId, type: "form", status: "unused" },
      write_to_record: { snomed_code: "279991000000102" },
    });
    const neighbour = credentials(practices, "Northgate Surgery");
    const foreign = { ...given, patient_id: await patientOf(neighbour.groupId) };
    expect((await call("sendMessage", { body: foreign }, neighbour)).status).toBe(404);
  });

  it("is listed with who sent it and how", async () => {
    const id = await send(sms());
    expect(await sandbox.control("GET", "/_sandbox/messages")).toEqual([
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
    expect(await sandbox.control("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("is refused for a patient of another practice, and hidden from other practices", async () => {
    const neighbour = credentials(practices, "Northgate Surgery");
    const foreign = sms({ patient_id: await patientOf(neighbour.groupId) });
    expect((await call("sendMessage", { body: foreign })).status).toBe(404);
    expect(await sandbox.control("GET", "/_sandbox/messages")).toEqual([]);
    const id = await send(sms());
    const theirs = await call("getMessage", { id }, neighbour);
    expect(theirs.status).toBe(404);
    expect(theirs.body).toEqual((await call("getMessage", { id: "1" }, neighbour)).body);
  });

  it.each([
    ["no text", { message_string: "" }],
    ["a channel of batches", { message_type: "SMS" }],
    ["an id that is none", { patient_id: "Ellison" }],
    ["a time that is none", { send_at: "tomorrow" }],
  ])("with %s is refused with 400", async (_, wrong) => {
    expect((await call("sendMessage", { body: sms(wrong) })).status).toBe(400);
  });

  it("needs a key, and the scope for messages", async () => {
    const nobody = { key: "sandbox_a_unknown", groupId: own.groupId };
    expect((await call("sendMessage", { body: sms() }, nobody)).status).toBe(401);
    expect((await call("getMessage", { id: "1" }, nobody)).status).toBe(401);
    const elsewhere = { ...own, groupId: "30182" };
    expect((await call("sendMessage", { body: sms() }, elsewhere)).status).toBe(403);
  });
});
