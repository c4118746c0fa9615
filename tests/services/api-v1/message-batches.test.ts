import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { POST as checkRoute } from "@/app/api/v1/message-batches/[batchId]/check/route";
import { POST as addRoute } from "@/app/api/v1/message-batches/[batchId]/recipients/route";
import { GET as resultsRoute } from "@/app/api/v1/message-batches/[batchId]/results/route";
import { GET as reviewRoute } from "@/app/api/v1/message-batches/[batchId]/review/route";
import { GET as getRoute } from "@/app/api/v1/message-batches/[batchId]/route";
import { POST as sendRoute } from "@/app/api/v1/message-batches/[batchId]/send/route";
import { POST as stopRoute } from "@/app/api/v1/message-batches/[batchId]/stop/route";
import { GET as listRoute, POST as createRoute } from "@/app/api/v1/message-batches/route";
import { runMessageLoop } from "@/server/jobs/message-loop";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { approveMessageBatch } from "@/server/services/message-batches/approve";
import { createTestApiKey } from "../../support/api-v1";
import { createPatientCase } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  connectForMessages,
  createMessageTenants,
  createPatient,
  listReceived,
  type MessagePractice,
  saveSettings,
  superuser,
} from "../messages/support";
import { ajv } from "./support";

const practiceGroupId = "20417";
const text = "Dear {{first_name}}, please ring us about your flu vaccination.";
let own: MessagePractice;
let other: MessagePractice;
let key: string;

const createKey = async (
  { tenant }: MessagePractice,
  permissions: ApiKeyPermission[] = ["messages.read", "messages.send"],
  environment: "sandbox" | "staging" = "sandbox",
) => createTestApiKey(await tenant.asOwner(environment), permissions);

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
  ({ key } = await createKey(own));
});

type Method = "GET" | "POST";
type Call = { by?: string; body?: unknown; idempotencyKey?: string; query?: string };

const toRequest = (method: Method, call: Call) =>
  new Request(`http://localhost:3000/api/v1/message-batches${call.query ?? ""}`, {
    method,
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      authorization: `Bearer ${call.by ?? key}`,
      ...(call.idempotencyKey && { "idempotency-key": call.idempotencyKey }),
    },
    body: call.body === undefined ? null : JSON.stringify(call.body),
  });

async function read(response: Response) {
  const responseText = await response.text();
  const json = JSON.parse(responseText) as Record<string, unknown>;
  expect(response.headers.get("cache-control")).toBe("no-store");
  return { status: response.status, json, text: responseText, headers: response.headers };
}

type BatchRoute = (
  request: Request,
  context: { params: Promise<{ batchId: string }> },
) => Promise<Response>;

const at =
  (route: BatchRoute, method: Method) =>
  async (id: string, call: Call = {}) =>
    read(await route(toRequest(method, call), { params: Promise.resolve({ batchId: id }) }));

const create = async (body: unknown, call: Call = {}) =>
  read(await createRoute(toRequest("POST", { idempotencyKey: randomUUID(), ...call, body })));
const list = async (query = "", call: Call = {}) =>
  read(await listRoute(toRequest("GET", { ...call, query })));
const get = at(getRoute, "GET");
const addRecipients = at(addRoute, "POST");
const check = at(checkRoute, "POST");
const review = at(reviewRoute, "GET");
const send = at(sendRoute, "POST");
const stop = at(stopRoute, "POST");
const results = at(resultsRoute, "GET");

/** Every operation on one batch. */
const operations: [string, typeof get, Call][] = [
  ["get", get, {}],
  ["recipients", addRecipients, { body: { rows: [{ rowNumber: 1, patientId: "1" }] } }],
  ["check", check, {}],
  ["review", review, {}],
  ["send", send, { body: { snapshot: "0".repeat(64) } }],
  ["stop", stop, {}],
  ["results", results, {}],
];

const bodyFor = (rowCount: number, changes: Record<string, unknown> = {}) => ({
  practiceGroupId,
  name: "Flu clinic",
  channel: "sms",
  text,
  rowCount,
  ...changes,
});

