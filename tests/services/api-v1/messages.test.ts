import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { POST as cancelRoute } from "@/app/api/v1/messages/[messageId]/cancel/route";
import { GET as getRoute } from "@/app/api/v1/messages/[messageId]/route";
import { POST as previewRoute } from "@/app/api/v1/messages/preview/route";
import { GET as listRoute, POST as sendRoute } from "@/app/api/v1/messages/route";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { createTestApiKey } from "../../support/api-v1";
import { changePatient, createPatientCase } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  connectForMessages,
  countSends,
  createMessageTenants,
  createPatient,
  listActions,
  listEventTypes,
  listReceived,
  type MessagePractice,
  preview as previewInPortal,
  release,
  request as requestInPortal,
  superuser,
} from "../messages/support";
import { ajv } from "./support";

const practiceGroupId = "20417";
let own: MessagePractice;
let other: MessagePractice;
let key: string;
let otherKey: string;

const createKey = async (
  { tenant }: MessagePractice,
  permissions: ApiKeyPermission[] = ["messages.read", "messages.send"],
  environment: "sandbox" | "staging" = "sandbox",
) => (await createTestApiKey(await tenant.asOwner(environment), permissions)).key;

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
  [key, otherKey] = [await createKey(own), await createKey(other)];
});

type Call = { by?: string; body?: unknown; idempotencyKey?: string | null; query?: string };

