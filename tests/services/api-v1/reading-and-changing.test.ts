import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { addDays } from "@/server/schemas/dates";
import { type ApiResponse } from "../../support/api-v1";
import { injectFault, listHeroCalls } from "../../support/hero";
import {
  today,
  sql,
  practiceGroupId,
  heroKey,
  bookingBody,
  formBody,
  call,
  post,
  getId,
} from "./support";

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
    await post(formBody());
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

  it.each([
    { name: "After" },
    { name: "" },
    { slotsFrom: addDays(today, 2) },
    { slotsTo: addDays(today, 6) },
    { expiresOn: addDays(today, 20) },
    { maxUses: 7 },
    { tags: ["two"] },
  ])("changing only %o keeps the fields that are not sent", async (change) => {
    const created = await post(
      bookingBody({
        name: "Before",
        reference: "kept",
        tags: ["one"],
        slotsFrom: addDays(today, 1),
        slotsTo: addDays(today, 5),
        maxUses: 3,
      }),
    );
    const expected = { ...created.json, ...change, ...(change.name === "" && { name: null }) };
    expect((await updateLink(getId(created), change)).json).toEqual(expected);
    const read = await call({ method: "GET", path: `/${getId(created)}` });
    expect(read.json).toEqual(expected);
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
    const form = await post(formBody());
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
    for (const [status, heroCode, reply] of [
      [403, "forbidden", { status: 422, title: "Hero refused the change", isRetryable: false }],
      [429, "rate_limited", { status: 503, title: "Hero cannot take the request now" }],
    ] as const) {
      await injectFault({ operation: "updateBookingLink", key: heroKey, status, retryAfter: 1 });
      const rejected = await updateLink(getId(created), body);
      expect(rejected).toMatchObject({ status: reply.status, json: { ...reply, heroCode } });
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
