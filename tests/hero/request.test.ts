import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { errorCodeOfStatus, HeroError, type HeroErrorCode } from "@/server/hero/errors";
import { type HeroOperation, request } from "@/server/hero/request";
import {
  nonHttpResponse,
  truncatedResponse,
  json,
  createAccess,
  practiceGroup,
  resetConnection,
  neverRespond,
  stalledResponse,
  startFakeHero,
  text,
} from "./fake-hero";

const readOperation: HeroOperation = { name: "readThing", method: "GET", path: "/v1/things/{id}" };
const writeOperation: HeroOperation = { name: "makeThing", method: "POST", path: "/v1/things" };
const thingSchema = z.object({ id: z.string() });

let hero: Awaited<ReturnType<typeof startFakeHero>>;
let redirectTarget: Awaited<ReturnType<typeof startFakeHero>>;

beforeAll(async () => {
  hero = await startFakeHero();
  redirectTarget = await startFakeHero();
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const address = closed.address();
  const port = typeof address === "object" && address ? address.port : 0;
  closed.close();
  // Settings are read at the first call.
  process.env.HERO_SANDBOX_URL = `${hero.url}/`;
  process.env.HERO_STAGING_URL = `http://127.0.0.1:${port}`;
  process.env.HERO_PRODUCTION_URL = "https://hero.invalid";
  process.env.HERO_TIMEOUT_MS = "400";
});

afterAll(async () => {
  await hero.stop();
  await redirectTarget.stop();
});

const readThing = (overrides: Parameters<typeof createAccess>[0] = {}, id = "1") => {
  const { access, ...recorded } = createAccess(overrides);
  return { ...recorded, response: request(access, readOperation, { path: { id } }, thingSchema) };
};
const createThing = (overrides: Parameters<typeof createAccess>[0] = {}) => {
  const { access, ...recorded } = createAccess(overrides);
  return {
    ...recorded,
    response: request(access, writeOperation, { body: { name: "x" } }, thingSchema),
  };
};

async function errorOf(promise: Promise<unknown>): Promise<HeroError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeroError)) throw new Error("No HeroError.", { cause: error });
  return error;
}

describe("a successful call", () => {
  it("a call sends the key, practice and body and nothing else", async () => {
    hero.respondWith(json(200, { id: "7" }));
    const { access } = createAccess();
    const operation: HeroOperation = { name: "a", method: "PATCH", path: "/v1/things/{id}" };
    const options = {
      path: { id: "5" },
      query: { page: 2, all: false, none: undefined, q: "a b&c" },
      body: { name: "é" },
    };
    expect(await request(access, operation, options, thingSchema)).toEqual({ id: "7" });
    const [call] = hero.calls;
    expect(call).toMatchObject({
      method: "PATCH",
      url: "/v1/things/5?page=2&all=false&q=a+b%26c",
      body: '{"name":"é"}',
    });
    const { host: _, connection: __, "content-length": ___, ...headers } = call?.headers ?? {};
    expect(headers).toEqual({
      accept: "application/json",
      "accept-encoding": "gzip, br, deflate",
      "content-type": "application/json",
      "user-agent": "HeroPartnerPortal (+http://localhost:3000)",
      "x-api-key": "a key of the tests",
      "x-practice-group-id": "20417",
    });
  });

  it("a call writes one row of metadata and releases its limiter slot", async () => {
    hero.respondWith(json(200, { id: "7" }, { "x-request-id": "r".repeat(300) }));
    const { response, records, limiter } = createThing();
    await response;
    expect(records).toEqual([
      {
        operation: "makeThing",
        method: "POST",
        pathTemplate: "/v1/things",
        practiceGroupId: "20417",
        status: 200,
        errorCode: null,
        durationMs: expect.any(Number),
        upstreamRequestId: "r".repeat(100),
      },
    ]);
    expect(limiter).toMatchObject({ entered: 1, released: 1, pauses: [] });
  });

  it("c2: an id stays in its path segment, whatever it contains", async () => {
    for (const id of [
      "...",
      "../../v1/me",
      "1?x=1",
      "1#2",
      "1/2",
      "é ü",
      "%2e%2e%2f",
      "\r\nx: y",
    ]) {
      hero.respondWith(json(200, { id: "1" }));
      await readThing({}, id).response;
      expect(hero.calls[0]?.url).toBe(`/v1/things/${encodeURIComponent(id)}`);
    }
    hero.respondWith(json(200, { id: "1" }));
    for (const id of ["", ".", ".."]) {
      await expect(readThing({}, id).response, id).rejects.toThrow("The path needs id.");
    }
    expect(hero.calls).toEqual([]);
  });

  it("c2: a practice group or key with a line break is never sent", async () => {
    hero.respondWith(json(200, { id: "1" }));
    for (const overrides of [
      { practiceGroupId: practiceGroup("12\r\nx-api-key: other") },
      { apiKey: "key\r\nx-practice-group-id: 13" },
    ]) {
      await expect(createThing(overrides).response).rejects.toThrow(Error);
    }
    expect(hero.calls).toEqual([]);
  });

  it("unknown response fields are ignored", async () => {
    hero.respondWith(
      json(201, { id: "7", new_field: { deep: [1] }, state: "A_STATE_OF_TOMORROW" }),
    );
    expect(await createThing().response).toEqual({ id: "7" });
  });
});

