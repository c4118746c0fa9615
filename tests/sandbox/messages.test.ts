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
        contact: "07700 900111",
        fallback: null,
        text: "Your results are here.",
        linkId: null,
        attachmentUuid: null,
        batchId: null,
        isWrittenToRecord: false,
        submittedBy: "API Partner A",
        adminId: null,
        status: "queued",
        sentThrough: "sms",
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

const changePatient = (changes: object) =>
  sandbox.callControl("POST", `/_sandbox/patients/${patientId}`, changes);

describe("the channels of a message", () => {
  const nhsApp = (overrides: object = {}) => smsBody({ message_type: "nhs_app", ...overrides });

  it("a message in the NHS App is sent, and opened a minute later", async () => {
    const id = await sendMessage(nhsApp());
    await advanceClock(3);
    expect(await getMessage(id)).toMatchObject({ status: "sent", message_type: "nhs_app" });
    await advanceClock(60);
    expect(await getMessage(id)).toMatchObject({ status: "opened", message_type: "nhs_app" });
  });

  it.each([
    ["sms", undefined, "07700 900111"],
    ["email", "other@example.com", "other@example.com"],
  ] as const)("an unread message falls back to %s after an hour", async (type, detail, contact) => {
    await changePatient({ opensNhsApp: false });
    const fallback = { fallback_message_type: type, fallback_contact_detail: detail };
    expect(checkRequest("sendMessage", { body: nhsApp(fallback) })).toEqual([]);
    const id = await sendMessage(nhsApp(fallback));
    await advanceClock(3600);
    expect(await getMessage(id)).toMatchObject({ status: "sent", message_type: "nhs_app" });
    await advanceClock(3);
    expect(await getMessage(id)).toMatchObject({ status: "delivered", message_type: type });
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toMatchObject([
      { channel: "nhs_app", sentThrough: type, fallback: { channel: type, contact } },
    ]);
  });

  it("a fallback that cannot be delivered fails an hour later", async () => {
    await changePatient({ opensNhsApp: false, mobile: "07700 900990" });
    const id = await sendMessage(nhsApp({ fallback_message_type: "sms" }));
    await advanceClock(3602);
    expect(await getMessage(id)).toMatchObject({ status: "sent", message_type: "nhs_app" });
    await advanceClock(1);
    expect(await getMessage(id)).toMatchObject({ status: "undelivered", message_type: "sms" });
  });

  it("an NHS App message whose fallback is refused is not sent", async () => {
    const fallback = { fallback_message_type: "sms", fallback_contact_detail: "09011 123456" };
    const reply = await call("sendMessage", { body: nhsApp(fallback) });
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body)).toContain('"path":["fallback_contact_detail"]');
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("a message becomes older on its own, without the clock", async () => {
    const [id, other] = [await sendMessage(nhsApp()), await sendMessage(nhsApp())];
    await sandbox.callControl("POST", `/_sandbox/messages/${id}/age`, { advanceMs: 60_000 });
    expect(await getMessage(id)).toMatchObject({ status: "opened" });
    expect(await getMessage(other)).toMatchObject({ status: "queued" });
  });

  it("without a fallback an unread message stays in the NHS App", async () => {
    await changePatient({ opensNhsApp: false });
    const id = await sendMessage(nhsApp());
    await advanceClock(7200);
    expect(await getMessage(id)).toMatchObject({ status: "sent", message_type: "nhs_app" });
  });

  it.each([
    ["a reserved number", { recipient_contact_detail: "+44 7700 900990" }, "undelivered"],
    ["a landline", { recipient_contact_detail: "01632 960001" }, "undelivered"],
    ["a Jersey mobile", { recipient_contact_detail: "07797 712345" }, "delivered"],
    [
      "an address that bounces",
      { message_type: "email", recipient_contact_detail: "undeliverable@example.com" },
      "undelivered",
    ],
    ["the record's address", { message_type: "email" }, "delivered"],
  ])("a message to %s ends as expected", async (_, overrides, status) => {
    const id = await sendMessage(smsBody(overrides));
    await advanceClock(3);
    expect(await getMessage(id)).toMatchObject({ status });
  });

  it.each([
    ["a premium number", { recipient_contact_detail: "09011 123456" }],
    ["a personal number", { recipient_contact_detail: "07012 345678" }],
    ["a foreign number", { recipient_contact_detail: "+33 6 12 34 56 78" }],
    ["no number", { recipient_contact_detail: "Margaret" }],
    ["no address", { message_type: "email", recipient_contact_detail: "Margaret" }],
  ])("a message to %s is rejected by its field", async (_, overrides) => {
    const reply = await call("sendMessage", { body: smsBody(overrides) });
    expect(reply).toMatchObject({ status: 400 });
    expect(JSON.stringify(reply.body)).toContain('"path":["recipient_contact_detail"]');
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("a private practice sends emails only, and notes", async () => {
    const clinic = getCredentials(practices, "Kingsway Private Clinic");
    const id = await getPatientId(clinic.groupId);
    const statusOf = async (message_type: string) =>
      (await call("sendMessage", { body: smsBody({ patient_id: id, message_type }) }, clinic))
        .status;
    expect(await statusOf("sms")).toBe(403);
    expect(await statusOf("nhs_app")).toBe(403);
    expect(await statusOf("email")).toBe(200);
    expect(await statusOf("hero")).toBe(200);
  });
});

describe("patients who may not be contacted", () => {
  it.each([
    ["deceased", { deceasedOn: "2026-11-01" }],
    ["restricted", { isRestricted: true }],
    ["archived", { isArchived: true }],
  ])("a patient who is %s gets no message; a note is stored", async (_, changes) => {
    await changePatient(changes);
    for (const message_type of ["sms", "email", "nhs_app"]) {
      expect((await call("sendMessage", { body: smsBody({ message_type }) })).status).toBe(400);
    }
    const note = await call("sendMessage", { body: smsBody({ message_type: "hero" }) });
    expect(note.status).toBe(200);
  });

  it("a merged record's message goes to the patient that it was merged into", async () => {
    const [, other] = (await sandbox.listPatients()).filter(
      (patient) => patient.practiceGroupId === own.groupId,
    );
    const survivor = other?.patientId ?? "";
    await changePatient({ mergedInto: { patientId: survivor, reply: "other_id" } });
    const id = await sendMessage(smsBody());
    expect(await getMessage(id)).toMatchObject({ patient: { id: survivor } });
    await changePatient({ mergedInto: { patientId: survivor, reply: "empty_list" } });
    expect((await call("sendMessage", { body: smsBody() })).status).toBe(404);
  });
});

describe("the links of a message", () => {
  const idSchema = z.object({ id: z.string() });
  const uuidSchema = z.object({ attachment_uuid: z.string() });

  async function createFormLink(caller: typeof own, patient_id?: string) {
    const forms = await sandbox.callApi("GET", "/v1/forms", caller);
    const form_id = z.object({ data: z.array(idSchema) }).parse(forms.body).data[0]?.id;
    const body = { form_id, patient_id };
    return idSchema.parse(
      (await sandbox.callApi("POST", "/v1/form_links", { ...caller, body })).body,
    ).id;
  }

  async function upload(caller: typeof own, patient_id?: string, file_data = "JVBERi0xLjc=") {
    const body = { file_data, file_name: "Advice.pdf", patient_id };
    return sandbox.callApi("POST", "/v1/attachment_links", { ...caller, body });
  }

  it("a link or file of another patient or practice is not found", async () => {
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const [, other] = (await sandbox.listPatients()).filter(
      (patient) => patient.practiceGroupId === own.groupId,
    );
    const otherId = other?.patientId ?? "";
    const uuidOf = async (reply: Promise<{ body: unknown }>) =>
      uuidSchema.parse((await reply).body).attachment_uuid;
    const rejected = [
      { short_link_id: await createFormLink(neighbour) },
      { short_link_id: await createFormLink(own, otherId) },
      { short_link_id: "1" },
      { attachment_uuid: await uuidOf(upload(neighbour)) },
      { attachment_uuid: await uuidOf(upload(own, otherId)) },
      { attachment_uuid: "unknown" },
    ];
    for (const overrides of rejected) {
      expect((await call("sendMessage", { body: smsBody(overrides) })).status).toBe(404);
    }
    const accepted = [
      { short_link_id: await createFormLink(own) },
      { short_link_id: await createFormLink(own, patientId) },
      { attachment_uuid: await uuidOf(upload(own)) },
      { attachment_uuid: await uuidOf(upload(own, patientId)) },
    ];
    for (const overrides of accepted) await sendMessage(smsBody(overrides));
  });

  it("the patient's page shows a message's file, with its name and size", async () => {
    const { attachment_uuid } = uuidSchema.parse((await upload(own, patientId)).body);
    await sendMessage(smsBody({ attachment_uuid }));
    const text = await (await fetch(`${sandbox.url}/messages`)).text();
    const [, path] = /href="(\/a\/[^"]+)">Advice\.pdf</.exec(text) ?? [];
    const file = await (await fetch(`${sandbox.url}${path}`)).text();
    expect(file).toContain("Advice.pdf");
    expect(file).toContain("8 bytes");
  });

  it("a file is base64, may be larger than other bodies, and belongs to a patient of the practice", async () => {
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const large = Buffer.alloc(2_000_000, "x").toString("base64");
    expect((await upload(own, patientId, large)).status).toBe(200);
    expect((await upload(own, patientId, "not base64!")).status).toBe(400);
    expect((await upload(own, await getPatientId(neighbour.groupId))).status).toBe(404);
  });
});