/** Runs the worker until a batch has one of the states. */
async function workUntil(id: string, states: string[], by = key) {
  const stopWork = new AbortController();
  const loop = runMessageLoop(stopWork.signal);
  try {
    await expect
      .poll(async () => (await get(id, { by })).json.state, { timeout: 30_000, interval: 100 })
      .toSatisfy((state: unknown) => states.includes(String(state)));
  } finally {
    stopWork.abort();
    await loop;
  }
  return get(id, { by });
}

type Row = { rowNumber: number; patientId?: string; nhsNumber?: string; dateOfBirth?: string };

/** A batch that is checked, and its review. */
async function checkedBatch(rows: Row[], by = key) {
  const created = await create(bodyFor(rows.length), { by });
  expect(created.status).toBe(201);
  const id = String(created.json.id);
  expect((await addRecipients(id, { by, body: { rows } })).status).toBe(200);
  expect(await check(id, { by })).toMatchObject({ status: 200, json: { state: "checking" } });
  await workUntil(id, ["ready"], by);
  const reviewed = await review(id, { by });
  expect(reviewed.status).toBe(200);
  const warnings = reviewed.json.warnings as { code: string }[];
  const { snapshot } = reviewed.json;
  return { id, reviewed, body: { snapshot, confirmed: warnings.map(({ code }) => code) } };
}

const toRows = (patientIds: string[]): Row[] =>
  patientIds.map((patientId, index) => ({ rowNumber: index + 1, patientId }));

/** Ends the delay in which a batch can be undone. */
const makeDue = (id: string) =>
  superuser`update message_batches set send_at = now() - interval '1 second' where id = ${id}`;

const isBatch = ajv.compile({ $ref: "portal.json#/components/schemas/MessageBatch" });
const isReview = ajv.compile({ $ref: "portal.json#/components/schemas/MessageBatchReview" });
const isResults = ajv.compile({ $ref: "portal.json#/components/schemas/MessageBatchResultPage" });

describe("a batch with an API key", () => {
  it("a batch goes from its recipients to a result for each row", async () => {
    const [first] = (await createPatientCase(practiceGroupId, "found")).patients;
    const second = await createPatient(practiceGroupId);
    const patientId = first?.patientId ?? "";
    const nhsNumber = first?.searchNhsNumber ?? "";
    const { id, reviewed, body } = await checkedBatch([
      { rowNumber: 2, nhsNumber, dateOfBirth: first?.dateOfBirth ?? "" },
      { rowNumber: 3, patientId: second },
      { rowNumber: 5, patientId },
    ]);
    const { json } = reviewed;
    expect({ json, errors: isReview(json) || isReview.errors }).toEqual({ json, errors: true });
    expect(json).toMatchObject({ included: 2, excluded: 1, needsApproval: false });

    const scheduled = await send(id, { body });
    expect(scheduled).toMatchObject({ status: 200, json: { state: "scheduled", approval: null } });
    expect(isBatch(scheduled.json)).toBe(true);
    expect(await listReceived(patientId)).toEqual([]);
    await makeDue(id);
    const finished = await workUntil(id, ["finished"]);
    expect(finished.json.counts).toMatchObject({ total: 3, sent: 2, notSent: 1, unknown: 0 });
    expect(await listReceived(patientId)).toHaveLength(1);
    expect(await listReceived(second)).toHaveLength(1);

    const page = await results(id, { query: "?limit=2" });
    expect(isResults(page.json)).toBe(true);
    expect(page.json).toMatchObject({
      items: [
        { rowNumber: 2, patientId, outcome: expect.stringMatching(/^(sent|delivered)$/) },
        { rowNumber: 3, patientId: second, messageId: expect.any(String) },
      ],
      nextCursor: 3,
    });
    expect(page.headers.get("link")).toContain("cursor=3");
    expect((await results(id, { query: "?cursor=3" })).json).toMatchObject({
      items: [{ rowNumber: 5, outcome: "excluded", reason: expect.stringMatching(/\.$/) }],
      nextCursor: null,
    });
    const responses = [reviewed, scheduled, finished, page, await list()].map((each) => each.text);
    for (const detail of ["flu vaccination", nhsNumber, first?.firstName, first?.lastName]) {
      expect(responses.join("\n")).not.toContain(detail);
    }
    expect(await stop(id)).toMatchObject({ status: 409 });
  });

  it("one idempotency key creates one batch, and rows that are sent again are ignored", async () => {
    const call = { idempotencyKey: randomUUID() };
    const body = bodyFor(2);
    const created = await create(body, call);
    const id = String(created.json.id);
    expect(created.headers.get("location")).toBe(`/api/v1/message-batches/${id}`);
    const repeated = await create(body, call);
    expect(repeated).toMatchObject({ status: 200, json: { id } });
    expect(repeated.headers.get("idempotency-replayed")).toBe("true");
    expect(await create({ ...body, text: "Another text." }, call)).toMatchObject({ status: 422 });
    const rows = toRows(["1001"]);
    for (let index = 0; index < 2; index += 1) {
      expect((await addRecipients(id, { body: { rows } })).json.counts).toMatchObject({ total: 1 });
    }
    expect(await check(id)).toMatchObject({ status: 409 });
    expect(await send(id, { body: { snapshot: "0".repeat(64) } })).toMatchObject({ status: 409 });
    const cancelled = { status: 200, json: { state: "cancelled" } };
    expect(await stop(id)).toMatchObject(cancelled);
    expect(await stop(id)).toMatchObject(cancelled);
  });

  it("what was not reviewed is a conflict, and nothing is sent", async () => {
    const patientId = await createPatient(practiceGroupId);
    const { id } = await checkedBatch(toRows([patientId]));
    const wrong = await send(id, { body: { snapshot: "0".repeat(64) } });
    expect({ status: wrong.status, title: wrong.json.title }).toEqual({
      status: 409,
      title: "Conflict",
    });
    expect((await get(id)).json.state).toBe("ready");
    expect(await stop(id)).toMatchObject({ json: { state: "cancelled" } });
  });
});

