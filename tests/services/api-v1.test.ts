import { Ajv2020 } from "ajv/dist/2020.js";
import { randomUUID } from "node:crypto";
import formats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { listForms } from "@/server/services/forms";
import { rowId } from "@/server/schemas/text";
import { operationIdOf } from "@/server/services/links/by-api";
import { listLinkHistory } from "@/server/services/links/history";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { describeApi } from "@/server/v1/openapi";
import { type ApiCall, type ApiReply, callApi, makeApiKey } from "../support/api-v1";
import { connectAsSuperuser } from "../setup/database";
import { findPractice, injectFault, listCalls } from "../support/hero";
import { makeTenant } from "../support/tenants";

const today = ukDateOf(new Date());
const document = describeApi();
const sql = connectAsSuperuser();

let owner: TenantContext;
let key: string;
let practiceGroupId: string;
let heroKey: string;
let choice: { appointmentTypeId: string; locationId: string };
let formId: string;

beforeAll(async () => {
  const tenant = await makeTenant();
  const practice = await findPractice("30298", "b");
  ({ practiceGroupId, apiKey: heroKey } = practice);
  const { id } = await tenant.connect(practice);
  owner = await tenant.as();
  ({ key } = await makeApiKey(owner));
  const options = await getBookingOptions(owner, { practiceId: id });
  choice = {
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
  };
  formId = (await listForms(owner, { practiceId: id }))[0]?.id ?? "";
});

const booking = (over: Record<string, unknown> = {}) => ({
  kind: "booking",
  practiceGroupId,
  ...choice,
  expiresOn: addDays(today, 7),
  maximumUses: 3,
  ...over,
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...document, $id: "portal.json" });

/** What is wrong with an answer by our own description; nothing where it conforms. */
function faultsOf(method: ApiCall["method"], path: string, reply: ApiReply): string[] {
  const template = /^\/[^?]/.test(path) ? "/api/v1/links/{id}" : "/api/v1/links";
  const operation = document.paths?.[template]?.[method.toLowerCase() as "get"];
  const response = operation?.responses?.[String(reply.status)];
  if (!response) return [`${method} ${template}: ${reply.status} is not described`];
  const [type = ""] = (reply.headers.get("content-type") ?? "").split(";");
  if (!("content" in response) || !response.content?.[type]) return [`${type} is not described`];
  const at = ["paths", template, method.toLowerCase(), "responses", String(reply.status)]
    .concat("content", type, "schema")
    .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  const check = ajv.compile({ $ref: `portal.json#/${at}` });
  const faults = check(reply.json) ? [] : (check.errors ?? []).map((each) => JSON.stringify(each));
  // Readers are told to expect more than is described; here nothing else may be sent.
  const described = Object.values(document.components?.schemas ?? {}).flatMap((schema) =>
    typeof schema === "object" && "properties" in schema
      ? Object.keys(schema.properties ?? {})
      : [],
  );
  const more = Object.keys(reply.json).filter((field) => !described.includes(field));
  return [...faults, ...more.map((field) => `${field} is not described`)];
}

