import { Ajv2020 } from "ajv/dist/2020.js";
import { randomUUID } from "node:crypto";
import formats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { listForms } from "@/server/services/forms";
import { rowId } from "@/server/schemas/text";
import { deriveOperationId } from "@/server/services/links/api";
import { listLinkHistory } from "@/server/services/links/history";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { buildOpenApi } from "@/server/v1/openapi";
import { type ApiCall, type ApiResponse, callApi, createTestApiKey } from "../support/api-v1";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenant } from "../support/tenants";

const today = ukDateOf(new Date());
const document = buildOpenApi();
const sql = connectAsSuperuser();

let owner: TenantContext;
let key: string;
let practiceGroupId: string;
let heroKey: string;
let choice: { appointmentTypeId: string; locationId: string };
let formId: string;

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice("30298", "b");
  ({ practiceGroupId, apiKey: heroKey } = practice);
  const { id } = await tenant.connect(practice);
  owner = await tenant.asOwner();
  ({ key } = await createTestApiKey(owner));
  const options = await getBookingOptions(owner, { practiceId: id });
  choice = {
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
  };
  formId = (await listForms(owner, { practiceId: id }))[0]?.id ?? "";
});

const bookingBody = (overrides: Record<string, unknown> = {}) => ({
  kind: "booking",
  practiceGroupId,
  ...choice,
  expiresOn: addDays(today, 7),
  maxUses: 3,
  ...overrides,
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...document, $id: "portal.json" });

/** The problems of a response by our API description. */
function contractErrors(method: ApiCall["method"], path: string, reply: ApiResponse): string[] {
  const template = /^\/[^?]/.test(path) ? "/api/v1/links/{id}" : "/api/v1/links";
  const operation = document.paths?.[template]?.[method.toLowerCase() as "get"];
  const response = operation?.responses?.[String(reply.status)];
  if (!response) return [`${method} ${template}: ${reply.status} is not described`];
  const [type = ""] = (reply.headers.get("content-type") ?? "").split(";");
  if (!("content" in response) || !response.content?.[type]) return [`${type} is not described`];
  const schemaPath = ["paths", template, method.toLowerCase(), "responses", String(reply.status)]
    .concat("content", type, "schema")
    .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  const validate = ajv.compile({ $ref: `portal.json#/${schemaPath}` });
  const errors = validate(reply.json)
    ? []
    : (validate.errors ?? []).map((error) => JSON.stringify(error));
  // Clients must accept extra fields; this test does not.
  const describedFields = Object.values(document.components?.schemas ?? {}).flatMap((schema) =>
    typeof schema === "object" && "properties" in schema
      ? Object.keys(schema.properties ?? {})
      : [],
  );
  const undescribedFields = Object.keys(reply.json).filter(
    (field) => !describedFields.includes(field),
  );
  return [...errors, ...undescribedFields.map((field) => `${field} is not described`)];
}

/** As `callApi` with the full key; every response is validated against the description. */
async function call(options: Partial<ApiCall> & Pick<ApiCall, "method">): Promise<ApiResponse> {
  const reply = await callApi({ key, ...options });
  expect(contractErrors(options.method, options.path ?? "", reply)).toEqual([]);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  return reply;
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  call({ method: "POST", body, headers });
/** How often Hero was called to create a booking link with this file's key. */
const countHeroCalls = async () => (await listHeroCalls(heroKey, "createBookingLink")).length;
const getId = (reply: ApiResponse) => String(reply.json.id);

describe("creating a link", () => {
  it("links of each kind are created, for one patient or for anyone", async () => {
    const generic = await post(
      bookingBody({ name: "Flu letters", tags: ["flu"], reference: "L-1" }),
    );
    expect(generic.status).toBe(201);
    expect(generic.headers.get("location")).toBe(`/api/v1/links/${getId(generic)}`);
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

    const { appointmentTypeId: _type, locationId: _place, ...rest } = bookingBody();
    const form = await post({ ...rest, kind: "form", formId });
    expect(form).toMatchObject({ status: 201, json: { kind: "form", form: { id: formId } } });
  });

  it("creating a link writes audit rows in the key's name", async () => {
    const created = await post(bookingBody());
    const history = await listLinkHistory(owner, { linkId: getId(created) });
    expect(history.map(({ actor, action }) => [actor, action])).toEqual([
      ["API key: Server", "Created a link"],
      ["API key: Server", "Requested a link"],
    ]);
    const { items } = await listActivity(owner, { limit: 10 });
    const shown = items.filter(({ subject }) => subject.id === getId(created));
    expect(shown.map(({ actor }) => actor)).toEqual(["API key: Server", "API key: Server"]);
  });

  it("each wrong field is named", async () => {
    const { status, json } = await post({
      ...bookingBody({ maxUses: 0, expiresOn: addDays(today, -1), tenantId: "x" }),
      locationId: undefined,
    });
    expect(status).toBe(400);
    expect(json).toMatchObject({ title: "Invalid request", status: 400 });
    const errors = json.errors as { pointer: string; detail: string }[];
    expect(Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      "/maxUses": "Enter a whole number from 1 to 10,000.",
      "/expiresOn": "The expiry date must be today or later.",
      "/locationId": "Select a location.",
      "/tenantId": "This field is not recognised.",
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
  ])("%s is rejected as a body", async (_, body) => {
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
  ])("%s is rejected with its field", async (_, overrides, pointer) => {
    const { status, json } = await post(bookingBody(overrides));
    expect({
      status,
      pointers: (json.errors as { pointer: string }[]).map((error) => error.pointer),
    }).toEqual({ status: 400, pointers: [pointer] });
  });

  it("a body that is far too large is rejected with the reason", async () => {
    const { status, json } = await post({ kind: "x".repeat(70_000) });
    expect({ status, title: json.title }).toEqual({ status: 413, title: "Body too large" });
  });

  it("only JSON is accepted", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
      const reply = await post(bookingBody(), { "content-type": type });
      expect({ type, status: reply.status }).toEqual({ type, status: 415 });
    }
    const mixedCase = await post(bookingBody(), {
      "content-type": "Application/JSON; charset=utf-8",
    });
    expect(mixedCase.status).toBe(201);
  });
});

