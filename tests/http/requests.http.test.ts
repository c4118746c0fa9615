import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkBuild,
  findAction,
  host,
  type HttpTenant,
  inParallel,
  makePerson,
  makeTenant,
  multipart,
  openBrowser,
  origin,
  portal,
  send,
  sendRaw,
  sessionOf,
  sessionCookie,
  signIn,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slow = 60_000;

let a: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  a = await makeTenant("c");
});

const isAlive = async () => (await send("/api/health/live")).status === 200;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe("procedures over HTTP", () => {
  const write = (headers: Record<string, string>, body = JSON.stringify(a.linkInput())) =>
    a.browser.go(`/api/trpc/${a.place}/links.create`, { method: "POST", headers, body });
  const countLinks = async () =>
    (await a.browser.ask(a.place, "links.list", "query", { limit: 100 })).text.match(
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
  ])("do not write for %s", async (_, headers) => {
    const before = await countLinks();
    const answer = await write(headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await countLinks()).toBe(before);
  });

  it("write for our own pages", async () => {
    const before = (await countLinks()) ?? 0;
    expect((await write({ ...json, origin, "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect(await countLinks()).toBe(before + 1);
  });

  it("do not exist where they do not, and say so alike", async () => {
    for (const name of [
      "links.destroy",
      "nothing",
      "links",
      "__proto__",
      "constructor",
      "links.create.x",
    ]) {
      const answer = await a.browser.ask(a.place, name, "mutation", {});
      expect({ name, status: answer.status }).toEqual({ name, status: 404 });
    }
  });

  it("are not run in batches, changed by GET or read by other methods", async () => {
    const before = await countLinks();
    const input = encodeURIComponent(JSON.stringify(a.linkInput()));
    const path = `/api/trpc/${a.place}`;
    const batch = encodeURIComponent(JSON.stringify({ 0: a.linkInput(), 1: a.linkInput() }));
    const answers = [
      await a.browser.go(`${path}/links.create?input=${input}`),
      await a.browser.go(`${path}/links.create,links.create?batch=1&input=${batch}`),
      await a.browser.go(`${path}/links.create,links.create?batch=1`, {
        method: "POST",
        headers: { ...json, origin },
        body: JSON.stringify({ 0: a.linkInput(), 1: a.linkInput() }),
      }),
      await a.browser.go(`${path}/links.list,links.list?batch=1`),
      await a.browser.go(`${path}/links.create`, { method: "PUT", headers: json, body: "{}" }),
      await a.browser.go(`${path}/links.create`, { method: "DELETE" }),
      await a.browser.go(`${path}/links.list`, {
        method: "POST",
        headers: { ...json, origin },
        body: "{}",
      }),
      await a.browser.go(`${path}/links.list?_method=POST`, {
        headers: { "x-http-method-override": "POST" },
      }),
    ];
    const refused = answers.slice(0, -1).map(({ status }) => status >= 400 && status < 500);
    expect(refused).toEqual(refused.map(() => true));
    expect(await countLinks()).toBe(before);
  });

  it("c7: refuse a body beyond the limit, stated or not, and a bad one, at once", async () => {
    const huge = "x".repeat(4 * 1024 * 1024 + 1);
    const stated = await write(
      { ...json, origin, "content-length": String(huge.length) },
      huge,
    ).catch(() => null);
    expect(stated?.status ?? 413).toBe(413);
    const chunked = await sendRaw(
      `POST /api/trpc/${a.place}/links.create HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nCookie: ${sessionCookie}=${sessionOf(a.browser)}\r\nTransfer-Encoding: chunked\r\n\r\n${`100000\r\n${"x".repeat(0x100000)}\r\n`.repeat(5)}0\r\n\r\n`,
    );
    expect(statusOf(chunked)).toBe(413);
    for (const body of ["{", "[".repeat(100_000), "\u0000", '{"a":'.repeat(5_000), "null"]) {
      const answer = await write({ ...json, origin }, body);
      expect(answer.status).toBe(400);
      expect(answer.durationMs).toBeLessThan(5_000);
    }
    expect(await isAlive()).toBe(true);
  });
});

describe("c6: forged hosts", () => {
  const forged = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    forwarded: "host=evil.example",
  };

  it("lead no action elsewhere", async () => {
    const person = await makePerson();
    const out = openBrowser();
    const answer = await out.submit(
      "/sign-in",
      { email: person.email, password: person.password },
      { headers: forged },
    );
    expect(answer.headers.location ?? "/").not.toContain("evil.example");
    expect(answer.text).not.toContain("evil.example");
    for (const path of [
      "/",
      "/organisations",
      `/${a.place}`,
      "/sign-in",
      "/api/auth/signin",
      "/api/auth/signout",
    ]) {
      const { headers, text } = await a.browser.go(path, { headers: forged });
      expect(headers.location ?? "/").not.toContain("evil.example");
      expect(text).not.toContain("evil.example");
    }
  });

  it("c5: are refused, with upgrades and requests for elsewhere, before anything is looked at", async () => {
    const cookie = `Cookie: ${sessionCookie}=${sessionOf(a.browser)}\r\n`;
    const upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    const inside = new URL(portal.demo.sandboxUrl).host;
    const attempts = [
      `GET /${a.place} HTTP/1.1\r\nHost: evil.example\r\n${cookie}\r\n`,
      `GET /${a.place} HTTP/1.1\r\nHost: ${host}@evil.example\r\n${cookie}\r\n`,
      `GET /${a.place} HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET /${a.place} HTTP/1.1\r\n${cookie}\r\n`,
      `GET /${a.place} HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET http://${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET http://${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET http:${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}${upgrade}\r\n`,
      `GET //${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `GET /\\${inside}/_sandbox/practices HTTP/1.1\r\nHost: ${host}\r\n${cookie}\r\n`,
      `CONNECT ${inside} HTTP/1.1\r\nHost: ${inside}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\u0000b\r\n\r\n`,
    ];
    const answers = await inParallel(attempts, (bytes) => sendRaw(bytes));
    expect(answers.map((answer, i) => [attempts[i], statusOf(answer)])).toEqual(
      attempts.map((bytes) => [bytes, 400]),
    );
    for (const answer of answers) expect(answer).not.toMatch(/practiceGroupId|evil\.example/);
    expect(await isAlive()).toBe(true);
  });
});

describe("c6, c7: server actions that are sent nonsense", () => {
  const part = (name: string, value: string, extra = "") =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n${value}\r\n`;
  const flights = [
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
    "answer with a refusal at once and live on",
    async () => {
      const ids = [findAction("signIn"), "00".repeat(21), "__proto__"];
      const requests = ids.flatMap((id) =>
        flights.flatMap((flight) => [
          { id, type: "text/plain;charset=UTF-8", body: flight },
          {
            id,
            type: "multipart/form-data; boundary=x",
            body: `${part("0", flight)}${part("1", '"$@0"')}--x--\r\n`,
          },
        ]),
      );
      const answers = await inParallel(requests, async ({ id, type, body }) => {
        const answer = await send("/sign-in", {
          method: "POST",
          headers: { "next-action": id, "content-type": type, origin },
          body,
        });
        return { id, body: body.slice(0, 80), type, ...answer };
      });
      for (const { status, text, durationMs, headers, ...what } of answers) {
        expect({ ...what, isQuick: durationMs < 5_000 }).toEqual({ ...what, isQuick: true });
        expect(text).not.toMatch(/node_modules|\bat [\w.]+ \(|throw 1/);
        expect(headers["set-cookie"] ?? []).toEqual([]);
        expect({ ...what, isKnown: status > 0 }).toEqual({ ...what, isKnown: true });
      }
      expect(await isAlive()).toBe(true);
    },
    slow,
  );

  it("refuse broken multipart bodies", async () => {
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
    const answers = await inParallel(bodies, ([type, body]) =>
      send("/sign-in", { method: "POST", headers: { "content-type": type, origin }, body }),
    );
    for (const [i, answer] of answers.entries()) {
      expect(answer.durationMs).toBeLessThan(5_000);
      expect(answer.text).not.toMatch(/node_modules|\bat [\w.]+ \(/);
      expect({ body: bodies[i], cookies: answer.headers["set-cookie"] ?? [] }).toEqual({
        body: bodies[i],
        cookies: [],
      });
    }
    expect(await isAlive()).toBe(true);
  });

  it("are refused to other sites", async () => {
    const page = await openBrowser().go("/sign-in");
    expect(page.status).toBe(200);
    const browser = openBrowser();
    for (const foreign of ["https://evil.example", "null", `${origin}.evil.example`]) {
      const answer = await browser.submit(
        "/sign-in",
        { email: a.owner.email, password: a.owner.password },
        { headers: { origin: foreign } },
      );
      expect({ foreign, cookies: answer.headers["set-cookie"] ?? [] }).toEqual({
        foreign,
        cookies: [],
      });
    }
    const token = sessionOf(a.browser);
    await a.browser.go("/account", {
      method: "POST",
      headers: {
        "next-action": findAction("signOut"),
        "content-type": "text/plain",
        origin: "https://evil.example",
      },
      body: "[]",
    });
    const still = await send("/api/trpc/account/me", {
      headers: { cookie: `${sessionCookie}=${token}` },
    });
    expect(still.status).toBe(200);
  });
});

const encode = (text: string) => [
  text,
  encodeURIComponent(text),
  encodeURIComponent(encodeURIComponent(text)),
];
const elsewhere = [
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

describe("c20: where signing in leads", () => {
  const isOurs = (location: string | undefined) => {
    const url = new URL(location ?? "/", `${origin}/sign-in`);
    return (
      url.origin === origin && !url.pathname.startsWith("//") && !url.pathname.startsWith("/api/")
    );
  };

  it("is on our own origin for who is signed in already", async () => {
    const answers = await inParallel(elsewhere, async (next) => ({
      next,
      answer: await a.browser.go(`/sign-in?next=${encodeURIComponent(next)}`),
    }));
    for (const { next, answer } of answers) {
      expect({ next, status: answer.status }).toEqual({ next, status: 307 });
      expect({
        next,
        location: answer.headers.location,
        ours: isOurs(answer.headers.location),
      }).toEqual({
        next,
        location: answer.headers.location,
        ours: true,
      });
    }
  });

  it(
    "is on our own origin after the form, whatever its hidden field was made to say",
    async () => {
      const person = await makePerson();
      const some = elsewhere.filter((_, i) => i % 6 === 0);
      for (const next of some) {
        const browser = openBrowser();
        const answer = await browser.submit("/sign-in", {
          email: person.email,
          password: person.password,
          next,
        });
        expect({ next, status: answer.status }).toEqual({ next, status: 303 });
        expect({ next, ours: isOurs(answer.headers.location) }).toEqual({ next, ours: true });
      }
    },
    slow,
  );

  it("is the page that was wanted where that is ours", async () => {
    const wanted = `/${a.place}/links?practice=${a.practice.id}`;
    const answer = await signIn(openBrowser(), a.owner, wanted);
    expect(answer.headers.location).toBe(wanted);
  });

  it(
    "is on our own origin through next-auth's own addresses",
    async () => {
      await inParallel(elsewhere, async (next) => {
        for (const path of ["/api/auth/signin", "/api/auth/error"]) {
          const { headers } = await openBrowser().go(
            `${path}?callbackUrl=${encodeURIComponent(next)}`,
          );
          const url = new URL(headers.location ?? "/", origin);
          expect({ next, path, origin: url.origin }).toEqual({ next, path, origin });
          for (const line of headers["set-cookie"] ?? [])
            expect(decodeURIComponent(line)).not.toMatch(/=https?:\/\/evil/);
        }
      });
    },
    slow,
  );
});

describe("c35: a line that was forged", () => {
  it("is refused as a header, and does not come back in one", async () => {
    const { headers, status } = await a.browser.go(
      `/sign-in?next=${encodeURIComponent("/x\r\nset-cookie: a=b")}`,
    );
    expect(status).toBe(307);
    expect(headers["set-cookie"] ?? []).toEqual([]);
    const { body } = multipart({ a: "b" });
    expect(body).toContain("form-data");
    const split = await sendRaw(
      `GET /sign-in?next=/x%0d%0aset-cookie:%20${randomUUID()}=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(split).not.toMatch(/^set-cookie:/im);
  });
});