describe("a message's record entry", () => {
  const entry = (overrides: object = {}) => smsBody({ write_to_record: true, ...overrides });

  it("an entry waits for approval, then it is written with the documented code", async () => {
    const id = await sendMessage(entry());
    await advanceClock(3600);
    expect(await getMessage(id)).toMatchObject({
      write_to_record: { status: "pending", snomed_code: "279991000000102" },
    });
    await sandbox.callControl("POST", `/_sandbox/messages/${id}/approve`);
    await advanceClock(5);
    expect(await getMessage(id)).toMatchObject({
      write_to_record: { status: "succeeded", write_to_record_at: expect.any(String) },
    });
  });

  it("an entry that needs no approval is written at once, if the key may do so", async () => {
    const id = await sendMessage(entry({ auto_write_to_record: true }));
    await advanceClock(5);
    expect(await getMessage(id)).toMatchObject({ write_to_record: { status: "succeeded" } });

    const hub = practices.find(({ name }) => name === "Northgate Extended Access Hub");
    const limited = hub?.keys.find(({ scopes }) => !scopes.includes("booking_links"));
    if (!hub || !limited) throw new Error("There is no limited key.");
    const caller = { key: limited.key, groupId: hub.practiceGroupId };
    const body = entry({
      patient_id: await getPatientId(hub.practiceGroupId),
      auto_write_to_record: true,
    });
    const waiting = await sendMessage(body, caller);
    await advanceClock(3600);
    expect(await getMessage(waiting, caller)).toMatchObject({
      write_to_record: { status: "pending" },
    });
  });

  it("an entry of a patient without a clinical record fails with a reason", async () => {
    const created = await sandbox.callControl("POST", "/_sandbox/patient-cases", {
      practiceGroupId: own.groupId,
      name: "not_in_ehr",
    });
    const { patients } = z
      .object({ patients: z.array(z.object({ patientId: z.string() })) })
      .parse(created);
    const body = entry({ patient_id: patients[0]?.patientId, auto_write_to_record: true });
    const id = await sendMessage(body);
    await advanceClock(5);
    expect(await getMessage(id)).toMatchObject({
      write_to_record: { status: "failed", failure_reason: expect.stringMatching(/clinical/) },
    });
  });
});

