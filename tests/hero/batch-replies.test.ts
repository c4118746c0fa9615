import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { env } from "@/server/env";
import { batchStateOf, recipientFailureOf, recipientStateOf } from "@/server/hero/batch-state";
import {
  createBatch,
  findBatchByName,
  getBatch,
  listBatches,
  listBatchRecipients,
  listBatchSends,
  type NewBatch,
  sendBatch,
} from "@/server/hero/batches";
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

const { access } = createAccess();
const email: NewBatch = {
  name: "run 1 part 1",
  channel: "EMAIL",
  subject: "Your results",
  content: "Dear Ŵyn,\nyour results are back.",
  recipients: [{ nhs_number: "9990000018", dob: "1980-01-31" }],
};
const created = {
  id: "850001",
  name: email.name,
  status: "CREATED",
  channel: "EMAIL",
  subject: email.subject,
  content: email.content,
};

describe("the reply to creating a batch", () => {
  it.each([
    ["everything that was sent", created],
    ["the ID and the name", { id: "850001", name: email.name }],
    ["a number for the ID", { ...created, id: 850001 }],
    ["words in another case", { ...created, status: "created", channel: "email" }],
    [
      "the text with other white space",
      { ...created, content: "Dear Ŵyn, your  results are back. " },
    ],
    ["the text with a decomposed letter", { ...created, content: email.content.normalize("NFD") }],
    ["no subject", { ...created, subject: null }],
  ])("a reply with %s is accepted", async (_, reply) => {
    hero.respondWith(json(200, reply));
    expect(await createBatch(access, email)).toEqual({ id: "850001" });
  });

  it.each([
    ["only the ID", { id: "850001" }],
    ["no ID", { ...created, id: undefined }],
    ["an ID that is a path", { ...created, id: "../me" }],
    ["another name", { ...created, name: "run 1 part 2" }],
    ["another text", { ...created, content: "Your appointment is tomorrow." }],
    ["more text", { ...created, content: `${email.content} Call us.` }],
    ["another channel", { ...created, channel: "SMS" }],
    ["another subject", { ...created, subject: "Your bill" }],
    ["a batch that is being sent", { ...created, status: "SENDING" }],
    ["a batch that is completed", { ...created, status: "COMPLETED" }],
    ["a word of tomorrow for its status", { ...created, status: "LAUNCHED" }],
    ["a list", [created]],
  ])("a reply with %s proves nothing, and its ID is not used", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(createBatch(access, email)).rejects.toMatchObject({
      code: "unreadable_reply",
      writeOutcome: "unknown",
    });
    expect(hero.calls).toHaveLength(1);
  });

  it.each([
    ["a lost connection", resetConnection],
    ["no response", neverRespond],
    ["an error of Hero's", json(500, {})],
    ["a redirect", json(302, {}, { location: "/v1/batch_message" })],
  ])("after %s the outcome is unknown, and the call is not repeated", async (_, response) => {
    env().HERO_TIMEOUT_MS = 300;
    for (const call of [() => createBatch(access, email), () => sendBatch(access, "850001")]) {
      hero.respondWith(response);
      await expect(call()).rejects.toMatchObject({ writeOutcome: "unknown" });
      expect(hero.calls).toHaveLength(1);
    }
    env().HERO_TIMEOUT_MS = 2000;
  });

  it("the reply to sending a batch is not documented and not read", async () => {
    hero.respondWith(text(200, "<html>"));
    await sendBatch(access, "850001");
    expect(hero.calls).toMatchObject([
      { method: "PATCH", url: "/v1/batch_message/850001/send", body: "" },
    ]);
  });

  it("only the fields of a batch are sent, whatever else the value has", async () => {
    hero.respondWith(json(200, created));
    const [recipient] = email.recipients;
    const wider = {
      ...email,
      send_at: "2027-03-01T09:00:00Z",
      recipients: [{ nhs_number: "", dob: "", ...recipient, first_name: "Margaret" }],
    };
    await createBatch(access, wider);
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual(email);
  });

  it("a batch with no recipient, or with more than the setting allows, is not sent to Hero", async () => {
    hero.respondWith(json(200, created));
    const of = (count: number) => ({
      ...email,
      recipients: Array.from({ length: count }, () => ({
        nhs_number: "9990000018",
        dob: "1980-01-31",
      })),
    });
    await expect(createBatch(access, of(0))).rejects.toThrow("0 recipients");
    await expect(createBatch(access, of(501))).rejects.toThrow("501 recipients");
    expect(hero.calls).toEqual([]);
    await createBatch(access, of(500));
    expect(hero.calls).toHaveLength(1);
  });
});

describe("a batch that is read", () => {
  it("its text, channel and state are read, and nothing else", async () => {
    hero.respondWith(json(200, { ...created, status: "Sending", key: "a secret" }));
    expect(await getBatch(access, "850001")).toEqual({
      ...created,
      status: "Sending",
      state: "sending",
    });
  });

  it.each([
    ["another ID", { ...created, id: "850002" }],
    ["no ID", { ...created, id: null }],
    ["a status that is a number", { ...created, status: 3 }],
  ])("a batch with %s is rejected", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(getBatch(access, "850001")).rejects.toMatchObject({ code: "unreadable_reply" });
  });
});