const statuses: [number, HeroErrorCode, "no" | "unknown"][] = [
  [400, "bad_request", "no"],
  [401, "unauthorised", "unknown"],
  [402, "refused", "no"],
  [403, "forbidden", "no"],
  [404, "not_found", "no"],
  [405, "refused", "no"],
  [406, "refused", "no"],
  [408, "upstream_failed", "unknown"],
  [409, "conflict", "no"],
  [410, "refused", "no"],
  [413, "refused", "no"],
  [415, "refused", "no"],
  [418, "refused", "no"],
  [422, "bad_request", "no"],
  [429, "rate_limited", "unknown"],
  [451, "refused", "no"],
  [500, "upstream_failed", "unknown"],
  [501, "upstream_failed", "unknown"],
  [502, "upstream_failed", "unknown"],
  [503, "upstream_failed", "unknown"],
  [504, "upstream_failed", "unknown"],
  [520, "upstream_failed", "unknown"],
  [300, "redirected", "unknown"],
  [301, "redirected", "unknown"],
  [302, "redirected", "unknown"],
  [303, "redirected", "unknown"],
  [304, "redirected", "unknown"],
  [307, "redirected", "unknown"],
  [308, "redirected", "unknown"],
];

describe("error statuses of Hero", () => {
  it.each(statuses)(
    "status %i is %s, write outcome %s, and a write is sent once",
    async (status, code, writeOutcome) => {
      const heroMessage = "Hero's own words about 999 000 0001";
      hero.respondWith(
        json(
          status,
          { error: true, statusCode: status, message: heroMessage },
          { "x-request-id": "up-1" },
        ),
      );
      const { response, records, limiter } = createThing();
      const error = await errorOf(response);
      expect(error).toMatchObject({ code, writeOutcome, operation: "makeThing" });
      expect(error.details).toMatchObject({ status, upstreamRequestId: "up-1" });
      expect(hero.calls).toHaveLength(1);
      expect(records).toMatchObject([{ status, errorCode: code, upstreamRequestId: "up-1" }]);
      expect(limiter).toMatchObject({ entered: 1, released: 1 });
      // Hero's message may quote the request, so it must not be shown or logged.
      expect(error.message).toMatch(/^[A-Z].*\.$/);
      expect(JSON.stringify([error, error.message, error.stack, error.details])).not.toContain(
        "999",
      );
      expect(JSON.stringify(records)).not.toContain("999");
    },
  );

  it("any other status has an error code", () => {
    for (let status = 100; status < 600; status++) {
      const error = new HeroError(errorCodeOfStatus(status), "any");
      expect(error.message, String(status)).toMatch(/\.$/);
      // A8: a 401 or 429 may come after the work.
      const isCertain = status >= 400 && status < 500 && ![401, 408, 429].includes(status);
      expect(error.writeOutcome, String(status)).toBe(isCertain ? "no" : "unknown");
    }
  });

  it("every documented status has its own error code", () => {
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(parse(readFileSync("openapi/hero.yaml", "utf8")));
    const operation = z.object({ responses: z.record(z.string(), z.unknown()) });
    const documentedStatuses = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .flatMap((operationSpec) =>
        Object.keys(operation.safeParse(operationSpec).data?.responses ?? {}),
      )
      .map(Number);
    const failures = [...new Set(documentedStatuses)].filter((status) => status >= 300);
    expect(failures).toEqual(expect.arrayContaining([400, 401, 403, 404]));
    for (const status of failures)
      expect(errorCodeOfStatus(status), String(status)).not.toBe("refused");
  });

  it("the fields of a documented error are named, and any other error is handled", async () => {
    const issues = [
      { code: "custom", expected: "a date", path: ["body", "expiry_date"] },
      { code: "custom", expected: "a number", path: ["maximum_use_count"] },
      { path: [0] },
      { path: "text" },
      {},
      null,
    ];
    hero.respondWith(json(400, { message: issues }));
    expect((await errorOf(createThing().response)).details.fields).toEqual([
      "expiry_date",
      "maximum_use_count",
    ]);
    for (const body of [
      "",
      "null",
      "[]",
      '"text"',
      '{"message":"text"}',
      '{"message":{}}',
      "<h1>",
    ]) {
      hero.respondWith(text(400, body));
      const error = await errorOf(createThing().response);
      expect([error.code, error.details.fields], body).toEqual(["bad_request", []]);
    }
  });
});

