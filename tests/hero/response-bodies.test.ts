import type { ServerResponse } from "node:http";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { request } from "@/server/hero/request";
import { createAccess, json, stalledResponse, text, truncatedResponse } from "./fake-hero";
import { createThing, errorOf, startHeroOfRequests, writeOperation } from "./request-support";

const hero = await startHeroOfRequests();
afterAll(() => hero.stop());

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

describe("A10: content codings", () => {
  const encoded = (status: number, encoding: string, body: Buffer) => (reply: ServerResponse) =>
    reply.writeHead(status, { "content-encoding": encoding }).end(body);
  const thing = Buffer.from('{"id":"7"}');
  const dozen = Array.from({ length: 12 }, () => "gzip");
  const largeThing = Buffer.concat([Buffer.alloc(200 * 1024 * 1024, " "), thing]);

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
    ["in a dozen codings", dozen.join(), dozen.reduce((body) => gzipSync(body), thing)],
    ["that unpacks to 200 megabytes", "gzip", gzipSync(largeThing, { level: 9 })],
    [
      "that unpacks to 200 megabytes",
      "br",
      brotliCompressSync(largeThing, {
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