describe("the list of batches", () => {
  it("a reply that is one batch is a list of it", async () => {
    hero.respondWith(json(200, created));
    const { data } = await listBatches(access, { index: 0, size: 100 });
    expect(data.map(({ id }) => id)).toEqual(["850001"]);
  });

  it.each([
    ["the list is empty", [json(200, { data: [], count: 0 })], "none"],
    [
      "the count says that there are more",
      [json(200, { data: [created], count: 2 }), json(200, { data: [], count: 2 })],
      "incomplete",
    ],
    ["every page is the same one batch", [json(200, created)], "incomplete"],
    [
      "the second page cannot be read",
      [json(200, { data: [created], count: 2 }), json(400, {})],
      "incomplete",
    ],
    [
      "two have the name",
      [json(200, { data: [created, { ...created, id: "850002" }], count: 3 }), json(400, {})],
      "several",
    ],
    [
      "the name is there once",
      [json(200, { data: [created], count: 1 }), json(200, { data: [], count: 1 })],
      "one",
    ],
    [
      "the name only begins like one",
      [
        json(200, { data: [{ ...created, name: `${email.name}0` }], count: 1 }),
        json(200, { data: [], count: 1 }),
      ],
      "none",
    ],
    [
      "a batch has no name",
      [json(200, { data: [{ id: "850001" }], count: 1 }), json(200, { data: [], count: 1 })],
      "none",
    ],
  ])("when %s, the answer says so", async (_, responses, found) => {
    hero.respondWith(...responses);
    expect((await findBatchByName(access, email.name)).found).toBe(found);
  });

  it("a list that cannot be read is an error", async () => {
    hero.respondWith(json(403, {}));
    await expect(findBatchByName(access, email.name)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("the recipients and messages of a batch", () => {
  const pagesOf = (...rows: unknown[]) => [
    json(200, { data: rows, count: rows.length }),
    json(200, { data: [], count: rows.length }),
  ];

  it.each([
    ["the documented field", { nhs_number: "9990000018", dob: "1980-01-31", status: "ENRICHED" }],
    ["spaces in the number", { nhs_number: "999 000 0018", dob: "1980-01-31", status: "queued" }],
    [
      "its patient",
      { patient: { nhs_number: "9990000018" }, dob: "1980-01-31T00:00:00Z", status: "Enriched" },
    ],
  ])("a recipient is recognised by %s", async (_, row) => {
    hero.respondWith(...pagesOf(row));
    const { recipients, isComplete } = await listBatchRecipients(access, "850001");
    expect(isComplete).toBe(true);
    expect(recipients).toMatchObject([
      { nhsNumber: "9990000018", dateOfBirth: "1980-01-31", state: "accepted" },
    ]);
  });

  it("a row that says nothing is a recipient without a number or state", async () => {
    hero.respondWith(...pagesOf({ nhs_number: 7, dob: false, status: [] }));
    expect((await listBatchRecipients(access, "850001")).recipients).toEqual([
      {
        id: null,
        patientId: null,
        nhsNumber: null,
        dateOfBirth: null,
        status: null,
        state: "unknown",
        failure: null,
      },
    ]);
  });

  it("rows that cannot be told apart leave the list incomplete", async () => {
    hero.respondWith(...pagesOf({ status: "QUEUED" }, { status: "QUEUED" }));
    expect(await listBatchRecipients(access, "850001")).toMatchObject({ isComplete: false });
    hero.respondWith(...pagesOf({ status: "sent" }, { status: "sent" }));
    expect(await listBatchSends(access, "850001")).toMatchObject({ isComplete: false });
  });

  it("a message of a batch has the fields of a message", async () => {
    hero.respondWith(
      ...pagesOf(
        {
          id: 800001,
          patient: { id: 40101 },
          status: "delivered",
          sent_at: "2027-03-28T02:30:00+01:00",
          message_type: "sms",
        },
        { message_id: "800002", patient_id: "40102", status: "INVALID_PAYLOAD" },
      ),
    );
    expect(await listBatchSends(access, "850001")).toMatchObject({
      isComplete: true,
      sends: [
        {
          id: "800001",
          patientId: "40101",
          state: "delivered",
          failure: null,
          sentAt: "2027-03-28T01:30:00.000Z",
          channel: "SMS",
        },
        {
          id: "800002",
          patientId: "40102",
          state: "failed",
          failure: expect.stringMatching(/\w/),
          sentAt: null,
          channel: null,
        },
      ],
    });
  });
});

describe("Hero's words", () => {
  it.each([
    ["CREATED", "created"],
    ["created", "created"],
    ["PENDING", "sending"],
    ["SENDING", "sending"],
    ["In progress", "sending"],
    ["COMPLETED", "completed"],
    ["a word of tomorrow", "unknown"],
    ["constructor", "unknown"],
    [null, "unknown"],
  ])("a batch that is %j is %s", (word, state) => {
    expect(batchStateOf(word)).toBe(state);
  });

  it.each([
    ["CREATED", "waiting"],
    ["ENRICHED", "accepted"],
    ["queued", "accepted"],
    ["ENRICHMENT_ERROR", "failed"],
    ["invalid payload", "failed"],
    ["__proto__", "unknown"],
    [null, "unknown"],
  ])("a recipient who is %j is %s", (word, state) => {
    expect(recipientStateOf(word)).toBe(state);
    expect(recipientFailureOf(word) !== null).toBe(state === "failed");
  });
});