describe("the page of messages", () => {
  const readPage = async () => (await fetch(`${sandbox.url}/messages`)).text();

  it("a patient's messages are shown with channel, contact, text and state", async () => {
    expect(await readPage()).toContain("No messages yet");
    await sendMessage(
      smsBody({ message_string: "Book here: https://example.com/s/abc <b>now</b>" }),
    );
    await advanceClock(3);
    const page = await readPage();
    expect(page).toContain("Text message");
    expect(page).toContain("To 07700 900111");
    expect(page).toContain("Delivered");
    expect(page).toContain('href="https://example.com/s/abc"');
    expect(page).toContain("&lt;b&gt;now&lt;/b&gt;");
  });

  it("a note is shown as one that the patient does not receive", async () => {
    await sendMessage(smsBody({ message_type: "hero" }));
    expect(await readPage()).toContain("The patient receives nothing");
  });

  it("messages are listed by practice and patient", async () => {
    await sendMessage(smsBody());
    const list = (query: string) => sandbox.callControl("GET", `/_sandbox/messages?${query}`);
    expect(await list(`practiceGroupId=${own.groupId}`)).toHaveLength(1);
    expect(await list(`practiceGroupId=${own.groupId}&patientId=${patientId}`)).toHaveLength(1);
    expect(await list("practiceGroupId=20417")).toEqual([]);
    expect(await list("patientId=1")).toEqual([]);
  });
});

describe("templates", () => {
  it("templates follow the contract and are filtered by their follow-up", async () => {
    const reply = await call("listTemplates", {});
    expect(reply).toMatchObject({ status: 200, body: { count: 3 } });
    const filtered = await sandbox.callApi("GET", "/v1/templates?has_follow_up=true", own);
    expect(filtered.body).toMatchObject({ count: 1 });
  });
});
