import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { env } from "@/server/env";
import { messageFailureOf, messageStateOf, recordWriteStateOf } from "@/server/hero/message-state";
import { getMessage, type NewMessage, sendMessage } from "@/server/hero/messages";
import { listTemplates } from "@/server/hero/templates";
import {
  createAccess,
  json,
  neverRespond,
  resetConnection,
  startFakeHero,
  text,
} from "./fake-hero";

let hero: Awaited<ReturnType<typeof startFakeHero>>;

beforeAll(async () => {
  hero = await startFakeHero();
  process.env.HERO_SANDBOX_URL = hero.url;
  process.env.HERO_TIMEOUT_MS = "2000";
});
afterAll(() => hero.stop());

const unreadableReply = { code: "unreadable_reply", writeOutcome: "unknown" };
const sms: NewMessage = {
  patient_id: "40101",
  message_type: "sms",
  message_string: "Dear Ŵyn,\nyour results are back.",
};

describe("the reply to sending a message", () => {
  const { access } = createAccess();

  it.each([
    ["only the ID", { message_id: "800001" }, "800001"],
    ["a number for the ID", { message_id: 800001 }, "800001"],
    [
      "the text, with other white space",
      { message_id: "1", content: "Dear Ŵyn, your  results are back. " },
      "1",
    ],
    [
      "the text after the practice's name",
      { message_id: "1", content: `Northgate Surgery: ${sms.message_string}` },
      "1",
    ],
    [
      "the text with a decomposed letter",
      { message_id: "1", content: sms.message_string.normalize("NFD") },
      "1",
    ],
    ["no text", { message_id: "1", content: null }, "1"],
    ["its patient", { message_id: "1", patient_id: 40101 }, "1"],
  ])("a reply with %s is accepted", async (_, reply, id) => {
    hero.respondWith(json(200, reply));
    expect(await sendMessage(access, sms)).toEqual({ id });
  });

  it.each([
    ["no ID", { content: sms.message_string }],
    ["an empty ID", { message_id: "" }],
    ["an ID that is a path", { message_id: "../me" }],
    ["another text", { message_id: "1", content: "Your appointment is tomorrow." }],
    ["half of the text", { message_id: "1", content: "Dear Ŵyn," }],
    ["an empty text", { message_id: "1", content: "" }],
    ["a text that is a number", { message_id: "1", content: 7 }],
    ["another patient", { message_id: "1", patient_id: "40102" }],
  ])("a reply with %s proves nothing, and its ID is not used", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(sendMessage(access, sms)).rejects.toMatchObject(unreadableReply);
    expect(hero.calls).toHaveLength(1);
  });

  it.each([
    ["a lost connection", resetConnection],
    ["no response", neverRespond],
    ["an error of Hero's", json(500, {})],
    ["HTML", text(200, "<html>")],
    ["a redirect", json(302, {}, { location: "/v1/messages/send" })],
  ])("after %s the message may have been sent, and it is not sent again", async (_, response) => {
    env().HERO_TIMEOUT_MS = 300;
    hero.respondWith(response);
    await expect(sendMessage(access, sms)).rejects.toMatchObject({ writeOutcome: "unknown" });
    expect(hero.calls).toHaveLength(1);
    env().HERO_TIMEOUT_MS = 2000;
  });

  it("only the fields of a message are sent, whatever else the value has", async () => {
    hero.respondWith(json(200, { message_id: "1" }));
    const wider = { ...sms, send_at: "2027-03-01T09:00:00Z", encrypted: true, task_id: "9" };
    await sendMessage(access, wider);
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual(sms);
  });
});

