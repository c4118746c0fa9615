import { afterAll, describe, expect, it } from "vitest";
import { request } from "@/server/hero/request";
import {
  createAccess,
  json,
  neverRespond,
  resetConnection,
  text,
  truncatedResponse,
} from "./fake-hero";
import {
  createThing,
  errorOf,
  readThing,
  startHeroOfRequests,
  thingSchema,
  writeOperation,
} from "./request-support";

const hero = await startHeroOfRequests();
afterAll(() => hero.stop());

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