describe("the Idempotency-Key", () => {
  it("one key creates one link, however often and fast it is sent", async () => {
    const before = await countHeroCalls();
    const headers = { "idempotency-key": `letters:${randomUUID()}` };
    const first = await post(bookingBody(), headers);
    expect(first.status).toBe(201);
    expect(first.headers.has("idempotency-replayed")).toBe(false);
    const repeated = await post(bookingBody(), headers);
    expect(repeated.status).toBe(200);
    expect(repeated.headers.get("idempotency-replayed")).toBe("true");
    expect(repeated.json).toEqual(first.json);

    const rushHeaders = { "idempotency-key": `rush:${randomUUID()}` };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => post(bookingBody(), rushHeaders)),
    );
    expect(new Set(replies.map(getId)).size).toBe(1);
    expect(await countHeroCalls()).toBe(before + 2);
  });

  it("a key sent with another body is rejected, and nothing is created", async () => {
    const headers = { "idempotency-key": randomUUID() };
    await post(bookingBody(), headers);
    const before = await countHeroCalls();
    const other = await post(bookingBody({ maxUses: 4 }), headers);
    expect(other.status).toBe(422);
    expect(other.json.type).toMatch(/\/api\/v1\/problems\/idempotency-key-reused$/);
    expect(await countHeroCalls()).toBe(before);
  });

  it("c3: a key is one operation of one organisation in one environment", async () => {
    const key = randomUUID();
    const staging = { ...owner, environment: "staging" } as const;
    const other = await (await createTenant()).asOwner();
    const ids = [
      deriveOperationId(owner, key),
      deriveOperationId(staging, key),
      deriveOperationId(other, key),
      deriveOperationId(owner, `${key}.`),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(rowId.safeParse(id).success).toBe(true);
    expect(deriveOperationId({ ...owner, requestId: "another" }, key)).toBe(ids[0]);
  });

  it("each request without a key creates another link", async () => {
    const withoutKey = await Promise.all([post(bookingBody()), post(bookingBody())]);
    expect(new Set(withoutKey.map(getId)).size).toBe(2);
  });

  it.each([
    ["with a space", "a b"],
    ["too long", "x".repeat(256)],
    ["empty", ""],
    ["é", "caf\u00e9"],
  ])("a key is rejected %s", async (_, idempotencyKey) => {
    const { status, json } = await post(bookingBody(), { "idempotency-key": idempotencyKey });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: "Idempotency-Key" }]);
  });
});