describe("c19: a redirect", () => {
  it.each([301, 302, 303, 307, 308])(
    "redirect %i is not followed, for reads or writes",
    async (status) => {
      redirectTarget.respondWith(json(200, { id: "stolen" }));
      hero.respondWith(text(status, "", { location: `${redirectTarget.url}/v1/things` }));
      expect(await errorOf(readThing().response)).toMatchObject({ code: "redirected" });
      expect(await errorOf(createThing().response)).toMatchObject({ code: "redirected" });
      expect(redirectTarget.calls).toEqual([]);
      expect(hero.calls).toHaveLength(2);
    },
  );
});

describe("connection errors", () => {
  const failureModes = [
    ["breaks before an answer", resetConnection, "connection_lost", null],
    ["speaks no HTTP", nonHttpResponse, "connection_lost", null],
    ["says nothing", neverRespond, "timed_out", null],
    ["breaks in a good answer", truncatedResponse(200), "unreadable_reply", 200],
    ["breaks in a failure", truncatedResponse(500), "upstream_failed", 500],
    ["breaks in a refusal", truncatedResponse(403), "forbidden", 403],
    ["stalls in a good answer", stalledResponse(200), "timed_out", 200],
    ["stalls in a refusal", stalledResponse(404), "timed_out", 404],
  ] as const;

  it.each(failureModes)(
    "a connection that %s gets its error code, and a write is sent once",
    async (_, respond, code, status) => {
      hero.respondWith(respond);
      const { response, records, limiter } = createThing();
      const startedAt = performance.now();
      const error = await errorOf(response);
      expect(performance.now() - startedAt).toBeLessThan(2000);
      expect(error.code).toBe(code);
      expect(error.writeOutcome).toBe(code === "forbidden" ? "no" : "unknown");
      expect(records).toMatchObject([{ status, errorCode: code }]);
      expect(hero.calls).toHaveLength(1);
      expect(limiter).toMatchObject({ entered: 1, released: 1 });
    },
  );

  const unreachableHosts = [
    ["nobody listens", "staging"],
    ["no such host exists", "production"],
  ] as const;

  it.each(unreachableHosts)(
    "an unreachable host (%s) means that nothing was sent",
    async (_, environment) => {
      const error = await errorOf(
        createThing({ environment, keyEnvironment: environment }).response,
      );
      expect(error).toMatchObject({ code: "unreachable", writeOutcome: "no" });
      expect(error.details.status).toBeUndefined();
    },
  );
});