function toRequest(method: string, { by = key, body, idempotencyKey, query = "" }: Call) {
  return new Request(`http://localhost:3000/api/v1/messages${query}`, {
    method,
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      authorization: `Bearer ${by}`,
      ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function read(response: Response) {
  const text = await response.text();
  const json = JSON.parse(text) as Record<string, unknown>;
  expect(response.headers.get("cache-control")).toBe("no-store");
  const isProblem = response.status >= 400;
  expect(response.headers.get("content-type")).toContain(isProblem ? "problem+json" : "json");
  return { status: response.status, json, text, headers: response.headers };
}

const preview = async (body: unknown, by = key) =>
  read(await previewRoute(toRequest("POST", { by, body })));
const send = async (body: unknown, idempotencyKey: string | null = randomUUID(), by = key) =>
  read(await sendRoute(toRequest("POST", { by, body, idempotencyKey })));
const list = async (query: string, by = key) =>
  read(await listRoute(toRequest("GET", { by, query })));
const paramsOf = (id: string) => ({ params: Promise.resolve({ messageId: id }) });
const get = async (id: string, by = key) =>
  read(await getRoute(toRequest("GET", { by }), paramsOf(id)));
const cancel = async (id: string, by = key) =>
  read(await cancelRoute(toRequest("POST", { by }), paramsOf(id)));

const draftFor = (patientId: string, changes: Record<string, unknown> = {}) => ({
  practiceGroupId,
  patientId,
  channel: "sms",
  text: "Dear {{first_name}}, please ring us.",
  ...changes,
});

/** The body that sends a draft, after its preview. */
async function reviewed(patientId: string, changes: Record<string, unknown> = {}, by = key) {
  const draft = draftFor(patientId, changes);
  const { json } = await preview(draft, by);
  expect(json.refusal).toBeNull();
  const warnings = json.warnings as { code: string }[];
  return {
    ...draft,
    previewFingerprint: json.previewFingerprint,
    confirmed: warnings.map(({ code }) => code),
  };
}

const sent = async (changes: Record<string, unknown> = {}) => {
  const patientId = await createPatient(practiceGroupId);
  const { status, json } = await send(await reviewed(patientId, changes));
  expect({ status, json }).toMatchObject({ status: 201, json: { state: "scheduled" } });
  return { id: String(json.id), patientId };
};

const countMessages = async () => {
  const [row] = await superuser<{ count: number }[]>`
    select count(*)::int as count from messages
    where practice_id in (${own.practiceId}, ${other.practiceId})`;
  return row?.count ?? 0;
};

const isMessage = ajv.compile({ $ref: "portal.json#/components/schemas/Message" });
const isPage = ajv.compile({ $ref: "portal.json#/components/schemas/MessagePage" });
const isPreview = ajv.compile({ $ref: "portal.json#/components/schemas/MessagePreview" });

describe("previewing a message with an API key", () => {
  it("the preview has what a person must see, with a masked contact and without the text", async () => {
    const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
    const before = await countMessages();
    const { status, json, text } = await preview(draftFor(patient?.patientId ?? ""));
    expect(status).toBe(200);
    expect({ json, errors: isPreview(json) || isPreview.errors }).toEqual({ json, errors: true });
    expect(json).toMatchObject({ refusal: null, warnings: [], isSensitiveContact: false });
    expect(json.previewFingerprint).toMatch(/^[0-9a-f]{64}$/);
    const sms = (json.channels as Record<string, unknown>[]).find(
      ({ channel }) => channel === "sms",
    );
    expect(sms).toMatchObject({ isAvailable: true, smsParts: 1, pence: 4 });
    expect(sms?.contact).toMatch(/•/);
    expect(text).not.toContain("ring us");
    expect(text).not.toContain(patient?.firstName);
    expect(await countMessages()).toBe(before);
  });

  it.each(["restricted", "deceased", "archived"])(
    "a patient who is %s has a refusal and no fingerprint",
    async (name) => {
      const patientId = await createPatient(practiceGroupId, name);
      const { json } = await preview(draftFor(patientId));
      expect(json.refusal).toMatch(/\.$/);
      expect(json.previewFingerprint).toBeNull();
    },
  );

  it("a patient under 16 is for a person to decide, in the portal", async () => {
    const patientId = await createPatient(practiceGroupId);
    await changePatient(patientId, { dateOfBirth: `${new Date().getFullYear() - 10}-01-01` });
    const { json } = await preview(draftFor(patientId));
    expect(json).toMatchObject({ previewFingerprint: null, warnings: [{ code: "under_16" }] });
    expect(json.refusal).toMatch(/only be sent from the portal/);
    // Not with a person's own fingerprint either.
    const draft = draftFor(patientId, { text: "Please ring us." });
    const { previewFingerprint } = await previewInPortal(own, patientId, { text: draft.text });
    expect(previewFingerprint).not.toBeNull();
    const before = await countMessages();
    for (const confirmed of [[], ["under_16"], ["age_unknown"]]) {
      const { status, json } = await send({ ...draft, previewFingerprint, confirmed });
      expect(status).toBe(400);
      expect((json.errors as { pointer: string }[])[0]?.pointer).toMatch(/^\/confirmed/);
    }
    expect(await countMessages()).toBe(before);
  });
});

describe("sending a message with an API key", () => {
  it("a reviewed message is scheduled once for an idempotency key", async () => {
    const patientId = await createPatient(practiceGroupId);
    const body = await reviewed(patientId);
    const idempotencyKey = randomUUID();
    const created = await send(body, idempotencyKey);
    expect(created).toMatchObject({
      status: 201,
      json: { state: "scheduled", patientId, heroMessageId: null, createdBy: "API key: Server" },
    });
    const { json } = created;
    expect({ json, errors: isMessage(json) || isMessage.errors }).toEqual({ json, errors: true });
    expect(created.headers.get("location")).toBe(`/api/v1/messages/${String(json.id)}`);
    const repeated = await send(body, idempotencyKey);
    expect(repeated).toMatchObject({ status: 200, json: { id: json.id } });
    expect(repeated.headers.get("idempotency-replayed")).toBe("true");
    expect(await send({ ...body, text: "Another text." }, idempotencyKey)).toMatchObject({
      status: 422,
      json: { title: "Idempotency key already used" },
    });
    const read = await get(String(json.id));
    expect(read).toMatchObject({ status: 200, json });
    expect(created.text + read.text).not.toContain("ring us");
    expect(await listActions(String(json.id))).toEqual(["message.requested"]);
  });

  it("twenty requests at once with one idempotency key schedule one message", async () => {
    const patientId = await createPatient(practiceGroupId);
    const [body, idempotencyKey, before] = [
      await reviewed(patientId),
      randomUUID(),
      await countMessages(),
    ];
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(body, idempotencyKey)));
    expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1);
    expect(await countMessages()).toBe(before + 1);
  });

  it("without an idempotency key nothing is scheduled", async () => {
    const body = await reviewed(await createPatient(practiceGroupId));
    const before = await countMessages();
    for (const idempotencyKey of [null, "two words", "x".repeat(256)]) {
      expect(await send(body, idempotencyKey)).toMatchObject({
        status: 400,
        json: { errors: [{ parameter: "Idempotency-Key" }] },
      });
    }
    expect(await countMessages()).toBe(before);
  });

  it("what was not reviewed, or differs from the review, is a conflict", async () => {
    const patientId = await createPatient(practiceGroupId);
    const body = await reviewed(patientId);
    const before = await countMessages();
    for (const changes of [
      { previewFingerprint: "0".repeat(64) },
      { text: "Another text." },
      { channel: "email" },
      { recordWrite: "for_approval" },
      { patientId: await createPatient(practiceGroupId) },
    ]) {
      expect(await send({ ...body, ...changes })).toMatchObject({
        status: 409,
        json: { title: "Conflict" },
      });
    }
    await changePatient(patientId, { mobile: "07700 900778" });
    expect(await send(body)).toMatchObject({ status: 409 });
    expect(await countMessages()).toBe(before);
  });

  it("another contact than the record's must be confirmed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const body = await reviewed(patientId, { contact: "07700 900123" });
    expect(body.confirmed).toEqual(["contact_differs"]);
    const refused = await send({ ...body, confirmed: [] });
    expect(refused).toMatchObject({ status: 400, json: { errors: [{ pointer: "/confirmed" }] } });
    const created = await send(body);
    expect(created.status).toBe(201);
    expect(created.text).not.toContain("900123");
  });

  it("a time is kept, in UTC, and one that has passed is refused at its field", async () => {
    const day = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString().slice(0, 10);
    const sendAt = `${day}T09:00:00Z`;
    const body = await reviewed(await createPatient(practiceGroupId));
    expect(await send({ ...body, sendAt })).toMatchObject({
      status: 201,
      json: { sendAt: `${day}T09:00:00.000Z` },
    });
    for (const wrong of ["2020-01-01T09:00:00Z", "2099-01-01T09:00:00Z", "2026-02-30T09:00:00Z"]) {
      expect(await send({ ...body, sendAt: wrong })).toMatchObject({
        status: 400,
        json: { errors: [{ pointer: "/sendAt" }] },
      });
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ["/patientId", { patientId: "x1" }],
    ["/practiceGroupId", { practiceGroupId: "30298, 1" }],
    ["/channel", { channel: "hero" }],
    ["/fallbackChannel", { fallbackChannel: "nhs_app" }],
    ["/text", { text: "" }],
    ["/text", { text: "a\u0000b" }],
    ["/text", { text: "a".repeat(5001) }],
    ["/variables", { variables: { "Bad name": "x" } }],
    ["/linkId", { linkId: "1" }],
    ["/contact", { contact: "0".repeat(300) }],
    ["/recordWrite", { recordWrite: "yes" }],
    ["/previewFingerprint", { previewFingerprint: "abc" }],
    ["/confirmed", { confirmed: "all" }],
    ["/sendAt", { sendAt: "tomorrow" }],
    ["/sendAt", { sendAt: 1 }],
    ["/operationId", { operationId: randomUUID() }],
    ["/practiceId", { practiceId: randomUUID() }],
    ["/attachmentUuid", { attachmentUuid: randomUUID() }],
  ])("what is wrong is named at %s", async (pointer, changes) => {
    const body = { ...draftFor("1"), previewFingerprint: "0".repeat(64), ...changes };
    const { status, json } = await send(body);
    expect({ status, errors: json.errors }).toMatchObject({
      status: 400,
      errors: [{ pointer: expect.stringMatching(new RegExp(`^${pointer}`)) }],
    });
  });

  it("what the preview refuses is refused again", async () => {
    const patientId = await createPatient(practiceGroupId, "archived");
    const before = await countMessages();
    const body = { ...draftFor(patientId), previewFingerprint: "0".repeat(64) };
    expect(await send(body)).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: "/text" }] },
    });
    expect(await countMessages()).toBe(before);
  });
});