describe("Hero's errors", () => {
  it("a rejected link is a problem with the failed link, and stays the same", async () => {
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 403 });
    const headers = { "idempotency-key": randomUUID() };
    const rejected = await post(bookingBody(), headers);
    expect(rejected).toMatchObject({
      status: 422,
      json: { title: "Hero refused the link", heroCode: "forbidden", isRetryable: false },
    });
    const link = await call({ method: "GET", path: `/${String(rejected.json.linkId)}` });
    expect(link.json).toMatchObject({ state: "failed", heroCode: "forbidden", url: null });
    expect((await post(bookingBody(), headers)).text).toBe(rejected.text);
  });

  it("a temporary error says that it can be retried", async () => {
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 429, retryAfter: 1 });
    const rejected = await post(bookingBody());
    expect(rejected).toMatchObject({
      status: 422,
      json: { heroCode: "rate_limited", isRetryable: true },
    });
  });

  it("a lost response gives 202 and an unknown link, and is not requested again", async () => {
    await injectFault({
      operation: "createBookingLink",
      key: heroKey,
      status: 500,
      afterWork: true,
    });
    const before = await countHeroCalls();
    const headers = { "idempotency-key": randomUUID() };
    const unknownOutcome = await post(bookingBody(), headers);
    expect(unknownOutcome).toMatchObject({ status: 202, json: { state: "unknown", url: null } });
    const repeated = await post(bookingBody(), headers);
    expect(repeated).toMatchObject({
      status: 202,
      json: { id: unknownOutcome.json.id, state: "unknown" },
    });
    expect(await countHeroCalls()).toBe(before + 1);
  });
});

describe("reading links", () => {
  it("links are read page by page", async () => {
    const reference = `paged-${randomUUID().slice(0, 8)}`;
    for (let index = 0; index < 3; index++) await post(bookingBody({ reference }));
    const seenIds: string[] = [];
    let path: string | undefined = `?q=${reference}&limit=2`;
    while (path) {
      const page: ApiResponse = await call({ method: "GET", path });
      expect(page.status).toBe(200);
      seenIds.push(...(page.json.items as { id: string }[]).map(({ id }) => id));
      const [, next] =
        /^<\/api\/v1\/links(\?[^>]+)>; rel="next"$/.exec(page.headers.get("link") ?? "") ?? [];
      expect(next?.includes(String(page.json.nextCursor)) ?? page.json.nextCursor).toBe(
        next ? true : null,
      );
      path = next;
    }
    expect(seenIds).toHaveLength(3);
    expect(seenIds).toEqual(seenIds.toSorted().reverse());
  });

  it("links can be filtered by practice, kind and state", async () => {
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
  ])("the query %s is rejected", async (path) => {
    const { status, json } = await call({ method: "GET", path });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: expect.any(String) }]);
  });
});