describe("the second person", () => {
  it("the key and its creator do not approve, and a revoked key's batch is not sent", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const owner = await practice.tenant.asOwner();
    await saveSettings(owner, { approvalThreshold: 0 });
    const { key: by, id: apiKeyId } = await createKey(practice);
    const patientId = await createPatient(practiceGroupId);
    const admin = await practice.tenant.asRole("admin");
    const { id, reviewed, body } = await checkedBatch(toRows([patientId]), by);
    expect(reviewed.json).toMatchObject({ needsApproval: true, approvalThreshold: 0 });
    const waiting = {
      status: 200,
      json: { state: "awaiting_approval", approval: { decision: null } },
    };
    expect(await send(id, { by, body })).toMatchObject(waiting);
    // A repeat is not an approval.
    expect(await send(id, { by, body })).toMatchObject(waiting);
    const decision = { batchId: id, snapshot: String(body.snapshot) };
    await expect(approveMessageBatch(owner, decision)).rejects.toThrow(/another person/);
    expect((await get(id, { by })).json.state).toBe("awaiting_approval");
    expect(await approveMessageBatch(admin, decision)).toMatchObject({ state: "scheduled" });
    const reader = await createKey(practice);
    await revokeApiKey(owner, { apiKeyId });
    await makeDue(id);
    const ended = await workUntil(id, ["finished", "paused"], reader.key);
    expect(ended.json.counts).toMatchObject({ sent: 0, unknown: 0 });
    expect(await listReceived(patientId)).toEqual([]);
  });
});

