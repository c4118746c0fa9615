import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import {
  checkBuild,
  type HttpTenant,
  createTenantOverHttp,
  portal,
  send,
  type RequestOptions,
} from "../support/http";

let a: HttpTenant;
let b: HttpTenant;
let key: string;

const created = z.object({
  result: z.object({ data: z.object({ key: z.string(), view: z.object({ id: z.string() }) }) }),
});

async function createKeyOverHttp({ browser, scope }: HttpTenant) {
  const input = { name: "Server", permissions: ["links.read", "links.create", "links.edit"] };
  const response = await browser.callProcedure(scope, "apiKeys.create", "mutation", input);
  return created.parse(JSON.parse(response.text)).result.data;
}

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([createTenantOverHttp("c"), createTenantOverHttp("a")]);
  ({ key } = await createKeyOverHttp(a));
});

const call = (path: string, { headers, ...options }: RequestOptions = {}) =>
  send(`/api/v1${path}`, { ...options, headers: { authorization: `Bearer ${key}`, ...headers } });

const json = (body: unknown): RequestOptions => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const body = (overrides: Record<string, unknown> = {}) => {
  const { operationId: _operation, practiceId: _practice, ...choice } = a.linkInput();
  return {
    kind: "booking",
    practiceGroupId: "30298",
    ...choice,
    expiresOn: addDays(ukDateOf(new Date()), 7),
    ...overrides,
  };
};

