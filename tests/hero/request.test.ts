import { createServer } from "node:net";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { codeOfStatus, HeroError, type HeroErrorCode } from "@/server/hero/errors";
import { type HeroOperation, request } from "@/server/hero/request";
import {
  gibberish,
  half,
  json,
  makeAccess,
  practiceGroup,
  reset,
  silence,
  stalled,
  startStandIn,
  text,
} from "./stand-in";

const read: HeroOperation = { name: "readThing", method: "GET", path: "/v1/things/{id}" };
const write: HeroOperation = { name: "makeThing", method: "POST", path: "/v1/things" };
const thing = z.object({ id: z.string() });

let hero: Awaited<ReturnType<typeof startStandIn>>;
let elsewhere: Awaited<ReturnType<typeof startStandIn>>;

beforeAll(async () => {
  hero = await startStandIn();
  elsewhere = await startStandIn();
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const address = closed.address();
  const port = typeof address === "object" && address ? address.port : 0;
  closed.close();
  // Settings are read at the first call.
  process.env.HERO_SANDBOX_URL = `${hero.url}/`;
  process.env.HERO_STAGING_URL = `http://127.0.0.1:${port}`;
  process.env.HERO_PRODUCTION_URL = "http://hero.invalid";
  process.env.HERO_TIMEOUT_MS = "400";
});

afterAll(async () => {
  await hero.stop();
  await elsewhere.stop();
});

const readThing = (over: Parameters<typeof makeAccess>[0] = {}, id = "1") => {
  const { access, ...seen } = makeAccess(over);
  return { ...seen, done: request(access, read, { path: { id } }, thing) };
};
const makeThing = (over: Parameters<typeof makeAccess>[0] = {}) => {
  const { access, ...seen } = makeAccess(over);
  return { ...seen, done: request(access, write, { body: { name: "x" } }, thing) };
};

async function errorOf(work: Promise<unknown>): Promise<HeroError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HeroError)) throw new Error("No HeroError.", { cause: error });
  return error;
}

describe("a call that goes well", () => {
  it("carries key, practice and body, and nothing that was not asked for", async () => {
    hero.answerWith(json(200, { id: "7" }));
    const { access } = makeAccess();
    const operation: HeroOperation = { name: "a", method: "PATCH", path: "/v1/things/{id}" };
    const given = {
      path: { id: "5" },
      query: { page: 2, all: false, none: undefined, q: "a b&c" },
      body: { name: "é" },
    };
    expect(await request(access, operation, given, thing)).toEqual({ id: "7" });
    const [call] = hero.calls;
    expect(call).toMatchObject({
      method: "PATCH",
      url: "/v1/things/5?page=2&all=false&q=a+b%26c",
      body: '{"name":"é"}',
    });
    const { host: _, connection: __, "content-length": ___, ...headers } = call?.headers ?? {};
    expect(headers).toEqual({
      accept: "application/json",
      "content-type": "application/json",
      "x-api-key": "a key of the tests",
      "x-practice-group-id": "20417",
    });
  });

  it("leaves one row of metadata and gives its place back", async () => {
    hero.answerWith(json(200, { id: "7" }, { "x-request-id": "r".repeat(300) }));
    const { done, records, limiter } = makeThing();
    await done;
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
    expect(limiter).toMatchObject({ entered: 1, left: 1, pauses: [] });
  });

  it("c2: keeps an id in its place in the path, whatever it holds", async () => {
    for (const id of ["../../v1/me", "1?x=1", "1#2", "1/2", "é ü", "%2e%2e%2f", "\r\nx: y"]) {
      hero.answerWith(json(200, { id: "1" }));
      await readThing({}, id).done;
      expect(hero.calls[0]?.url).toBe(`/v1/things/${encodeURIComponent(id)}`);
    }
    await expect(readThing({}, "").done).rejects.toThrow("The path needs id.");
  });

  it("c2: a practice group or key with a line break never leaves", async () => {
    hero.answerWith(json(200, { id: "1" }));
    for (const over of [
      { practiceGroupId: practiceGroup("12\r\nx-api-key: other") },
      { apiKey: "key\r\nx-practice-group-id: 13" },
    ]) {
      await expect(makeThing(over).done).rejects.toThrow(Error);
    }
    expect(hero.calls).toEqual([]);
  });

  it("is tolerant of what it does not use", async () => {
    hero.answerWith(json(201, { id: "7", new_field: { deep: [1] }, state: "A_STATE_OF_TOMORROW" }));
    expect(await makeThing().done).toEqual({ id: "7" });
  });
});