describe("the key as the author of a message", () => {
  it("its message is released like any other, and its state can be read", async () => {
    const { id, patientId } = await sent();
    expect(await release(own, { id })).toMatchObject({ state: "sent" });
    const [received, ...others] = await listReceived(patientId);
    expect(others).toEqual([]);
    expect((await get(id)).json).toMatchObject({
      state: "sent",
      heroMessageId: received?.id,
      reason: null,
    });
    expect(await listEventTypes(id)).toEqual(["message.sent"]);
  });

  it("a message of a key that was revoked meanwhile is held and not sent", async () => {
    const { key: revoked, id: apiKeyId } = await createTestApiKey(await own.tenant.asOwner(), [
      "messages.send",
    ]);
    const patientId = await createPatient(practiceGroupId);
    const created = await send(await reviewed(patientId, {}, revoked), randomUUID(), revoked);
    await revokeApiKey(await own.tenant.asOwner(), { apiKeyId });
    const id = String(created.json.id);
    expect(await release(own, { id })).toMatchObject({ state: "held" });
    expect(await listReceived(patientId)).toEqual([]);
    const held = await get(id);
    expect(held.json).toMatchObject({ state: "held", reasonCode: "author_not_allowed" });
    expect((await cancel(id)).json).toMatchObject({ state: "cancelled" });
  });

  it("a repeat gets its message when the practice was disconnected meanwhile", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const by = await createKey(practice);
    const body = await reviewed(await createPatient(practiceGroupId), {}, by);
    const idempotencyKey = randomUUID();
    const created = await send(body, idempotencyKey, by);
    await superuser`update practices set disconnected_at = now() where id = ${practice.practiceId}`;
    const repeated = await send(body, idempotencyKey, by);
    expect(repeated).toMatchObject({ status: 200, json: { id: created.json.id } });
    expect(await send(body, randomUUID(), by)).toMatchObject({ status: 404 });
  });
});