describe("the partners' API over HTTP", () => {
  it("links can be created, listed, read and changed over HTTP", async () => {
    const response = await call("/links", json(body({ reference: "http-1" })));
    expect(response.status).toBe(201);
    expect(response.headers["content-type"]).toMatch(/^application\/json/);
    expect(response.headers["cache-control"]).toBe("no-store");
    expect(response.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    const { location } = response.headers;
    const { id } = z.object({ id: z.uuid() }).parse(JSON.parse(response.text));
    expect(location).toBe(`/api/v1/links/${id}`);

    const read = await send(location ?? "", { headers: { authorization: `bearer ${key}` } });
    expect(read.text).toBe(response.text);
    const head = await call(`/links/${id}`, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    const page = await call("/links?q=http-1&limit=1");
    expect(JSON.parse(page.text)).toMatchObject({ items: [{ id }], nextCursor: null });
    const closed = await call(`/links/${id}`, { ...json({ isClosed: true }), method: "PATCH" });
    expect(JSON.parse(closed.text)).toMatchObject({ state: "closed" });
  });

  it("the Link header leads to the next page", async () => {
    // A word that no other link's words start with.
    const reference = `page${randomUUID().replaceAll("-", "")}`;
    for (let index = 0; index < 2; index++) await call("/links", json(body({ reference })));
    const first = await call(`/links?q=${reference}&limit=1`);
    const [, next = ""] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    const second = await call(next.replace("/api/v1", ""));
    const listIds = (text: string) =>
      z.object({ items: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(text)).items;
    expect([...listIds(first.text), ...listIds(second.text)]).toHaveLength(2);
    expect(listIds(first.text)).not.toEqual(listIds(second.text));
    expect(second.headers.link).toBeUndefined();
  });

  it("every error is a problem document", async () => {
    const invalidRequests: [string, RequestOptions, number][] = [
      ["/links", { headers: { authorization: "" } }, 401],
      [`/links/${randomUUID()}`, {}, 404],
      [`/links/${b.link.id}`, {}, 404],
      ["/links/%00", {}, 404],
      ["/links?limit=x", {}, 400],
      ["/links", { ...json(body()), body: "{" }, 400],
      ["/links", { ...json(body()), headers: { "content-type": "text/plain" } }, 415],
      ["/links", { method: "DELETE" }, 405],
      ["/links", { method: "PUT", body: "{}" }, 405],
      [`/links/${randomUUID()}`, { method: "POST", body: "{}" }, 405],
      ["/problems/nothing", {}, 404],
      ["", {}, 404],
      ["/nothing", {}, 404],
      ["/nothing", { method: "POST", body: "{}" }, 404],
      [`/links/${a.link.id}/bookings`, {}, 404],
      ["/messages", {}, 403],
      ["/messages/preview", {}, 405],
      [`/messages/${randomUUID()}`, { method: "DELETE" }, 405],
      ["/openapi.json", { method: "POST", body: "{}" }, 405],
      ["/problems/forbidden", { method: "DELETE" }, 405],
    ];
    for (const [path, options, status] of invalidRequests) {
      const response = await call(path, options);
      const problem = JSON.parse(response.text) as Record<string, unknown>;
      expect({ path, status: response.status, problem: problem.status }).toEqual({
        path,
        status,
        problem: status,
      });
      expect(response.headers["content-type"]).toBe("application/problem+json");
      expect(response.headers["cache-control"]).toBe("no-store");
      const { pathname } = new URL(String(problem.type));
      const problemPage = await send(pathname);
      expect(JSON.parse(problemPage.text)).toMatchObject({ title: problem.title, status });
    }
    expect((await call("/links", { method: "PUT" })).headers.allow).toBe(
      "GET, HEAD, POST, OPTIONS",
    );
  });

  it("an address lists its allowed methods and no other", async () => {
    for (const [path, allowed] of [
      ["/links", "GET, HEAD, POST, OPTIONS"],
      [`/links/${randomUUID()}`, "GET, HEAD, PATCH, OPTIONS"],
      ["/messages", "GET, HEAD, POST, OPTIONS"],
      ["/messages/preview", "POST, OPTIONS"],
      [`/messages/${randomUUID()}`, "GET, HEAD, OPTIONS"],
      [`/messages/${randomUUID()}/cancel`, "POST, OPTIONS"],
      ["/message-batches", "GET, HEAD, POST, OPTIONS"],
      [`/message-batches/${randomUUID()}/send`, "POST, OPTIONS"],
      ["/openapi.json", "GET, HEAD, OPTIONS"],
      ["/problems/forbidden", "GET, HEAD, OPTIONS"],
    ] as const) {
      const response = await call(path, { method: "OPTIONS" });
      expect({ path, status: response.status, allow: response.headers.allow }).toEqual({
        path,
        status: 204,
        allow: allowed,
      });
      expect((await call(path, { method: "PUT" })).headers.allow).toBe(allowed);
    }
  });

  it("c1: another organisation's link and an unknown id get the same bytes", async () => {
    const [foreign, absent] = [
      await call(`/links/${b.link.id}`),
      await call(`/links/${randomUUID()}`),
    ];
    expect(foreign.text).toBe(absent.text);
    const headersWithoutVolatile = ({ headers }: typeof foreign) => {
      const { "x-request-id": _id, date: _date, ...rest } = headers;
      return rest;
    };
    expect(headersWithoutVolatile(foreign)).toEqual(headersWithoutVolatile(absent));
  });

  it("c4: a session is not accepted as a key, nor a key as a session", async () => {
    expect((await a.browser.visit("/api/v1/links")).status).toBe(401);
    const headers = { authorization: `Bearer ${key}`, cookie: `portal-session=${key}` };
    expect((await send(`/api/trpc/${a.scope}/links.list?input=%7B%7D`, { headers })).status).toBe(
      401,
    );
  });

  it("c7: a body over the limit is rejected, with and without a stated length", async () => {
    const oversizedBody = JSON.stringify({ kind: "x".repeat(4 * 1024 * 1024) });
    const response = await call("/links", { ...json({}), body: oversizedBody }).catch(() => null);
    expect(response?.status ?? 413).toBe(413);
    expect((await send("/api/health/live")).status).toBe(200);
  });

  it("the API description is public at its own address", async () => {
    const response = await send("/api/v1/openapi.json");
    expect(response.status).toBe(200);
    const document = z
      .object({ openapi: z.string(), servers: z.array(z.object({ url: z.string() })) })
      .parse(JSON.parse(response.text));
    expect(document.servers[0]?.url).toBe(new URL(portal.url).origin);
    expect(response.text).not.toContain(a.slug);
  });

  it("the demo's key works", async () => {
    for (const tenant of portal.demo.tenants) {
      const headers = { authorization: `Bearer ${tenant.apiKey}` };
      const response = await send("/api/v1/links?limit=1", { headers });
      expect({ slug: tenant.slug, status: response.status }).toEqual({
        slug: tenant.slug,
        status: 200,
      });
    }
  });

  it("c9: a key appears in no response after its creation and in no log", async () => {
    const { key: secretKey, view } = await createKeyOverHttp(a);
    const headers = { authorization: `Bearer ${secretKey}` };
    const responses = [
      await send("/api/v1/links", { headers }),
      await send("/api/v1/links?x=1", { headers }),
      await send(`/api/v1/links/${secretKey}`, { headers }),
      await send("/api/v1/links", {
        ...json({ [secretKey]: secretKey, name: secretKey }),
        headers,
      }),
      await a.browser.callProcedure(a.scope, "apiKeys.list", "query"),
      await a.browser.visit(`/${a.scope}/settings`),
      await a.browser.visitPayload(`/${a.scope}/settings`, { headers: { rsc: "1" } }),
      await a.browser.visit(`/${a.scope}/activity`),
      await a.browser.callProcedure(a.scope, "apiKeys.revoke", "mutation", { apiKeyId: view.id }),
      await send("/api/v1/links", { headers }),
    ];
    expect(responses.at(-1)?.status).toBe(401);
    for (const { text, headers: problem } of responses) {
      expect(JSON.stringify(problem) + text).not.toContain(secretKey.slice(15, -4));
    }
    expect(portal.readLogs()).not.toContain(secretKey.slice(15, -4));
  });
});
