import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkBuild,
  getActionId,
  host,
  type HttpTenant,
  mapConcurrently,
  signUpPerson,
  createTenantOverHttp,
  multipart,
  openBrowser,
  origin,
  portal,
  send,
  sendRaw,
  sessionTokenOf,
  sessionCookie,
  signIn,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slowTestMs = 60_000;

let a: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  a = await createTenantOverHttp("c");
});

const isAlive = async () => (await send("/api/health/live")).status === 200;
const statusOf = (response: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? 0);

describe("procedures over HTTP", () => {
  const createLinkWith = (headers: Record<string, string>, body = JSON.stringify(a.linkInput())) =>
    a.browser.visit(`/api/trpc/${a.scope}/links.create`, { method: "POST", headers, body });
  const countLinks = async () =>
    (await a.browser.callProcedure(a.scope, "links.list", "query", { limit: 100 })).text.match(
      /"operationId"/g,
    )?.length;
  const json = { "content-type": "application/json" };

  it.each([
    ["a form of another site", { ...json, "sec-fetch-site": "cross-site" }],
    ["another site under the same registrable name", { ...json, "sec-fetch-site": "same-site" }],
    [
      "another site as plain text",
      { "content-type": "text/plain", "sec-fetch-site": "cross-site" },
    ],
    ["another origin, where the browser says no site", { ...json, origin: "https://evil.example" }],
    ["no origin at all, as from a sandboxed frame", { ...json, origin: "null" }],
    ["a plain-text form without a word of where from", { "content-type": "text/plain" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["a form with files", { "content-type": "multipart/form-data; boundary=x" }],
    ["no type", {}],
  ])("a procedure does not write for %s", async (_, headers) => {
    const before = await countLinks();
    const response = await createLinkWith(headers);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await countLinks()).toBe(before);
  });

  it("a procedure writes for our own pages", async () => {
    const before = (await countLinks()) ?? 0;
    expect(
      (await createLinkWith({ ...json, origin, "sec-fetch-site": "same-origin" })).status,
    ).toBe(200);
    expect(await countLinks()).toBe(before + 1);
  });

  it("unknown procedures are not found, all in the same words", async () => {
    for (const name of [
      "links.destroy",
      "nothing",
      "links",
      "__proto__",
      "constructor",
      "links.create.x",
    ]) {
      const response = await a.browser.callProcedure(a.scope, name, "mutation", {});
      expect({ name, status: response.status }).toEqual({ name, status: 404 });
    }
  });

  it("procedures are not batched, changed by GET or called by other methods", async () => {
    const before = await countLinks();
    const input = encodeURIComponent(JSON.stringify(a.linkInput()));
    const path = `/api/trpc/${a.scope}`;
    const batch = encodeURIComponent(JSON.stringify({ 0: a.linkInput(), 1: a.linkInput() }));
    const responses = [
      await a.browser.visit(`${path}/links.create?input=${input}`),
      await a.browser.visit(`${path}/links.create,links.create?batch=1&input=${batch}`),
      await a.browser.visit(`${path}/links.create,links.create?batch=1`, {
        method: "POST",
        headers: { ...json, origin },
        body: JSON.stringify({ 0: a.linkInput(), 1: a.linkInput() }),
      }),
      await a.browser.visit(`${path}/links.list,links.list?batch=1`),
      await a.browser.visit(`${path}/links.create`, { method: "PUT", headers: json, body: "{}" }),
      await a.browser.visit(`${path}/links.create`, { method: "DELETE" }),
      await a.browser.visit(`${path}/links.list`, {
        method: "POST",
        headers: { ...json, origin },
        body: "{}",
      }),
      await a.browser.visit(`${path}/links.list?_method=POST`, {
        headers: { "x-http-method-override": "POST" },
      }),
    ];
    const isRejected = responses.slice(0, -1).map(({ status }) => status >= 400 && status < 500);
    expect(isRejected).toEqual(isRejected.map(() => true));
    expect(await countLinks()).toBe(before);
  });

  it("c7: a body that is too large or malformed is rejected at once", async () => {
    const oversized = "x".repeat(4 * 1024 * 1024 + 1);
    const withContentLength = await createLinkWith(
      { ...json, origin, "content-length": String(oversized.length) },
      oversized,
    ).catch(() => null);
    expect(withContentLength?.status ?? 413).toBe(413);
    const chunked = await sendRaw(
      `POST /api/trpc/${a.scope}/links.create HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nCookie: ${sessionCookie}=${sessionTokenOf(a.browser)}\r\nTransfer-Encoding: chunked\r\n\r\n${`100000\r\n${"x".repeat(0x100000)}\r\n`.repeat(5)}0\r\n\r\n`,
    );
    expect(statusOf(chunked)).toBe(413);
    for (const body of ["{", "[".repeat(100_000), "\u0000", '{"a":'.repeat(5_000), "null"]) {
      const response = await createLinkWith({ ...json, origin }, body);
      expect(response.status).toBe(400);
      expect(response.durationMs).toBeLessThan(5_000);
    }
    expect(await isAlive()).toBe(true);
  });
});

describe("c6: forged hosts", () => {
  const forgedHeaders = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    forwarded: "host=evil.example",
  };

  it("a forged host redirects no action elsewhere", async () => {
    const person = await signUpPerson();
    const signedOutBrowser = openBrowser();
    const response = await signedOutBrowser.submit(
      "/sign-in",
      { email: person.email, password: person.password },
      { headers: forgedHeaders },
    );
    expect(response.headers.location ?? "/").not.toContain("evil.example");
    expect(response.text).not.toContain("evil.example");
    for (const path of [
      "/",
      "/organisations",
      `/${a.scope}`,
      "/sign-in",
      "/api/auth/signin",
      "/api/auth/signout",
    ]) {
      const { headers, text } = await a.browser.visit(path, { headers: forgedHeaders });
      expect(headers.location ?? "/").not.toContain("evil.example");
      expect(text).not.toContain("evil.example");
    }
  });

  it("c5: forged hosts, upgrades and foreign targets are rejected before any processing", async () => {
    const cookie = `Cookie: ${sessionCookie}=${sessionTokenOf(a.browser)}\r\n`;
    const upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    const inside = new URL(portal.demo.sandboxUrl).host;
    const attempts = [
      `GET /${a.scope} HTTP/1.1\r\nHost: evil.example\r\n${cookie}\r\n`,
      `GET /${a.scope} HTTP/1.1\r\nHost: ${host}@evil.example\r\n${cookie}\r\n`,
      `GET /${a.scope} HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET /${a.scope} HTTP/1.1\r\n${cookie}\r\n`,
      `GET /${a.scope} HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET http://${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET http://${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET http:${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET //${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET /\\${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `CONNECT ${inside} HTTP/1.1\r\nHost: ${inside}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\u0000b\r\n\r\n`,
    ];
    const responses = await mapConcurrently(attempts, (bytes) => sendRaw(bytes));
    expect(responses.map((response, i) => [attempts[i], statusOf(response)])).toEqual(
      attempts.map((bytes) => [bytes, 400]),
    );
    for (const response of responses) expect(response).not.toMatch(/practiceGroupId|evil\.example/);
    expect(await isAlive()).toBe(true);
  });
});

describe("c6, c7: malformed server actions", () => {
  const part = (name: string, value: string, extra = "") =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n${value}\r\n`;
  const flightBodies = [
    '["$1"]',
    '["$F1"]',
    '["$ACTION_ID_00"]',
    '["$@0"]',
    '["$K1"]',
    '["$B1337"]',
    '["$Q1"]',
    '["$W1"]',
    '["$n9999999999999999999999"]',
    '["$D2026-13-45"]',
    '["$i0"]',
    '["$1:__proto__:then"]',
    '["$1:constructor:constructor"]',
    '{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{\\"then\\":\\"$B1\\"}","_response":{"_prefix":"throw 1;","_formData":{"get":"$1:constructor:constructor"}}}',
    "[".repeat(20_000),
    "",
    "undefined",
    '"$0"',
    "{",
    "\u0000\u0001",
  ];

  it(
    "a malformed server action is rejected at once and the server keeps running",
    async () => {
      const ids = [getActionId("signIn"), "00".repeat(21), "__proto__"];
      const requests = ids.flatMap((id) =>
        flightBodies.flatMap((flightBody) => [
          { id, type: "text/plain;charset=UTF-8", body: flightBody },
          {
            id,
            type: "multipart/form-data; boundary=x",
            body: `${part("0", flightBody)}${part("1", '"$@0"')}--x--\r\n`,
          },
        ]),
      );
      const responses = await mapConcurrently(requests, async ({ id, type, body }) => {
        const response = await send("/sign-in", {
          method: "POST",
          headers: { "next-action": id, "content-type": type, origin },
          body,
        });
        return { id, body: body.slice(0, 80), type, ...response };
      });
      for (const { status, text, durationMs, headers, ...request } of responses) {
        expect({ ...request, isQuick: durationMs < 5_000 }).toEqual({ ...request, isQuick: true });
        expect(text).not.toMatch(/node_modules|\bat [\w.]+ \(|throw 1/);
        expect(headers["set-cookie"] ?? []).toEqual([]);
        expect({ ...request, isKnown: status > 0 }).toEqual({ ...request, isKnown: true });
      }
      expect(await isAlive()).toBe(true);
    },
    slowTestMs,
  );

  it("a broken multipart body is rejected", async () => {
    const bodies = [
      ["multipart/form-data", ""],
      ["multipart/form-data; boundary=", "----"],
      ["multipart/form-data; boundary=x", "--x"],
      ["multipart/form-data; boundary=x", part("email", "a@example.com")],
      ["multipart/form-data; boundary=x", `${part("$ACTION_REF_1", "")}--x--\r\n`],
      [
        "multipart/form-data; boundary=x",
        `${part("$ACTION_REF_1", "")}${part("$ACTION_1:0", "{")}--x--\r\n`,
      ],
      [
        "multipart/form-data; boundary=x",
        `${part("$ACTION_REF_1", "")}${part("$ACTION_1:0", '{"id":"__proto__","bound":"$@1"}')}--x--\r\n`,
      ],
      ["multipart/form-data; boundary=x", `${part("$ACTION_ID_00", "")}--x--\r\n`],
      ["multipart/form-data; boundary=x", `${part("a", "b", '; filename="../../x"')}--x--\r\n`],
      ["application/x-www-form-urlencoded", "$ACTION_ID_00="],
      ["application/x-www-form-urlencoded", "%"],
    ] as const;
    const responses = await mapConcurrently(bodies, ([type, body]) =>
      send("/sign-in", { method: "POST", headers: { "content-type": type, origin }, body }),
    );
    for (const [i, response] of responses.entries()) {
      expect(response.durationMs).toBeLessThan(5_000);
      expect(response.text).not.toMatch(/node_modules|\bat [\w.]+ \(/);
      expect({ body: bodies[i], cookies: response.headers["set-cookie"] ?? [] }).toEqual({
        body: bodies[i],
        cookies: [],
      });
    }
    expect(await isAlive()).toBe(true);
  });

  it("a server action from another site is rejected", async () => {
    const page = await openBrowser().visit("/sign-in");
    expect(page.status).toBe(200);
    const browser = openBrowser();
    for (const otherOrigin of ["https://evil.example", "null", `${origin}.evil.example`]) {
      const response = await browser.submit(
        "/sign-in",
        { email: a.owner.email, password: a.owner.password },
        { headers: { origin: otherOrigin } },
      );
      expect({ foreign: otherOrigin, cookies: response.headers["set-cookie"] ?? [] }).toEqual({
        foreign: otherOrigin,
        cookies: [],
      });
    }
    const token = sessionTokenOf(a.browser);
    await a.browser.visit("/account", {
      method: "POST",
      headers: {
        "next-action": getActionId("signOut"),
        "content-type": "text/plain",
        origin: "https://evil.example",
      },
      body: "[]",
    });
    const sessionResponse = await send("/api/trpc/account/me", {
      headers: { cookie: `${sessionCookie}=${token}` },
    });
    expect(sessionResponse.status).toBe(200);
  });
});

const encode = (text: string) => [
  text,
  encodeURIComponent(text),
  encodeURIComponent(encodeURIComponent(text)),
];
const externalUrls = [
  ...[
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "///evil.example",
  ].flatMap(encode),
  ...[
    "https://evil.example",
    "http:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
  ].flatMap(encode),
  ...[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "file:///etc/passwd",
  ].flatMap(encode),
  "/%2F%5Cevil.example",
  "/%5cevil.example",
  "/%2fevil.example",
  "/%09/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  " //evil.example",
  "/ /evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/x/%2e%2e//evil.example",
  "/;@evil.example",
  "@evil.example",
  ".evil.example",
  "evil.example",
  "?next=//evil.example",
  "#//evil.example",
  "//evil.example/%2e%2e",
  "//evil.example:443",
  "//user:pass@evil.example",
  "//[::1]",
  "//0x7f000001",
  "/\u2028/evil.example",
  "/／evil.example",
  "／／evil.example",
  "。evil.example",
  "/\u0000/evil.example",
  "/api/auth/signout",
  "/api/trpc/account/me",
];

describe("c20: the redirect after signing in", () => {
  const isOwnOrigin = (location: string | undefined) => {
    const url = new URL(location ?? "/", `${origin}/sign-in`);
    return (
      url.origin === origin && !url.pathname.startsWith("//") && !url.pathname.startsWith("/api/")
    );
  };

  it("a signed-in person is redirected on our own origin only", async () => {
    const responses = await mapConcurrently(externalUrls, async (next) => ({
      next,
      response: await a.browser.visit(`/sign-in?next=${encodeURIComponent(next)}`),
    }));
    for (const { next, response } of responses) {
      expect({ next, status: response.status }).toEqual({ next, status: 307 });
      expect({
        next,
        location: response.headers.location,
        ours: isOwnOrigin(response.headers.location),
      }).toEqual({
        next,
        location: response.headers.location,
        ours: true,
      });
    }
  });

  it(
    "a sign-in form redirects on our own origin, whatever its hidden field contains",
    async () => {
      const person = await signUpPerson();
      const sample = externalUrls.filter((_, i) => i % 6 === 0);
      for (const next of sample) {
        const browser = openBrowser();
        const response = await browser.submit("/sign-in", {
          email: person.email,
          password: person.password,
          next,
        });
        expect({ next, status: response.status }).toEqual({ next, status: 303 });
        expect({ next, ours: isOwnOrigin(response.headers.location) }).toEqual({
          next,
          ours: true,
        });
      }
    },
    slowTestMs,
  );

  it("signing in leads to the requested page on our own origin", async () => {
    const target = `/${a.scope}/links?practice=${a.practice.id}`;
    const response = await signIn(openBrowser(), a.owner, target);
    expect(response.headers.location).toBe(target);
  });

  it(
    "next-auth's own addresses redirect on our own origin only",
    async () => {
      await mapConcurrently(externalUrls, async (next) => {
        for (const path of ["/api/auth/signin", "/api/auth/error"]) {
          const { headers } = await openBrowser().visit(
            `${path}?callbackUrl=${encodeURIComponent(next)}`,
          );
          const url = new URL(headers.location ?? "/", origin);
          expect({ next, path, origin: url.origin }).toEqual({ next, path, origin });
          for (const line of headers["set-cookie"] ?? [])
            expect(decodeURIComponent(line)).not.toMatch(/=https?:\/\/evil/);
        }
      });
    },
    slowTestMs,
  );
});

describe("c35: a forged line", () => {
  it("a header with a forged line is rejected, and not returned", async () => {
    const { headers, status } = await a.browser.visit(
      `/sign-in?next=${encodeURIComponent("/x\r\nset-cookie: a=b")}`,
    );
    expect(status).toBe(307);
    expect(headers["set-cookie"] ?? []).toEqual([]);
    const { body } = multipart({ a: "b" });
    expect(body).toContain("form-data");
    const smuggled = await sendRaw(
      `GET /sign-in?next=/x%0d%0aset-cookie:%20${randomUUID()}=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(smuggled).not.toMatch(/^set-cookie:/im);
  });
});