describe("changing a link", () => {
  const updateLink = (id: string, body: unknown) => call({ method: "PATCH", path: `/${id}`, body });

  it("a change affects the named fields only", async () => {
    const created = await post(
      bookingBody({ name: "Before", tags: ["one"], slotsFrom: addDays(today, 1) }),
    );
    const changed = await updateLink(getId(created), { maxUses: 9, tags: ["two"] });
    expect(changed.status).toBe(200);
    expect(changed.json).toEqual({
      ...created.json,
      maxUses: 9,
      tags: ["two"],
    });
    expect((await updateLink(getId(created), { name: "" })).json).toMatchObject({
      name: null,
      maxUses: 9,
      slotsFrom: addDays(today, 1),
    });
    const rejectedRemoval = await updateLink(getId(created), { slotsFrom: null });
    expect(rejectedRemoval).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: "/slotsFrom" }] },
    });
  });

  it("a link can be closed, cannot be changed while closed, and can be reopened", async () => {
    const id = getId(await post(bookingBody()));
    expect((await updateLink(id, { isClosed: true })).json).toMatchObject({ state: "closed" });
    expect((await updateLink(id, { isClosed: true })).json).toMatchObject({ state: "closed" });
    expect((await updateLink(id, { maxUses: 4 })).status).toBe(409);
    expect((await updateLink(id, { isClosed: false })).json).toMatchObject({ state: "live" });
    expect((await updateLink(id, { isClosed: true, maxUses: 4 })).status).toBe(400);
  });

  it("the limits of a form link cannot be changed", async () => {
    const { appointmentTypeId: _type, locationId: _place, ...rest } = bookingBody();
    const form = await post({ ...rest, kind: "form", formId });
    expect((await updateLink(getId(form), { maxUses: 8 })).status).toBe(409);
    expect((await updateLink(getId(form), { tags: ["kept"] })).json).toMatchObject({
      tags: ["kept"],
    });
  });

  it("empty changes, unknown fields and impossible values are rejected", async () => {
    const id = getId(await post(bookingBody()));
    for (const body of [
      {},
      { url: "https://evil.example" },
      { expiresOn: addDays(today, -1) },
      { isClosed: "yes" },
      [],
    ]) {
      expect({ body, status: (await updateLink(id, body)).status }).toEqual({ body, status: 400 });
    }
  });

  it("a closed link reopens with valid limits only, and is otherwise unchanged", async () => {
    const id = getId(await post(bookingBody({ slotsTo: addDays(today, 5) })));
    await updateLink(id, { isClosed: true });
    const before = await listHeroCalls(heroKey, "updateBookingLink");
    for (const [overrides, pointer] of [
      [{ slotsFrom: addDays(today, 9), slotsTo: addDays(today, 9) }, "/slotsFrom"],
      [{ slotsFrom: addDays(today, 6) }, "/slotsTo"],
      [{ slotsTo: null }, "/slotsTo"],
      [{ expiresOn: addDays(today, 900) }, "/expiresOn"],
    ] as const) {
      const rejected = await updateLink(id, { isClosed: false, ...overrides });
      expect(rejected.status).toBe(400);
      expect((rejected.json.errors as object[])[0]).toMatchObject({ pointer });
      const link = await call({ method: "GET", path: `/${id}` });
      expect(link.json).toMatchObject({ state: "closed" });
    }
    expect(await listHeroCalls(heroKey, "updateBookingLink")).toHaveLength(before.length);
    const opened = await updateLink(id, {
      isClosed: false,
      expiresOn: addDays(today, 20),
      maxUses: 8,
    });
    expect(opened).toMatchObject({
      status: 200,
      json: { state: "live", expiresOn: addDays(today, 20), maxUses: 8 },
    });
  });

  it("a last day in the past can stay but cannot be set", async () => {
    const id = getId(await post(bookingBody({ slotsTo: today })));
    const past = addDays(today, -1);
    await sql`update links set slots_to = ${past} where id = ${id}`;
    const changed = await updateLink(id, { maxUses: 5, expiresOn: addDays(today, 9) });
    expect(changed).toMatchObject({ status: 200, json: { slotsTo: past, maxUses: 5 } });
    expect((await updateLink(id, { slotsTo: addDays(today, -2) })).status).toBe(400);
    expect((await updateLink(id, { slotsFrom: today })).status).toBe(400);
  });

  it.each([
    ["limits", { maxUses: 7 }],
    ["an end", { isClosed: true }],
  ])("when Hero rejects %s, the response says so and the link is unchanged", async (_, body) => {
    const created = await post(bookingBody());
    for (const [status, heroCode, canRetry] of [
      [403, "forbidden", false],
      [429, "rate_limited", true],
    ] as const) {
      await injectFault({ operation: "updateBookingLink", key: heroKey, status, retryAfter: 1 });
      const rejected = await updateLink(getId(created), body);
      expect(rejected).toMatchObject({
        status: 422,
        json: { title: "Hero refused the change", heroCode, isRetryable: canRetry },
      });
    }
    const unchanged = await call({ method: "GET", path: `/${getId(created)}` });
    expect(unchanged.json).toEqual(created.json);
  });

  it("a lost response to a change is reported", async () => {
    const id = getId(await post(bookingBody()));
    for (const operation of ["updateBookingLink", "getBookingLink"]) {
      await injectFault({
        operation,
        key: heroKey,
        status: 500,
        times: operation.startsWith("get") ? 3 : 1,
      });
    }
    const unknownOutcome = await updateLink(id, { maxUses: 7 });
    expect(unknownOutcome.status).toBe(502);
    expect(unknownOutcome.json).toMatchObject({
      instance: expect.any(String),
      heroCode: "upstream_failed",
    });
  });
});

describe("the API description", () => {
  it("the description lists every operation and no more", () => {
    const paths = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method} ${path}`),
    );
    expect(paths.sort()).toEqual([
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

  it("the description has valid references and schemas that compile", () => {
    const references = JSON.stringify(document).match(/"#\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(3);
    for (const reference of new Set(references)) {
      expect(() =>
        ajv.compile({ $ref: `portal.json${JSON.parse(reference) as string}` }),
      ).not.toThrow();
    }
  });

  it("the description matches real requests", () => {
    const validate = ajv.compile({
      $ref: "portal.json#/paths/~1api~1v1~1links/post/requestBody/content/application~1json/schema",
    });
    expect(validate(bookingBody({ name: "x", tags: ["a"] }))).toBe(true);
    expect(validate(bookingBody({ surprise: 1 }))).toBe(false);
    expect(validate({ ...bookingBody(), kind: "gift" })).toBe(false);
  });

  it("the description contains nothing about any tenant", () => {
    expect(JSON.stringify(document)).not.toContain(practiceGroupId);
  });
});