describe("cancelling a message with an API key", () => {
  it("a scheduled message is cancelled and never sent", async () => {
    const { id, patientId } = await sent();
    const cancelled = { status: 200, json: { id, state: "cancelled" } };
    expect(await cancel(id)).toMatchObject(cancelled);
    expect(await cancel(id)).toMatchObject(cancelled);
    await superuser`update messages set send_at = now() where id = ${id}`;
    await release(own, { id });
    expect(await listReceived(patientId)).toEqual([]);
    expect(await listActions(id)).toEqual(["message.requested", "message.cancelled"]);
  });

  it("a message that a person sent cannot be stopped any more", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await requestInPortal(own, patientId);
    await release(own, message);
    const { status, json } = await cancel(message.id);
    expect({ status, title: json.title }).toEqual({ status: 409, title: "Conflict" });
    expect(json.detail).toMatch(/too late/);
  });
});

describe("listing messages with an API key", () => {
  it("pages have each message once, newest first", async () => {
    const patientId = await createPatient(practiceGroupId);
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push(String((await send(await reviewed(patientId))).json.id));
    }
    const query = `?practiceGroupId=${practiceGroupId}&patientId=${patientId}&state=scheduled&limit=2`;
    const first = await list(query);
    expect(isPage(first.json)).toBe(true);
    const [, next = ""] =
      /^<\/api\/v1\/messages(.+)>; rel="next"$/.exec(first.headers.get("link") ?? "") ?? [];
    const second = await list(next);
    expect(second.headers.get("link")).toBeNull();
    expect(second.json.nextCursor).toBeNull();
    const listed = [first, second].flatMap(({ json }) => json.items as { id: string }[]);
    expect(listed.map(({ id }) => id)).toEqual(ids.reverse());
    expect(first.text).not.toContain("ring us");
  });

  it.each([
    "?state=lost",
    "?limit=0",
    "?cursor=1",
    "?patientId=x",
    "?text=a",
    "?state=sent&state=held",
  ])("the query %s is refused", async (query) => {
    expect(await list(query)).toMatchObject({ status: 400 });
  });
});