describe("a message that is read", () => {
  const { access } = createAccess();

  it("its patient, link, state and record entry are read, and nothing else", async () => {
    hero.respondWith(
      json(200, {
        id: 800001,
        patient: { id: 40101, first_name: "Margaret" },
        short_link: { id: "500001", type: "booking" },
        status: "READ",
        sent_at: "2027-03-28T02:30:00+01:00",
        message_type: "nhs_app",
        auth_token: "a secret",
        write_to_record: {
          status: "Succeeded",
          failure_reason: null,
          write_to_record_at: "2027-03-28T01:31:00Z",
        },
      }),
    );
    expect(await getMessage(access, "800001")).toEqual({
      id: "800001",
      patientId: "40101",
      linkId: "500001",
      status: "READ",
      state: "opened",
      failure: null,
      sentAt: "2027-03-28T01:30:00.000Z",
      channel: "nhs_app",
      recordWrite: {
        status: "Succeeded",
        state: "written",
        failure: null,
        writtenAt: "2027-03-28T01:31:00.000Z",
      },
    });
  });

  it("a reply with the ID alone says nothing about its state", async () => {
    hero.respondWith(json(200, { id: "1" }));
    expect(await getMessage(access, "1")).toEqual({
      id: "1",
      patientId: null,
      linkId: null,
      status: null,
      state: "in_progress",
      failure: null,
      sentAt: null,
      channel: null,
      recordWrite: null,
    });
  });

  it.each([
    ["another ID", { id: "2", status: "delivered" }],
    ["no ID", { status: "delivered" }],
    ["a status that is a number", { id: "1", status: 3 }],
    ["a patient that is a list", { id: "1", patient: [] }],
  ])("a message with %s is rejected", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(getMessage(access, "1")).rejects.toMatchObject({ code: "unreadable_reply" });
  });
});

describe("Hero's words", () => {
  it.each([
    ["delivered", "delivered"],
    ["Opened", "opened"],
    ["READ", "opened"],
    ["queued", "in_progress"],
    ["sent", "in_progress"],
    ["scheduled", "in_progress"],
    ["undelivered", "failed"],
    ["Delivery failed", "failed"],
    ["permanent-failure", "failed"],
    ["opted out", "failed"],
    ["cancelled", "failed"],
    ["a word of tomorrow", "in_progress"],
    ["constructor", "in_progress"],
    [null, "in_progress"],
  ])("a message that is %j is %s", (word, state) => {
    expect(messageStateOf(word)).toBe(state);
    expect(messageFailureOf(word) !== null).toBe(state === "failed");
  });

  it.each([
    ["succeeded", "written"],
    ["COMPLETED", "written"],
    ["failed", "failed"],
    ["pending", "in_progress"],
    ["awaiting approval", "in_progress"],
    ["__proto__", "in_progress"],
    [null, "in_progress"],
  ])("a record entry that is %j is %s", (word, state) => {
    expect(recordWriteStateOf(word)).toBe(state);
  });
});

describe("the list of templates", () => {
  const { access } = createAccess();
  const template = { id: "1", name: "Flu", text: "Book here: {{link}}" };

  it.each([
    ["in a field", { data: [template], count: 1 }],
    ["alone", [template]],
    ["in a field with another name", { page: 1, templates: [template] }],
    [
      "with other names of fields",
      { data: [{ template_id: 1, title: "Flu", content: "Book here: {{link}}" }] },
    ],
  ])("a list %s is read", async (_, reply) => {
    hero.respondWith(json(200, reply));
    expect(await listTemplates(access)).toEqual({ templates: [template], problem: null });
  });

  it("a template without a name has its ID instead", async () => {
    hero.respondWith(json(200, { data: [{ id: 7, body: "Hello" }] }));
    expect((await listTemplates(access)).templates).toEqual([
      { id: "7", name: "Template 7", text: "Hello" },
    ]);
  });

  it("a template that cannot be read is left out, and the result says so", async () => {
    hero.respondWith(json(200, { data: [template, { id: "2", name: "Empty" }, null] }));
    expect(await listTemplates(access)).toEqual({
      templates: [template],
      problem: "2 of Hero's 3 templates could not be read.",
    });
  });

  it.each([
    ["nothing", null],
    ["no list", { message: "Hello" }],
    ["a text", "templates"],
  ])("a reply with %s is an empty list with a reason", async (_, reply) => {
    hero.respondWith(json(200, reply));
    expect(await listTemplates(access)).toEqual({
      templates: [],
      problem: "Hero's list of templates could not be read.",
    });
  });

  it("a refusal is an error, not an empty list", async () => {
    hero.respondWith(json(403, {}));
    await expect(listTemplates(access)).rejects.toMatchObject({ code: "forbidden" });
  });
});