describe("an unreadable response", () => {
  const invalidBodies: [string, string][] = [
    ["nothing", ""],
    ["half of JSON", '{"id":'],
    ["a page", "<!doctype html><title>Maintenance</title>"],
    ["null", "null"],
    ["a list", "[]"],
    ["a number for a text", '{"id":7}'],
    ["no such field", '{"name":"x"}'],
    ["null for a text", '{"id":null}'],
    ["bytes that are no text", "\u0000\ufffd"],
  ];

  it.each(invalidBodies)(
    "a response that is %s is unreadable, and its write outcome unknown",
    async (_, body) => {
      hero.respondWith(text(200, body, { "x-request-id": "up-2" }));
      const { response, records } = createThing();
      const error = await errorOf(response);
      expect(error).toMatchObject({ code: "unreadable_reply", writeOutcome: "unknown" });
      expect(error.details).toMatchObject({ status: 200, upstreamRequestId: "up-2" });
      expect(records).toMatchObject([{ status: 200, errorCode: "unreadable_reply" }]);
      expect(hero.calls).toHaveLength(1);
    },
  );

  it("a response over four megabytes is unreadable, and not read to its end", async () => {
    let isAborted = false;
    hero.respondWith((reply) => {
      reply.on("close", () => {
        isAborted = !reply.writableFinished;
      });
      reply.writeHead(200);
      const block = "x".repeat(1024 * 1024);
      const writeMore = () => {
        while (!reply.destroyed && reply.write(block));
        if (!reply.destroyed) reply.once("drain", writeMore);
      };
      writeMore();
    });
    expect(await errorOf(createThing().response)).toMatchObject({ code: "unreadable_reply" });
    await expect.poll(() => isAborted).toBe(true);
  });

  it("a response just under four megabytes is read", async () => {
    hero.respondWith(json(200, { id: "1", filler: "x".repeat(4 * 1024 * 1024 - 100) }));
    expect(await createThing().response).toEqual({ id: "1" });
  });
});

describe("retries", () => {
  it("a read is retried after two failures", async () => {
    hero.respondWith(json(503, {}), resetConnection, json(200, { id: "9" }));
    const { response, records, limiter } = readThing();
    expect(await response).toEqual({ id: "9" });
    expect(records.map(({ errorCode }) => errorCode)).toEqual([
      "upstream_failed",
      "connection_lost",
      null,
    ]);
    expect(limiter).toMatchObject({ entered: 3, released: 3 });
  });

  it("a read fails after three attempts, with the last error", async () => {
    hero.respondWith(json(500, {}), json(502, {}), json(503, {}), json(200, { id: "too late" }));
    expect((await errorOf(readThing().response)).details.status).toBe(503);
    expect(hero.calls).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 410, 302])("a read is not retried after %i", async (status) => {
    hero.respondWith(json(status, {}));
    await errorOf(readThing().response);
    expect(hero.calls).toHaveLength(1);
  });

  it("a read is not retried after an unreadable response or none", async () => {
    for (const respond of [text(200, "<h1>"), neverRespond]) {
      hero.respondWith(respond);
      await errorOf(readThing().response);
      expect(hero.calls).toHaveLength(1);
    }
  });

  it.each(["POST", "PATCH", "PUT", "DELETE"] as const)(
    "a write is never retried: %s",
    async (method) => {
      for (const respond of [
        json(500, {}),
        json(503, {}),
        json(429, {}),
        resetConnection,
        truncatedResponse(200),
      ]) {
        hero.respondWith(respond);
        const { access } = createAccess();
        await errorOf(request(access, { ...writeOperation, method }, { body: {} }, thingSchema));
        expect(hero.calls).toHaveLength(1);
      }
    },
  );
});