describe("who may", () => {
  it("each operation needs its permission, before its request is read", async () => {
    const [readOnly, sendOnly] = [
      await createKey(own, ["messages.read"]),
      await createKey(own, ["messages.send"]),
    ];
    const { id } = await sent();
    const needsSend = { status: 403, json: { requiredPermission: "messages.send" } };
    const needsRead = { status: 403, json: { requiredPermission: "messages.read" } };
    expect(await preview({}, readOnly)).toMatchObject(needsSend);
    expect(await send({}, null, readOnly)).toMatchObject(needsSend);
    expect(await cancel(id, readOnly)).toMatchObject(needsSend);
    expect(await get(id, sendOnly)).toMatchObject(needsRead);
    expect(await list("?limit=x", sendOnly)).toMatchObject(needsRead);
    expect(await get(id, readOnly)).toMatchObject({ status: 200, json: { state: "scheduled" } });
  });

  it("writing to the record without approval needs its own permission", async () => {
    const permission = "messages.write_to_record_automatically";
    const draft = draftFor(await createPatient(practiceGroupId), { recordWrite: "automatic" });
    expect(await preview(draft)).toMatchObject({
      status: 403,
      json: { requiredPermission: permission },
    });
    expect(await send({ ...draft, previewFingerprint: "0".repeat(64) })).toMatchObject({
      status: 403,
      json: { requiredPermission: permission },
    });
    const allowed = await createKey(own, ["messages.send", permission]);
    const body = await reviewed(draft.patientId, { recordWrite: "automatic" }, allowed);
    expect(body.confirmed).toEqual(["automatic_record_write"]);
    expect(await send(body, randomUUID(), allowed)).toMatchObject({
      status: 201,
      json: { recordWrite: "automatic" },
    });
    // Only owners have it, so nobody else can give it to a key.
    await expect(
      createTestApiKey(await own.tenant.asRole("admin"), ["messages.send", permission]),
    ).rejects.toMatchObject({ permission });
  });

  it("another organisation's or environment's key finds nothing, as if it did not exist", async () => {
    const { id } = await sent();
    const staging = await createKey(own, undefined, "staging");
    const before = await countMessages();
    for (const by of [otherKey, staging]) {
      const absent = await get(randomUUID(), by);
      expect(absent.status).toBe(404);
      for (const wrongId of [id, id.toUpperCase(), "x", "' or 1=1"]) {
        expect((await get(wrongId, by)).text).toBe(absent.text);
        expect((await cancel(wrongId, by)).text).toBe(absent.text);
      }
      expect((await list(`?cursor=${id}`, by)).json.items).toEqual([]);
    }
    const draft = draftFor("1");
    const unknownPractice = { ...draft, practiceGroupId: "7777777" };
    const absent = await preview(unknownPractice, staging);
    expect(absent.status).toBe(404);
    expect((await preview(draft, staging)).text).toBe(absent.text);
    const body = { ...draft, previewFingerprint: "0".repeat(64) };
    expect((await send(body, randomUUID(), staging)).text).toBe(absent.text);
    expect((await list(`?practiceGroupId=${practiceGroupId}`, staging)).text).toBe(absent.text);
    expect(await countMessages()).toBe(before);
    expect((await get(id)).json.state).toBe("scheduled");
  });

  it("an idempotency key of another organisation has no effect", async () => {
    const patientId = await createPatient(practiceGroupId);
    const idempotencyKey = randomUUID();
    const first = await send(await reviewed(patientId), idempotencyKey);
    const second = await send(await reviewed(patientId, {}, otherKey), idempotencyKey, otherKey);
    expect(second.status).toBe(201);
    expect(second.json.id).not.toBe(first.json.id);
    expect(await countSends(other)).toBe(0);
  });
});
