import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { checkBuild, type HttpTenant, makeTenant, portal, send, type Sent } from "../support/http";

let a: HttpTenant;
let b: HttpTenant;
let key: string;

const created = z.object({
  result: z.object({ data: z.object({ key: z.string(), view: z.object({ id: z.string() }) }) }),
});

async function makeKey({ browser, place }: HttpTenant) {
  const input = { name: "Server", permissions: ["links.read", "links.create", "links.edit"] };
  const answer = await browser.ask(place, "apiKeys.create", "mutation", input);
  return created.parse(JSON.parse(answer.text)).result.data;
}

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([makeTenant("c"), makeTenant("a")]);
  ({ key } = await makeKey(a));
});

const call = (path: string, { headers, ...sent }: Sent = {}) =>
  send(`/api/v1${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...headers } });

const json = (body: unknown): Sent => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const body = (over: Record<string, unknown> = {}) => {
  const { operationId: _operation, practiceId: _practice, ...choice } = a.linkInput();
  return {
    kind: "booking",
    practiceGroupId: "30298",
    ...choice,
    expiresOn: addDays(ukDateOf(new Date()), 7),
    ...over,
  };
};

describe("the partners' API over HTTP", () => {
  it("makes, lists, reads and changes a link", async () => {
    const made = await call("/links", json(body({ reference: "http-1" })));
    expect(made.status).toBe(201);
    expect(made.headers["content-type"]).toMatch(/^application\/json/);
    expect(made.headers["cache-control"]).toBe("no-store");
    expect(made.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    const { location } = made.headers;
    const { id } = z.object({ id: z.uuid() }).parse(JSON.parse(made.text));
    expect(location).toBe(`/api/v1/links/${id}`);

    const read = await send(location ?? "", { headers: { authorization: `bearer ${key}` } });
    expect(read.text).toBe(made.text);
    const head = await call(`/links/${id}`, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    const page = await call("/links?q=http-1&limit=1");
    expect(JSON.parse(page.text)).toMatchObject({ items: [{ id }], nextCursor: null });
    const closed = await call(`/links/${id}`, { ...json({ isClosed: true }), method: "PATCH" });
    expect(JSON.parse(closed.text)).toMatchObject({ state: "closed" });
  });

  it("goes on to the next page by its Link header", async () => {
    // A word that no other link has, nor one that begins so.
    const reference = `page${randomUUID().replaceAll("-", "")}`;
    for (let at = 0; at < 2; at++) await call("/links", json(body({ reference })));
    const first = await call(`/links?q=${reference}&limit=1`);
    const [, next = ""] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    const second = await call(next.replace("/api/v1", ""));
    const idsOf = (text: string) =>
      z.object({ items: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(text)).items;
    expect([...idsOf(first.text), ...idsOf(second.text)]).toHaveLength(2);
    expect(idsOf(first.text)).not.toEqual(idsOf(second.text));
    expect(second.headers.link).toBeUndefined();
  });

  it("says every refusal as a problem", async () => {
    const refusals: [string, Sent, number][] = [
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
      ["/openapi.json", { method: "POST", body: "{}" }, 405],
      ["/problems/forbidden", { method: "DELETE" }, 405],
    ];
    for (const [path, sent, status] of refusals) {
      const answer = await call(path, sent);
      const said = JSON.parse(answer.text) as Record<string, unknown>;
      expect({ path, status: answer.status, said: said.status }).toEqual({
        path,
        status,
        said: status,
      });
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.headers["cache-control"]).toBe("no-store");
      const { pathname } = new URL(String(said.type));
      const meaning = await send(pathname);
      expect(JSON.parse(meaning.text)).toMatchObject({ title: said.title, status });
    }
    expect((await call("/links", { method: "PUT" })).headers.allow).toBe(
      "GET, HEAD, POST, OPTIONS",
    );
  });

  it("names the methods that an address takes, and no other", async () => {
    for (const [path, allowed] of [
      ["/links", "GET, HEAD, POST, OPTIONS"],
      [`/links/${randomUUID()}`, "GET, HEAD, PATCH, OPTIONS"],
      ["/openapi.json", "GET, HEAD, OPTIONS"],
      ["/problems/forbidden", "GET, HEAD, OPTIONS"],
    ] as const) {
      const answer = await call(path, { method: "OPTIONS" });
      expect({ path, status: answer.status, allow: answer.headers.allow }).toEqual({
        path,
        status: 204,
        allow: allowed,
      });
      expect((await call(path, { method: "PUT" })).headers.allow).toBe(allowed);
    }
  });

  it("c1: another organisation's link is the same to the byte as one that nobody has", async () => {
    const [foreign, absent] = [
      await call(`/links/${b.link.id}`),
      await call(`/links/${randomUUID()}`),
    ];
    expect(foreign.text).toBe(absent.text);
    const outline = ({ headers }: typeof foreign) => {
      const { "x-request-id": _id, date: _date, ...rest } = headers;
      return rest;
    };
    expect(outline(foreign)).toEqual(outline(absent));
  });

  it("c4: a session is no key, and a key is no session", async () => {
    expect((await a.browser.go("/api/v1/links")).status).toBe(401);
    const headers = { authorization: `Bearer ${key}`, cookie: `portal-session=${key}` };
    expect((await send(`/api/trpc/${a.place}/links.list?input=%7B%7D`, { headers })).status).toBe(
      401,
    );
  });

  it("c7: refuses a body beyond the limit, stated or not", async () => {
    const huge = JSON.stringify({ kind: "x".repeat(4 * 1024 * 1024) });
    const answer = await call("/links", { ...json({}), body: huge }).catch(() => null);
    expect(answer?.status ?? 413).toBe(413);
    expect((await send("/api/health/live")).status).toBe(200);
  });

  it("is described to anybody, by its own address", async () => {
    const answer = await send("/api/v1/openapi.json");
    expect(answer.status).toBe(200);
    const document = z
      .object({ openapi: z.string(), servers: z.array(z.object({ url: z.string() })) })
      .parse(JSON.parse(answer.text));
    expect(document.servers[0]?.url).toBe(new URL(portal.url).origin);
    expect(answer.text).not.toContain(a.slug);
  });

  it("opens with the demo's key", async () => {
    for (const tenant of portal.demo.tenants) {
      const headers = { authorization: `Bearer ${tenant.apiKey}` };
      const answer = await send("/api/v1/links?limit=1", { headers });
      expect({ slug: tenant.slug, status: answer.status }).toEqual({
        slug: tenant.slug,
        status: 200,
      });
    }
  });

  it("c9: a key is in no answer after its making and in no log", async () => {
    const { key: canary, view } = await makeKey(a);
    const headers = { authorization: `Bearer ${canary}` };
    const answers = [
      await send("/api/v1/links", { headers }),
      await send("/api/v1/links?x=1", { headers }),
      await send(`/api/v1/links/${canary}`, { headers }),
      await send("/api/v1/links", { ...json({ [canary]: canary, name: canary }), headers }),
      await a.browser.ask(a.place, "apiKeys.list", "query"),
      await a.browser.go(`/${a.place}/settings`),
      await a.browser.goOn(`/${a.place}/settings`, { headers: { rsc: "1" } }),
      await a.browser.go(`/${a.place}/activity`),
      await a.browser.ask(a.place, "apiKeys.revoke", "mutation", { apiKeyId: view.id }),
      await send("/api/v1/links", { headers }),
    ];
    expect(answers.at(-1)?.status).toBe(401);
    for (const { text, headers: said } of answers) {
      expect(JSON.stringify(said) + text).not.toContain(canary.slice(15, -4));
    }
    expect(portal.readLogs()).not.toContain(canary.slice(15, -4));
  });
});