describe("status 429", () => {
  const limited = (retryAfter?: string) =>
    json(429, {}, retryAfter === undefined ? {} : { "retry-after": retryAfter });

  it("all calls with the key wait for the seconds that Hero names, then a read is retried", async () => {
    hero.respondWith(limited("1"), json(200, { id: "3" }));
    const startedAt = performance.now();
    const { response, limiter } = readThing();
    expect(await response).toEqual({ id: "3" });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(limiter.pauses).toEqual([1000]);
  });

  it("a date in Retry-After is understood", async () => {
    hero.respondWith(limited(new Date(Date.now() + 2500).toUTCString()), json(200, { id: "3" }));
    const { response, limiter } = readThing();
    expect(await response).toEqual({ id: "3" });
    expect(limiter.pauses).toHaveLength(1);
    // Dates in headers have whole seconds.
    expect(limiter.pauses[0]).toBeGreaterThanOrEqual(2000);
    expect(limiter.pauses[0]).toBeLessThanOrEqual(3000);
  });

  it("a wait over three seconds is reported instead of waited for", async () => {
    hero.respondWith(limited("60"), json(200, { id: "3" }));
    const { response, limiter } = readThing();
    const error = await errorOf(response);
    expect(error).toMatchObject({ code: "rate_limited", details: { retryAfterMs: 60_000 } });
    expect(limiter.pauses).toEqual([60_000]);
    expect(hero.calls).toHaveLength(1);
  });

  it.each([
    ["a date gone by", new Date(Date.now() - 60_000).toUTCString(), 0],
    ["no number", "soon", 1000],
    ["a number below nought", "-5", 1000],
    ["ten minutes", "600", 60_000],
    ["half a second", "0.5", 500],
    ["white space around it", " 2 ", 2000],
    ["nothing", undefined, 1000],
    ["a year", String(365 * 86_400), 60_000],
    ["a date in a century", "Fri, 01 Jan 2100 00:00:00 GMT", 60_000],
  ])(
    "a write pauses the key but is sent once, for Retry-After %s",
    async (_, retryAfter, pause) => {
      hero.respondWith(limited(retryAfter));
      const { response, limiter } = createThing();
      expect(await errorOf(response)).toMatchObject({
        code: "rate_limited",
        writeOutcome: "unknown",
      });
      expect(limiter.pauses).toEqual([pause]);
      expect(hero.calls).toHaveLength(1);
    },
  );
});

describe("A10: status 503", () => {
  it("Retry-After on a 503 pauses all calls with the key, and a read is retried after it", async () => {
    hero.respondWith(json(503, {}, { "retry-after": "1" }), json(200, { id: "3" }));
    const startedAt = performance.now();
    const { response, limiter } = readThing();
    expect(await response).toEqual({ id: "3" });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(limiter.pauses).toEqual([1000]);
  });

  it("a write that gets a 503 with Retry-After is sent once and stays unknown", async () => {
    hero.respondWith(json(503, {}, { "retry-after": "600" }));
    const { response, limiter } = createThing();
    expect(await errorOf(response)).toMatchObject({
      code: "upstream_failed",
      writeOutcome: "unknown",
      details: { retryAfterMs: 60_000 },
    });
    expect(limiter.pauses).toEqual([60_000]);
    expect(hero.calls).toHaveLength(1);
  });

  it("a 503 without Retry-After pauses nothing", async () => {
    hero.respondWith(json(503, {}));
    const { response, limiter } = createThing();
    await errorOf(response);
    expect(limiter.pauses).toEqual([]);
  });

  it("a date in Retry-After is measured from the reply's own date", async () => {
    const hour = 3_600_000;
    const headers = {
      date: new Date(Date.now() + hour).toUTCString(),
      "retry-after": new Date(Date.now() + hour + 5000).toUTCString(),
    };
    hero.respondWith(json(503, {}, headers));
    const { response, limiter } = createThing();
    await errorOf(response);
    expect(limiter.pauses[0]).toBeGreaterThanOrEqual(4000);
    expect(limiter.pauses[0]).toBeLessThanOrEqual(6000);
  });
});