/** As `callApi` with the full key; every answer is held against the description. */
async function call(given: Partial<ApiCall> & Pick<ApiCall, "method">): Promise<ApiReply> {
  const reply = await callApi({ key, ...given });
  expect(faultsOf(given.method, given.path ?? "", reply)).toEqual([]);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  return reply;
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  call({ method: "POST", body, headers });
/** How often Hero was asked for a booking link with this file's own key. */
const countAsked = async () => (await listCalls(heroKey, "createBookingLink")).length;
const idOf = (reply: ApiReply) => String(reply.json.id);

describe("making a link", () => {
  it("makes one of each kind, for a patient or for anybody", async () => {
    const generic = await post(booking({ name: "Flu letters", tags: ["flu"], reference: "L-1" }));
    expect(generic.status).toBe(201);
    expect(generic.headers.get("location")).toBe(`/api/v1/links/${idOf(generic)}`);
    expect(generic.json).toMatchObject({
      kind: "booking",
      audience: "generic",
      state: "live",
      name: "Flu letters",
      tags: ["flu"],
      reference: "L-1",
      practice: { practiceGroupId },
      createdBy: "API key: Server",
      heroCode: null,
    });
    expect(generic.json.url).toMatch(/^http:\/\/localhost:\d+\/s\/\w+$/);
    expect(generic.json).not.toHaveProperty("operationId");

    const { appointmentTypeId: _type, locationId: _place, ...rest } = booking();
    const form = await post({ ...rest, kind: "form", formId });
    expect(form).toMatchObject({ status: 201, json: { kind: "form", form: { id: formId } } });
  });

  it("leaves audit rows in the key's name", async () => {
    const made = await post(booking());
    const history = await listLinkHistory(owner, { linkId: idOf(made) });
    expect(history.map(({ actor, action }) => [actor, action])).toEqual([
      ["API key: Server", "Made a link"],
      ["API key: Server", "Asked Hero for a link"],
    ]);
    const { items } = await listActivity(owner, { limit: 10 });
    const shown = items.filter(({ subject }) => subject.id === idOf(made));
    expect(shown.map(({ actor }) => actor)).toEqual(["API key: Server", "API key: Server"]);
  });

  it("names each wrong field", async () => {
    const { status, json } = await post({
      ...booking({ maximumUses: 0, expiresOn: addDays(today, -1), tenantId: "x" }),
      locationId: undefined,
    });
    expect(status).toBe(400);
    expect(json).toMatchObject({ title: "The request is not valid", status: 400 });
    const errors = json.errors as { pointer: string; detail: string }[];
    expect(Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      "/maximumUses": "A link must allow at least 1 booking.",
      "/expiresOn": "The expiry must be today or later.",
      "/locationId": "Choose a location.",
      "/tenantId": "There is no such field.",
    });
  });

  it.each([
    ["no body at all", ""],
    ["half of one", '{"kind":"booking"'],
    ["a list", "[]"],
    ["a word", '"booking"'],
    ["null", "null"],
    ["another kind", { ...{ kind: "gift" } }],
    ["deep nesting", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["deep nesting in a field", `{"kind":"booking","tags":${'[{"a":'.repeat(8_000)}`],
    [
      "whole deep nesting in a field",
      `{"kind":"booking","tags":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
    ],
    ["a prototype", '{"__proto__":{"kind":"booking"}}'],
  ])("refuses %s", async (_, body) => {
    expect((await post(body)).status).toBe(400);
  });

  it.each([
    ["a NUL", { name: "a\u0000b" }, "/name"],
    ["half a surrogate pair", { name: "\ud800" }, "/name"],
    ["an NHS number", { reference: "999 000 0018" }, "/reference"],
    ["a field that steers", { environment: "production" }, "/environment"],
    [
      "an appointment type that Hero does not list",
      { appointmentTypeId: "99999999" },
      "/appointmentTypeId",
    ],
    ["a window after the expiry", { slotsFrom: addDays(today, 30) }, "/slotsFrom"],
  ])("refuses %s beside its field", async (_, over, pointer) => {
    const { status, json } = await post(booking(over));
    expect({
      status,
      pointers: (json.errors as { pointer: string }[]).map((e) => e.pointer),
    }).toEqual({ status: 400, pointers: [pointer] });
  });

  it("refuses a body far too large, and says so", async () => {
    const { status, json } = await post({ kind: "x".repeat(70_000) });
    expect({ status, title: json.title }).toEqual({ status: 413, title: "The body is too large" });
  });

  it("takes JSON and nothing else", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
      const reply = await post(booking(), { "content-type": type });
      expect({ type, status: reply.status }).toEqual({ type, status: 415 });
    }
    const spelt = await post(booking(), { "content-type": "Application/JSON; charset=utf-8" });
    expect(spelt.status).toBe(201);
  });
});

describe("the Idempotency-Key", () => {
  it("makes one link however often and however fast it is sent", async () => {
    const before = await countAsked();
    const headers = { "idempotency-key": `letters:${randomUUID()}` };
    const first = await post(booking(), headers);
    expect(first.status).toBe(201);
    expect(first.headers.has("idempotency-replayed")).toBe(false);
    const again = await post(booking(), headers);
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.json).toEqual(first.json);

    const rush = { "idempotency-key": `rush:${randomUUID()}` };
    const replies = await Promise.all(Array.from({ length: 5 }, () => post(booking(), rush)));
    expect(new Set(replies.map(idOf)).size).toBe(1);
    expect(await countAsked()).toBe(before + 2);
  });

  it("is refused with another body, and nothing is made", async () => {
    const headers = { "idempotency-key": randomUUID() };
    await post(booking(), headers);
    const before = await countAsked();
    const other = await post(booking({ maximumUses: 4 }), headers);
    expect(other.status).toBe(422);
    expect(other.json.type).toMatch(/\/api\/v1\/problems\/idempotency-key-reused$/);
    expect(await countAsked()).toBe(before);
  });

  it("c3: stands for one operation of one organisation in one environment", async () => {
    const key = randomUUID();
    const staging = { ...owner, environment: "staging" } as const;
    const other = await (await makeTenant()).as();
    const ids = [
      operationIdOf(owner, key),
      operationIdOf(staging, key),
      operationIdOf(other, key),
      operationIdOf(owner, `${key}.`),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(rowId.safeParse(id).success).toBe(true);
    expect(operationIdOf({ ...owner, requestId: "another" }, key)).toBe(ids[0]);
  });

  it("makes another link each time without it", async () => {
    const plain = await Promise.all([post(booking()), post(booking())]);
    expect(new Set(plain.map(idOf)).size).toBe(2);
  });

  it.each([
    ["with a space", "a b"],
    ["too long", "x".repeat(256)],
    ["empty", ""],
    ["é", "caf\u00e9"],
  ])("is refused %s", async (_, idempotencyKey) => {
    const { status, json } = await post(booking(), { "idempotency-key": idempotencyKey });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: "Idempotency-Key" }]);
  });
});

describe("what Hero may answer", () => {
  it("a refusal is a problem with the failed link, and the same again", async () => {
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 403 });
    const headers = { "idempotency-key": randomUUID() };
    const refused = await post(booking(), headers);
    expect(refused).toMatchObject({
      status: 422,
      json: { title: "Hero did not make the link", heroCode: "forbidden", mayTryAgain: false },
    });
    const link = await call({ method: "GET", path: `/${String(refused.json.linkId)}` });
    expect(link.json).toMatchObject({ state: "failed", heroCode: "forbidden", url: null });
    expect((await post(booking(), headers)).text).toBe(refused.text);
  });

  it("a refusal that may pass says so", async () => {
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 429, retryAfter: 1 });
    const refused = await post(booking());
    expect(refused).toMatchObject({
      status: 422,
      json: { heroCode: "rate_limited", mayTryAgain: true },
    });
  });

  it("a lost answer is 202 and unknown, and is not asked again", async () => {
    await injectFault({
      operation: "createBookingLink",
      key: heroKey,
      status: 500,
      afterWork: true,
    });
    const before = await countAsked();
    const headers = { "idempotency-key": randomUUID() };
    const lost = await post(booking(), headers);
    expect(lost).toMatchObject({ status: 202, json: { state: "unknown", url: null } });
    const again = await post(booking(), headers);
    expect(again).toMatchObject({ status: 202, json: { id: lost.json.id, state: "unknown" } });
    expect(await countAsked()).toBe(before + 1);
  });
});

describe("reading links", () => {
  it("goes through them page by page", async () => {
    const reference = `paged-${randomUUID().slice(0, 8)}`;
    for (let at = 0; at < 3; at++) await post(booking({ reference }));
    const seen: string[] = [];
    let path: string | undefined = `?q=${reference}&limit=2`;
    while (path) {
      const page: ApiReply = await call({ method: "GET", path });
      expect(page.status).toBe(200);
      seen.push(...(page.json.items as { id: string }[]).map(({ id }) => id));
      const [, next] =
        /^<\/api\/v1\/links(\?[^>]+)>; rel="next"$/.exec(page.headers.get("link") ?? "") ?? [];
      expect(next?.includes(String(page.json.nextCursor)) ?? page.json.nextCursor).toBe(
        next ? true : null,
      );
      path = next;
    }
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(seen.toSorted().reverse());
  });

  it("narrows by practice, kind and state", async () => {
    const page = await call({
      method: "GET",
      path: `?practiceGroupId=${practiceGroupId}&kind=form&state=live&limit=100`,
    });
    const items = page.json.items as { kind: string }[];
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(["form"]));
  });

  it.each([
    "?limit=0",
    "?limit=101",
    "?limit=1e1",
    "?limit=1&limit=2",
    "?cursor=x",
    "?state=gone",
    "?q=9990000018",
    "?tenant=x",
    "?q=%00",
  ])("refuses %s", async (path) => {
    const { status, json } = await call({ method: "GET", path });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: expect.any(String) }]);
  });
});

describe("changing a link", () => {
  const patch = (id: string, body: unknown) => call({ method: "PATCH", path: `/${id}`, body });

  it("changes what is named and leaves the rest", async () => {
    const made = await post(
      booking({ name: "Before", tags: ["one"], slotsFrom: addDays(today, 1) }),
    );
    const changed = await patch(idOf(made), { maximumUses: 9, tags: ["two"] });
    expect(changed.status).toBe(200);
    expect(changed.json).toEqual({
      ...made.json,
      maximumUses: 9,
      tags: ["two"],
    });
    expect((await patch(idOf(made), { name: "" })).json).toMatchObject({
      name: null,
      maximumUses: 9,
      slotsFrom: addDays(today, 1),
    });
    const stuck = await patch(idOf(made), { slotsFrom: null });
    expect(stuck).toMatchObject({ status: 400, json: { errors: [{ pointer: "/slotsFrom" }] } });
  });

  it("closes, refuses to change what is closed, and opens again", async () => {
    const id = idOf(await post(booking()));
    expect((await patch(id, { isClosed: true })).json).toMatchObject({ state: "closed" });
    expect((await patch(id, { isClosed: true })).json).toMatchObject({ state: "closed" });
    expect((await patch(id, { maximumUses: 4 })).status).toBe(409);
    expect((await patch(id, { isClosed: false })).json).toMatchObject({ state: "live" });
    expect((await patch(id, { isClosed: true, maximumUses: 4 })).status).toBe(400);
  });

  it("says that a form link's limits cannot be changed", async () => {
    const { appointmentTypeId: _type, locationId: _place, ...rest } = booking();
    const form = await post({ ...rest, kind: "form", formId });
    expect((await patch(idOf(form), { maximumUses: 8 })).status).toBe(409);
    expect((await patch(idOf(form), { tags: ["kept"] })).json).toMatchObject({ tags: ["kept"] });
  });

  it("refuses a change of nothing, of unknown fields and to what cannot be", async () => {
    const id = idOf(await post(booking()));
    for (const body of [
      {},
      { url: "https://evil.example" },
      { expiresOn: addDays(today, -1) },
      { isClosed: "yes" },
      [],
    ]) {
      expect({ body, status: (await patch(id, body)).status }).toEqual({ body, status: 400 });
    }
  });

  it("opens a closed link for good limits only, and otherwise does nothing at all", async () => {
    const id = idOf(await post(booking({ slotsTo: addDays(today, 5) })));
    await patch(id, { isClosed: true });
    const before = await listCalls(heroKey, "updateBookingLink");
    for (const [over, pointer] of [
      [{ slotsFrom: addDays(today, 9), slotsTo: addDays(today, 9) }, "/slotsFrom"],
      [{ slotsFrom: addDays(today, 6) }, "/slotsTo"],
      [{ slotsTo: null }, "/slotsTo"],
      [{ expiresOn: addDays(today, 900) }, "/expiresOn"],
    ] as const) {
      const refused = await patch(id, { isClosed: false, ...over });
      expect(refused.status).toBe(400);
      expect((refused.json.errors as object[])[0]).toMatchObject({ pointer });
      const link = await call({ method: "GET", path: `/${id}` });
      expect(link.json).toMatchObject({ state: "closed" });
    }
    expect(await listCalls(heroKey, "updateBookingLink")).toHaveLength(before.length);
    const opened = await patch(id, {
      isClosed: false,
      expiresOn: addDays(today, 20),
      maximumUses: 8,
    });
    expect(opened).toMatchObject({
      status: 200,
      json: { state: "live", expiresOn: addDays(today, 20), maximumUses: 8 },
    });
  });

  it("leaves a last day that has passed where it is, and takes no other such day", async () => {
    const id = idOf(await post(booking({ slotsTo: today })));
    const past = addDays(today, -1);
    await sql`update links set slots_to = ${past} where id = ${id}`;
    const changed = await patch(id, { maximumUses: 5, expiresOn: addDays(today, 9) });
    expect(changed).toMatchObject({ status: 200, json: { slotsTo: past, maximumUses: 5 } });
    expect((await patch(id, { slotsTo: addDays(today, -2) })).status).toBe(400);
    expect((await patch(id, { slotsFrom: today })).status).toBe(400);
  });

  it.each([
    ["limits", { maximumUses: 7 }],
    ["an end", { isClosed: true }],
  ])("says when Hero refused %s, and keeps what was", async (_, body) => {
    const made = await post(booking());
    for (const [status, heroCode, mayTryAgain] of [
      [403, "forbidden", false],
      [429, "rate_limited", true],
    ] as const) {
      await injectFault({ operation: "updateBookingLink", key: heroKey, status, retryAfter: 1 });
      const refused = await patch(idOf(made), body);
      expect(refused).toMatchObject({
        status: 422,
        json: { title: "Hero did not make the change", heroCode, mayTryAgain },
      });
    }
    const kept = await call({ method: "GET", path: `/${idOf(made)}` });
    expect(kept.json).toEqual(made.json);
  });

  it("says when Hero lost the answer", async () => {
    const id = idOf(await post(booking()));
    for (const operation of ["updateBookingLink", "getBookingLink"]) {
      await injectFault({
        operation,
        key: heroKey,
        status: 500,
        times: operation.startsWith("get") ? 3 : 1,
      });
    }
    const lost = await patch(id, { maximumUses: 7 });
    expect(lost.status).toBe(502);
    expect(lost.json).toMatchObject({ instance: expect.any(String), heroCode: "upstream_failed" });
  });
});

describe("the description", () => {
  it("has every operation and no more", () => {
    const found = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method} ${path}`),
    );
    expect(found.sort()).toEqual([
      "get /api/v1/links",
      "get /api/v1/links/{id}",
      "patch /api/v1/links/{id}",
      "post /api/v1/element-reports",
      "post /api/v1/element-sessions",
      "post /api/v1/element-sessions/token",
      "post /api/v1/links",
    ]);
    expect(document.openapi).toMatch(/^3\.1/);
  });

  it("has only references that lead somewhere and schemas that compile", () => {
    const references = JSON.stringify(document).match(/"#\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(3);
    for (const each of new Set(references)) {
      expect(() => ajv.compile({ $ref: `portal.json${JSON.parse(each) as string}` })).not.toThrow();
    }
  });

  it("fits the requests that work", () => {
    const check = ajv.compile({
      $ref: "portal.json#/paths/~1api~1v1~1links/post/requestBody/content/application~1json/schema",
    });
    expect(check(booking({ name: "x", tags: ["a"] }))).toBe(true);
    expect(check(booking({ surprise: 1 }))).toBe(false);
    expect(check({ ...booking(), kind: "gift" })).toBe(false);
  });

  it("says nothing of any tenant", () => {
    expect(JSON.stringify(document)).not.toContain(practiceGroupId);
  });
});
