import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { errorCodeOfStatus, HeroError, type HeroErrorCode } from "@/server/hero/errors";
import { type HeroOperation, request } from "@/server/hero/request";
import {
  createAccess,
  json,
  neverRespond,
  nonHttpResponse,
  practiceGroup,
  resetConnection,
  stalledResponse,
  startFakeHero,
  text,
  truncatedResponse,
} from "./fake-hero";
import {
  createThing,
  errorOf,
  readThing,
  startHeroOfRequests,
  thingSchema,
} from "./request-support";

const hero = await startHeroOfRequests();
const redirectTarget = await startFakeHero();
const closed = createServer().listen(0, "127.0.0.1");
await once(closed, "listening");
const closedAddress = closed.address();
const closedPort = typeof closedAddress === "object" ? closedAddress?.port : 0;
closed.close();
process.env.HERO_STAGING_URL = `http://127.0.0.1:${closedPort}`;
process.env.HERO_PRODUCTION_URL = "https://hero.invalid";

afterAll(async () => {
  await hero.stop();
  await redirectTarget.stop();
});

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
      expect(performance.now() - startedAt).toBeLessThan(10_000);
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