describe("A10: content codings", () => {
  const encoded = (status: number, encoding: string, body: Buffer) => (reply: ServerResponse) =>
    reply.writeHead(status, { "content-encoding": encoding }).end(body);
  const thing = Buffer.from('{"id":"7"}');

  it.each<[string, Buffer]>([
    ["gzip", gzipSync(thing)],
    ["x-gzip", gzipSync(thing)],
    ["GZip", gzipSync(thing)],
    ["br", brotliCompressSync(thing)],
    ["deflate", deflateSync(thing)],
    ["deflate", deflateRawSync(thing)],
    ["identity", thing],
    ["", thing],
    ["gzip, br", brotliCompressSync(gzipSync(thing))],
  ])("a reply in %s is read", async (encoding, body) => {
    hero.respondWith(encoded(200, encoding, body));
    expect(await createThing().response).toEqual({ id: "7" });
  });

  it("a compressed error names the rejected fields", async () => {
    const body = JSON.stringify({ message: [{ path: ["expiry_date"] }] });
    hero.respondWith(encoded(400, "gzip", gzipSync(body)));
    expect((await errorOf(createThing().response)).details.fields).toEqual(["expiry_date"]);
  });

  it.each<[string, string, Buffer]>([
    ["in an unknown coding", "zstd", thing],
    ["that is not in its coding", "gzip", thing],
    ["that ends early", "gzip", gzipSync(thing).subarray(0, 20)],
    ["in a dozen codings", Array.from({ length: 12 }, () => "gzip").join(), thing],
    [
      "that unpacks to 200 megabytes",
      "gzip",
      gzipSync(Buffer.alloc(200 * 1024 * 1024, " "), { level: 9 }),
    ],
    [
      "that unpacks to 200 megabytes",
      "br",
      brotliCompressSync(Buffer.alloc(200 * 1024 * 1024, " "), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
      }),
    ],
  ])("a reply %s (%s) is unreadable, with little memory used", async (_, encoding, body) => {
    hero.respondWith(encoded(200, encoding, body));
    const before = process.memoryUsage().rss;
    expect(await errorOf(createThing().response)).toMatchObject({ code: "unreadable_reply" });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it("an error in a broken coding keeps its status", async () => {
    hero.respondWith(encoded(403, "gzip", thing));
    expect(await errorOf(createThing().response)).toMatchObject({ code: "forbidden" });
  });

  it("a byte order mark is not part of the reply", async () => {
    hero.respondWith(text(200, `\ufeff{"id":"7"}`));
    expect(await createThing().response).toEqual({ id: "7" });
  });
});

describe("A10: a body that is not read", () => {
  const change = () => {
    const { access, records } = createAccess();
    return { records, response: request(access, writeOperation, { body: {} }, "unread") };
  };

  it.each([
    [204, ""],
    [205, ""],
    [200, ""],
    [200, "OK"],
    [202, "null"],
    [200, "<h1>Done</h1>"],
    [201, "[1,"],
  ])("a change answered with %i and the body %j has succeeded", async (status, body) => {
    hero.respondWith(text(status, body));
    const { response, records } = change();
    expect(await response).toBeUndefined();
    expect(records).toMatchObject([{ status, errorCode: null }]);
  });

  it("a body in an unknown coding does not matter", async () => {
    hero.respondWith(text(200, "?", { "content-encoding": "zstd" }));
    expect(await change().response).toBeUndefined();
  });

  it.each([
    [truncatedResponse(200), "unreadable_reply"],
    [stalledResponse(200), "timed_out"],
    [json(500, {}), "upstream_failed"],
    [json(302, {}), "redirected"],
  ])("a change whose reply does not arrive whole stays unknown (%#)", async (respond, code) => {
    hero.respondWith(respond);
    expect(await errorOf(change().response)).toMatchObject({ code, writeOutcome: "unknown" });
  });
});

describe("the limiter", () => {
  it("a call that gets no limiter slot is stopped before the network", async () => {
    hero.respondWith(json(200, { id: "1" }));
    const { response, records } = createThing({
      limiter: {
        acquire: async (operation) => {
          throw new HeroError("busy", operation.name);
        },
        pause: async () => undefined,
      },
    });
    expect(await errorOf(response)).toMatchObject({ code: "busy", writeOutcome: "no" });
    expect([hero.calls, records]).toEqual([[], []]);
  });
});
