import { isRetryable } from "@/server/v1/problems";
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { addDays } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { rowId } from "@/server/schemas/text";
import { deriveOperationId } from "@/server/services/links/api";
import { listLinkHistory } from "@/server/services/links/history";
import { injectFault, injectPatient, listTestPatients } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  today,
  owner,
  practiceGroupId,
  heroKey,
  sql,
  formId,
  bookingBody,
  formBody,
  videoBody,
  call,
  post,
  countHeroCalls,
  getId,
} from "./support";

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

    const form = await post(formBody());
    expect(form).toMatchObject({ status: 201, json: { kind: "form", form: { id: formId } } });
  });

  it("a video link is created for a patient, and a repeat leads to it", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const body = await videoBody({ reference: "V-1" });
    const created = await post(body, headers);
    expect(created).toMatchObject({
      status: 201,
      json: {
        kind: "video",
        audience: "patient_invite",
        state: "live",
        patientId: body.patientId,
        reference: "V-1",
        maxUses: null,
        uses: 0,
        appointmentType: null,
        form: null,
      },
    });
    const repeat = await post(body, headers);
    expect(repeat).toMatchObject({ status: 200, json: { id: getId(created) } });
    const listed = await call({ method: "GET", path: "?kind=video" });
    expect(listed.json.items).toMatchObject([{ id: getId(created) }]);
    const closed = {
      method: "PATCH",
      path: `/${getId(created)}`,
      body: { isClosed: true },
    } as const;
    expect((await call(closed)).status).toBe(409);
  });

  it("a video link without a patient, or with what only other links have, is refused", async () => {
    const body = await videoBody({ maxUses: 1, formId, patientId: undefined });
    const { status, json } = await post(body);
    expect(status).toBe(400);
    const errors = json.errors as { pointer: string; detail: string }[];
    expect(Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      "/patientId": "Select the patient first.",
      "/maxUses": "This field is not recognised.",
      "/formId": "This field is not recognised.",
    });
  });

  it.each(["booking", "form"])(
    "A1: a %s link is not created for a patient who cannot be checked or invited",
    async (kind) => {
      const patientId =
        (await listTestPatients(practiceGroupId)).find((patient) => patient.patientId)?.patientId ??
        "";
      const headers = { "idempotency-key": randomUUID() };
      const body = { ...(kind === "form" ? formBody() : bookingBody()), patientId };
      const countLinks = async () =>
        (await sql`select from links where tenant_id = ${owner.tenantId}`).length;
      const links = await countLinks();
      await injectFault({ operation: "getPatientById", key: heroKey, status: 503, times: 3 });
      const unchecked = await post(body, headers);
      expect(unchecked.status).toBe(503);
      expect(unchecked.json.type).toMatch(/\/patient-not-checked$/);
      expect(Number(unchecked.headers.get("retry-after"))).toBeGreaterThan(0);

      const refusals = [
        [{ id: patientId, restricted: true }, "restricted"],
        [{ id: patientId, deceased_at: "2024-02-09T00:00:00Z" }, "died"],
        [{ id: patientId, status: "archived" }, "archived"],
        [null, "no patient"],
      ] as const;
      for (const [record, reason] of refusals) {
        if (record) await injectPatient({ key: heroKey }, record);
        else await injectFault({ operation: "getPatientById", key: heroKey, status: 404 });
        expect(await post(body, headers)).toMatchObject({
          status: 400,
          json: { errors: [{ pointer: "/patientId", detail: expect.stringContaining(reason) }] },
        });
      }
      expect(await countLinks()).toBe(links);

      await injectPatient({ key: heroKey }, { id: patientId });
      const created = await post(body, headers);
      expect(created).toMatchObject({ status: 201, json: { patientId } });
      // A repeat leads to the link, whatever Hero says of the patient now.
      expect(await post(body, headers)).toMatchObject({
        status: 200,
        json: { id: created.json.id },
      });
    },
  );

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

  it("D: an unknown patient is an error of patientId", async () => {
    const rejected = await post(bookingBody({ patientId: "99999999" }));
    expect(rejected).toMatchObject({ status: 400, json: { errors: [{ pointer: "/patientId" }] } });
  });

  it("D: a key that Hero does not accept cannot be retried", () => {
    expect(isRetryable("unauthorised")).toBe(false);
    expect(isRetryable("unreachable")).toBe(true);
  });

  it("a temporary error says that it can be retried", async () => {
    await injectFault({ operation: "createBookingLink", key: heroKey, status: 429, retryAfter: 1 });
    // A8: an expiry of its own, so that Hero's list proves that nothing was created.
    const body = bookingBody({ expiresOn: addDays(today, 350) });
    const headers = { "idempotency-key": randomUUID() };
    const rejected = await post(body, headers);
    expect(rejected).toMatchObject({
      status: 503,
      json: { heroCode: "rate_limited", isRetryable: true },
    });
    expect(Number(rejected.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await post(body, headers)).status).toBe(201);
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

  it("C4: an unknown link is resolved by reading Hero, or stays as it is", async () => {
    const resolve = (id: string) => call({ method: "POST", path: `/${id}/resolve` });
    const createUnknown = async (isAtHero: boolean, days: number) => {
      await injectFault({
        operation: "createBookingLink",
        key: heroKey,
        status: 500,
        ...(isAtHero && { afterWork: true as const }),
      });
      const created = await post(bookingBody({ expiresOn: addDays(today, days) }));
      expect(created.json.state).toBe("unknown");
      return getId(created);
    };
    const atHero = await createUnknown(true, 301);
    const absent = await createUnknown(false, 302);
    const unread = await createUnknown(false, 303);

    // Hero may still be creating it.
    expect(await resolve(atHero)).toMatchObject({ status: 200, json: { state: "unknown" } });
    await sql`update links set requested_at = now() - interval '1 hour'
      where tenant_id = ${owner.tenantId} and outcome = 'unknown'`;
    const resolved = await resolve(atHero);
    expect(resolved).toMatchObject({ status: 200, json: { id: atHero, state: "live" } });
    expect(resolved.json.url).toMatch(/^http/);
    expect(await resolve(absent)).toMatchObject({
      status: 200,
      json: { id: absent, state: "failed", heroCode: "resolved", url: null },
    });
    await injectFault({ operation: "listShortLinks", key: heroKey, status: 503, times: 3 });
    expect((await resolve(unread)).status).toBe(502);
    expect((await call({ method: "GET", path: `/${unread}` })).json.state).toBe("unknown");
    // A link that is not unknown is returned, and Hero is not read.
    expect(await resolve(atHero)).toMatchObject({ status: 200, json: resolved.json });
  });
});