describe("bad input", () => {
  it.each<[string, Record<string, unknown>]>([
    ["/practiceGroupId", { practiceGroupId: "1 2" }],
    ["/name", { name: "" }],
    ["/name", { name: "999 000 0018" }],
    ["/channel", { channel: "hero" }],
    ["/text", { text: "" }],
    ["/text", { text: "Dear {{title}}" }],
    ["/linkId", { linkId: "1" }],
    ["/rowCount", { rowCount: 0 }],
    ["/rowCount", { rowCount: 50_001 }],
    ["/link", { link: "own" }],
    ["/contact", { contact: "07700 900123" }],
    ["/operationId", { operationId: randomUUID() }],
  ])("a fault of a new batch is named at %s", async (pointer, changes) => {
    const { status, json } = await create(bodyFor(1, changes));
    expect({ status, errors: json.errors }).toMatchObject({
      status: 400,
      errors: [{ pointer: expect.stringMatching(new RegExp(`^${pointer}`)) }],
    });
  });

  it("a fault of recipients is named at its row", async () => {
    const { json } = await create(bodyFor(3));
    const id = String(json.id);
    const row = { rowNumber: 1, patientId: "1001" };
    for (const [pointer, rows] of [
      ["/rows", []],
      ["/rows", Array.from({ length: 501 }, (_, index) => ({ ...row, rowNumber: index + 1 }))],
      ["/rows/0", [{ rowNumber: 1 }]],
      ["/rows/0", [{ rowNumber: 1, nhsNumber: "9990000018" }]],
      ["/rows/0/nhsNumber", [{ ...row, nhsNumber: "9990000019", dateOfBirth: "1980-01-01" }]],
      ["/rows/1/rowNumber", [row, { ...row, rowNumber: 0 }]],
      ["/rows/0/mobile", [{ ...row, mobile: "07700 900123" }]],
    ] as const) {
      const refused = await addRecipients(id, { body: { rows } });
      expect(refused).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
      expect(refused.text).not.toContain("999000001");
    }
    expect((await get(id)).json.counts).toMatchObject({ total: 0 });
    const tooMany = await addRecipients(id, {
      body: { rows: [1, 2, 3, 4].map((rowNumber) => ({ ...row, rowNumber })) },
    });
    expect(tooMany.status).toBe(400);
    expect(await create(bodyFor(1), { idempotencyKey: "" })).toMatchObject({
      status: 400,
      json: { errors: [{ parameter: "Idempotency-Key" }] },
    });
    for (const query of ["?state=lost", "?cursor=1", "?limit=101", "?text=x"]) {
      expect(await list(query)).toMatchObject({ status: 400 });
    }
    for (const query of ["?outcome=lost", "?cursor=x", "?cursor=-1", "?limit=0"]) {
      expect(await results(id, { query })).toMatchObject({ status: 400 });
    }
  });
});

describe("who may", () => {
  it.each(operations)(
    "%s needs its permission and finds nothing of others",
    async (name, operate, call) => {
      const { json } = await create(bodyFor(1));
      const id = String(json.id);
      const needed = ["get", "review", "results"].includes(name)
        ? "messages.read"
        : "messages.send";
      const wrong = await createKey(own, [
        needed === "messages.read" ? "messages.send" : "messages.read",
      ]);
      expect(await operate(id, { ...call, by: wrong.key })).toMatchObject({
        status: 403,
        json: { requiredPermission: needed },
      });
      const keys = [await createKey(other), await createKey(own, undefined, "staging")];
      for (const { key: by } of keys) {
        const absent = await operate(randomUUID(), { ...call, by });
        expect(absent.status).toBe(404);
        for (const wrongId of [id, id.toUpperCase(), "x", "' or 1=1"]) {
          expect((await operate(wrongId, { ...call, by })).text).toBe(absent.text);
        }
        expect((await list("", { by })).text).not.toContain(id);
      }
      expect((await get(id)).json).toMatchObject({ state: "collecting", counts: { total: 0 } });
    },
  );

  it("a practice of another organisation or environment is not found", async () => {
    const staging = await createKey(own, undefined, "staging");
    const absent = await create(bodyFor(1, { practiceGroupId: "7777777" }), { by: staging.key });
    expect(absent.status).toBe(404);
    expect((await create(bodyFor(1), { by: staging.key })).text).toBe(absent.text);
    const listed = await list(`?practiceGroupId=${practiceGroupId}`, { by: staging.key });
    expect(listed.text).toBe(absent.text);
  });

  it("writing to the record without approval needs its own permission", async () => {
    expect(await create(bodyFor(1, { recordWrite: "automatic" }))).toMatchObject({
      status: 403,
      json: { requiredPermission: "messages.write_to_record_automatically" },
    });
  });
});