const statuses: [number, HeroErrorCode, "no" | "unknown"][] = [
  [400, "bad_request", "no"],
  [401, "unauthorised", "no"],
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
  [429, "rate_limited", "no"],
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

describe("each status of Hero", () => {
  it.each(statuses)(
    "%i is %s, done: %s, and a write is sent once",
    async (status, code, isDone) => {
      const words = "Hero's own words about 999 000 0001";
      hero.answerWith(
        json(
          status,
          { error: true, statusCode: status, message: words },
          { "x-request-id": "up-1" },
        ),
      );
      const { done, records, limiter } = makeThing();
      const error = await errorOf(done);
      expect(error).toMatchObject({ code, isDone, operation: "makeThing" });
      expect(error.details).toMatchObject({ status, upstreamRequestId: "up-1" });
      expect(hero.calls).toHaveLength(1);
      expect(records).toMatchObject([{ status, errorCode: code, upstreamRequestId: "up-1" }]);
      expect(limiter).toMatchObject({ entered: 1, left: 1 });
      // Hero's words may quote what was sent: they are in nothing that could be shown or logged.
      expect(error.message).toMatch(/^[A-Z].*\.$/);
      expect(JSON.stringify([error, error.message, error.stack, error.details])).not.toContain(
        "999",
      );
      expect(JSON.stringify(records)).not.toContain("999");
    },
  );

  it("has a name, whatever number it is", () => {
    for (let status = 100; status < 600; status++) {
      const error = new HeroError(codeOfStatus(status), "any");
      expect(error.message, String(status)).toMatch(/\.$/);
      const isCertain = status >= 400 && status < 500 && status !== 408;
      expect(error.isDone, String(status)).toBe(isCertain ? "no" : "unknown");
    }
  });

  it("that the contract documents has a name of its own", () => {
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(parse(readFileSync("openapi/hero.yaml", "utf8")));
    const operation = z.object({ responses: z.record(z.string(), z.unknown()) });
    const documented = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .flatMap((one) => Object.keys(operation.safeParse(one).data?.responses ?? {}))
      .map(Number);
    const failures = [...new Set(documented)].filter((status) => status >= 300);
    expect(failures).toEqual(expect.arrayContaining([400, 401, 403, 404]));
    for (const status of failures) expect(codeOfStatus(status), String(status)).not.toBe("refused");
  });

  it("names the fields of a documented refusal, and survives any other", async () => {
    const issues = [
      { code: "custom", expected: "a date", path: ["body", "expiry_date"] },
      { code: "custom", expected: "a number", path: ["maximum_use_count"] },
      { path: [0] },
      { path: "text" },
      {},
      null,
    ];
    hero.answerWith(json(400, { message: issues }));
    expect((await errorOf(makeThing().done)).details.fields).toEqual([
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
      hero.answerWith(text(400, body));
      const error = await errorOf(makeThing().done);
      expect([error.code, error.details.fields], body).toEqual(["bad_request", []]);
    }
  });
});

describe("c19: a redirect", () => {
  it.each([301, 302, 303, 307, 308])("%i is not followed, for reads or writes", async (status) => {
    elsewhere.answerWith(json(200, { id: "stolen" }));
    hero.answerWith(text(status, "", { location: `${elsewhere.url}/v1/things` }));
    expect(await errorOf(readThing().done)).toMatchObject({ code: "redirected" });
    expect(await errorOf(makeThing().done)).toMatchObject({ code: "redirected" });
    expect(elsewhere.calls).toEqual([]);
    expect(hero.calls).toHaveLength(2);
  });
});

describe("a fault of the connection", () => {
  const faults = [
    ["breaks before an answer", reset, "connection_lost", null],
    ["speaks no HTTP", gibberish, "connection_lost", null],
    ["says nothing", silence, "timed_out", null],
    ["breaks in a good answer", half(200), "unreadable_reply", 200],
    ["breaks in a failure", half(500), "upstream_failed", 500],
    ["breaks in a refusal", half(403), "forbidden", 403],
    ["stalls in a good answer", stalled(200), "timed_out", 200],
    ["stalls in a refusal", stalled(404), "timed_out", 404],
  ] as const;

  it.each(faults)("that %s is named, and a write is sent once", async (_, answer, code, status) => {
    hero.answerWith(answer);
    const { done, records, limiter } = makeThing();
    const startedAt = performance.now();
    const error = await errorOf(done);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(error.code).toBe(code);
    expect(error.isDone).toBe(code === "forbidden" ? "no" : "unknown");
    expect(records).toMatchObject([{ status, errorCode: code }]);
    expect(hero.calls).toHaveLength(1);
    expect(limiter).toMatchObject({ entered: 1, left: 1 });
  });

  const nowhere = [
    ["nobody listens", "staging"],
    ["no such host exists", "production"],
  ] as const;

  it.each(nowhere)("because %s says that nothing was sent", async (_, environment) => {
    const error = await errorOf(makeThing({ environment, keyEnvironment: environment }).done);
    expect(error).toMatchObject({ code: "unreachable", isDone: "no" });
    expect(error.details.status).toBeUndefined();
  });
});

describe("an answer that is not what was promised", () => {
  const answers: [string, string][] = [
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

  it.each(answers)("%s is unreadable, and done or not is unknown", async (_, body) => {
    hero.answerWith(text(200, body, { "x-request-id": "up-2" }));
    const { done, records } = makeThing();
    const error = await errorOf(done);
    expect(error).toMatchObject({ code: "unreadable_reply", isDone: "unknown" });
    expect(error.details).toMatchObject({ status: 200, upstreamRequestId: "up-2" });
    expect(records).toMatchObject([{ status: 200, errorCode: "unreadable_reply" }]);
    expect(hero.calls).toHaveLength(1);
  });

  it("is unreadable beyond four megabytes, and is not read to its end", async () => {
    let isCut = false;
    hero.answerWith((reply) => {
      reply.on("close", () => {
        isCut = !reply.writableFinished;
      });
      reply.writeHead(200);
      const block = "x".repeat(1024 * 1024);
      const more = () => {
        while (!reply.destroyed && reply.write(block));
        if (!reply.destroyed) reply.once("drain", more);
      };
      more();
    });
    expect(await errorOf(makeThing().done)).toMatchObject({ code: "unreadable_reply" });
    await expect.poll(() => isCut).toBe(true);
  });

  it("of just under four megabytes is read", async () => {
    hero.answerWith(json(200, { id: "1", filler: "x".repeat(4 * 1024 * 1024 - 100) }));
    expect(await makeThing().done).toEqual({ id: "1" });
  });
});

describe("trying again", () => {
  it("helps a read through two failures", async () => {
    hero.answerWith(json(503, {}), reset, json(200, { id: "9" }));
    const { done, records, limiter } = readThing();
    expect(await done).toEqual({ id: "9" });
    expect(records.map(({ errorCode }) => errorCode)).toEqual([
      "upstream_failed",
      "connection_lost",
      null,
    ]);
    expect(limiter).toMatchObject({ entered: 3, left: 3 });
  });

  it("ends after the third read, with the last error", async () => {
    hero.answerWith(json(500, {}), json(502, {}), json(503, {}), json(200, { id: "too late" }));
    expect((await errorOf(readThing().done)).details.status).toBe(503);
    expect(hero.calls).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 410, 302])(
    "does not help a read against %i",
    async (status) => {
      hero.answerWith(json(status, {}));
      await errorOf(readThing().done);
      expect(hero.calls).toHaveLength(1);
    },
  );

  it("is not done where the answer came and was nonsense, or never came", async () => {
    for (const answer of [text(200, "<h1>"), silence]) {
      hero.answerWith(answer);
      await errorOf(readThing().done);
      expect(hero.calls).toHaveLength(1);
    }
  });

  it.each(["POST", "PATCH", "PUT", "DELETE"] as const)(
    "is never done for a write: %s",
    async (method) => {
      for (const answer of [json(500, {}), json(503, {}), json(429, {}), reset, half(200)]) {
        hero.answerWith(answer);
        const { access } = makeAccess();
        await errorOf(request(access, { ...write, method }, { body: {} }, thing));
        expect(hero.calls).toHaveLength(1);
      }
    },
  );
});

describe("429", () => {
  const limited = (retryAfter?: string) =>
    json(429, {}, retryAfter === undefined ? {} : { "retry-after": retryAfter });

  it("holds everybody back for the seconds that Hero names, and then tries a read again", async () => {
    hero.answerWith(limited("1"), json(200, { id: "3" }));
    const startedAt = performance.now();
    const { done, limiter } = readThing();
    expect(await done).toEqual({ id: "3" });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(limiter.pauses).toEqual([1000]);
  });

  it("understands a date as well", async () => {
    hero.answerWith(limited(new Date(Date.now() + 2500).toUTCString()), json(200, { id: "3" }));
    const { done, limiter } = readThing();
    expect(await done).toEqual({ id: "3" });
    expect(limiter.pauses).toHaveLength(1);
    // Dates in headers have whole seconds.
    expect(limiter.pauses[0]).toBeGreaterThan(1000);
    expect(limiter.pauses[0]).toBeLessThanOrEqual(2500);
  });

  it("is not waited for longer than three seconds: the person is told how long", async () => {
    hero.answerWith(limited("60"), json(200, { id: "3" }));
    const { done, limiter } = readThing();
    const error = await errorOf(done);
    expect(error).toMatchObject({ code: "rate_limited", details: { retryAfterMs: 60_000 } });
    expect(limiter.pauses).toEqual([60_000]);
    expect(hero.calls).toHaveLength(1);
  });

  it.each([
    ["a date gone by", new Date(Date.now() - 60_000).toUTCString(), 0],
    ["no number", "soon", 1000],
    ["a number below nought", "-5", expect.any(Number)],
    ["nothing", undefined, 1000],
    ["a year", String(365 * 86_400), 600_000],
    ["a date in a century", "Fri, 01 Jan 2100 00:00:00 GMT", 600_000],
  ])("holds a write's key back, but sends it once, for %s", async (_, retryAfter, pause) => {
    hero.answerWith(limited(retryAfter));
    const { done, limiter } = makeThing();
    expect(await errorOf(done)).toMatchObject({ code: "rate_limited", isDone: "no" });
    expect(limiter.pauses).toEqual([pause]);
    expect(hero.calls).toHaveLength(1);
  });
});

describe("the limiter", () => {
  it("that has no place for the call stops it before the network", async () => {
    hero.answerWith(json(200, { id: "1" }));
    const { done, records } = makeThing({
      limiter: {
        enter: async (operation) => {
          throw new HeroError("busy", operation);
        },
        pause: async () => undefined,
      },
    });
    expect(await errorOf(done)).toMatchObject({ code: "busy", isDone: "no" });
    expect([hero.calls, records]).toEqual([[], []]);
  });
});
