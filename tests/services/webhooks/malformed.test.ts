import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  deliveryBody,
  insertEndpoint,
  signedHeaders,
  startIntakeServer,
  type TestEndpoint,
} from "../../support/webhook-intake";

/** Malformed deliveries over HTTP: each has its status, and leaves nothing or exactly one row. */

const superuser = connectAsSuperuser();

let server: Awaited<ReturnType<typeof startIntakeServer>>;
let ctx: TenantContext;
let practice: { id: string; practiceGroupId: string };

beforeAll(async () => {
  const tenant = await createTenant();
  practice = {
    ...(await tenant.connect(await getSandboxPractice("30298", "a"))),
    practiceGroupId: "30298",
  };
  ctx = await tenant.asOwner();
  server = await startIntakeServer();
});
afterAll(() => server.stop());

const maxBytes = 256 * 1024;
const pathOf = ({ urlToken }: { urlToken: string }) => `/api/hooks/${urlToken}`;

type Row = Record<string, unknown>;
type Case = [
  name: string,
  status: number,
  rows: Row[],
  send: (at: TestEndpoint) => Promise<number>,
];

async function statusOf(answer: Promise<{ status: number }>): Promise<number> {
  return (await answer).status;
}

/** Sends a body with its right signature. */
const signed =
  (
    body: (at: TestEndpoint) => string | Buffer,
    options: { isChunked?: boolean; headers?: Record<string, string>; timestamp?: string } = {},
  ) =>
  (at: TestEndpoint) => {
    const bytes = body(at);
    const { timestamp, headers, ...others } = options;
    return statusOf(
      server.post(pathOf(at), {
        ...others,
        body: bytes,
        headers: { ...signedHeaders(at.signingKey, bytes, timestamp), ...headers },
      }),
    );
  };

/** Sends a good body with changed headers; undefined leaves a header out. */
const withHeaders =
  (change: (good: Record<string, string>, body: string) => Record<string, unknown>) =>
  (at: TestEndpoint) => {
    const body = deliveryBody(at);
    const good = signedHeaders(at.signingKey, body);
    const changed = Object.entries({ ...good, ...change(good, body) }).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined,
    );
    return statusOf(server.post(pathOf(at), { body, headers: Object.fromEntries(changed) }));
  };

/** Signs one body and sends another. */
const altered = (alter: (body: string) => string | Buffer) => (at: TestEndpoint) => {
  const body = deliveryBody(at);
  const headers = signedHeaders(at.signingKey, body);
  return statusOf(server.post(pathOf(at), { body: alter(body), headers }));
};

/** A signed body at another path or by another method. */
const requested = (options: { method?: string; path?: (at: TestEndpoint) => string }) => {
  const { method = "POST", path = pathOf } = options;
  return (at: TestEndpoint) => {
    const body = deliveryBody(at);
    const headers = signedHeaders(at.signingKey, body);
    return statusOf(server.post(path(at), { method, body, headers }));
  };
};

/** Sends raw bytes and returns the status of the first answer. */
function raw(build: (at: TestEndpoint) => string): (at: TestEndpoint) => Promise<number> {
  return (at) =>
    new Promise((resolve) => {
      let received = "";
      const socket = connect(server.port, "127.0.0.1", () => socket.end(build(at)));
      socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? 0)));
    });
}

const headerLines = (headers: Record<string, string>) =>
  Object.entries({ host: "localhost:4200", connection: "close", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");

/** A body of exactly so many bytes. */
const sized = (length: number) => (at: TestEndpoint) => {
  const body = (padding: string) => deliveryBody(at, { id: "4821", padding });
  return body("x".repeat(length - Buffer.byteLength(body(""))));
};

const unreadable: Row[] = [{ state: "failed", outcome: "unreadable_body", event_type: null }];
const quarantined: Row[] = [{ state: "quarantined", outcome: "other_practice" }];
const incomplete: Row[] = [{ state: "failed", outcome: "unreadable_body" }];
const waiting: Row[] = [{ state: "waiting", outcome: null }];
const late: Row[] = [{ state: "waiting", is_late: true, sent_at: null }];

const other = (overrides: Record<string, unknown>) => signed((at) => deliveryBody(at, overrides));

const cases: Case[] = [
  // The signature.
  ["no signature", 401, [], withHeaders(() => ({ "x-herohealth-signature": undefined }))],
  ["an empty signature", 401, [], withHeaders(() => ({ "x-herohealth-signature": "" }))],
  ["no timestamp", 401, [], withHeaders(() => ({ "x-herohealth-timestamp": undefined }))],
  ["an empty timestamp", 401, [], withHeaders(() => ({ "x-herohealth-timestamp": "" }))],
  ["another timestamp", 401, [], withHeaders(() => ({ "x-herohealth-timestamp": "1770000000" }))],
  [
    "a timestamp sent twice",
    401,
    [],
    withHeaders((good) => ({
      "x-herohealth-timestamp": [good["x-herohealth-timestamp"], good["x-herohealth-timestamp"]],
    })),
  ],
  [
    "a signature sent twice",
    401,
    [],
    withHeaders((good) => ({
      "x-herohealth-signature": [good["x-herohealth-signature"], good["x-herohealth-signature"]],
    })),
  ],
  [
    "a signature one byte short",
    401,
    [],
    withHeaders((good) => ({
      "x-herohealth-signature": good["x-herohealth-signature"]?.slice(0, -2),
    })),
  ],
  [
    "a signature one byte too long",
    401,
    [],
    withHeaders((good) => ({ "x-herohealth-signature": `${good["x-herohealth-signature"]}00` })),
  ],
  [
    "a signature of zeros",
    401,
    [],
    withHeaders(() => ({ "x-herohealth-signature": "0".repeat(64) })),
  ],
  [
    "a signature of the body alone",
    401,
    [],
    (at) => {
      const body = deliveryBody(at);
      const signature = createHmac("sha256", at.signingKey).update(body).digest("hex");
      const headers = {
        ...signedHeaders(at.signingKey, body),
        "x-herohealth-signature": signature,
      };
      return statusOf(server.post(pathOf(at), { body, headers }));
    },
  ],
  [
    "another algorithm's prefix",
    401,
    [],
    withHeaders((good) => ({
      "x-herohealth-signature": `sha1=${good["x-herohealth-signature"]}`,
    })),
  ],
  [
    "the signature in another header",
    401,
    [],
    withHeaders((good) => ({
      "x-herohealth-signature": undefined,
      "x-hub-signature-256": good["x-herohealth-signature"],
    })),
  ],
  [
    "the signature in upper case with a prefix",
    200,
    waiting,
    withHeaders((good) => ({
      "x-herohealth-signature": `SHA256=${good["x-herohealth-signature"]?.toUpperCase()}`,
    })),
  ],
  [
    "the signature in base64",
    200,
    waiting,
    withHeaders((good) => ({
      "x-herohealth-signature": Buffer.from(good["x-herohealth-signature"] ?? "", "hex").toString(
        "base64",
      ),
    })),
  ],
  // The body was changed on its way.
  ["a body with a trailing line break", 401, [], altered((body) => `${body}\n`)],
  [
    "a body written again",
    401,
    [],
    altered((body) => JSON.stringify(JSON.parse(body) as unknown, null, 2)),
  ],
  [
    "a body in another order",
    401,
    [],
    altered((body) =>
      JSON.stringify(
        Object.fromEntries(
          Object.entries(JSON.parse(body) as Record<string, unknown>).toReversed(),
        ),
      ),
    ),
  ],
  ["a body with a byte order mark", 401, [], altered((body) => `\ufeff${body}`)],
  ["a body with an emoji", 401, [], altered((body) => body.replace("Appointment", "🩺"))],
  ["a body that is cut off", 401, [], altered((body) => body.slice(0, -1))],
  ["a body that was removed", 401, [], altered(() => "")],
  ["a body that was compressed", 401, [], altered((body) => gzipSync(body))],
  [
    "a body with one bit flipped",
    401,
    [],
    altered((body) => {
      const bytes = Buffer.from(body);
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      return bytes;
    }),
  ],
  // The address and the method.
  ...["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"].map(
    (method): Case => [`the method ${method}`, 405, [], requested({ method })],
  ),
  ["no token", 404, [], requested({ path: () => "/api/hooks" })],
  ["an empty token", 404, [], requested({ path: () => "/api/hooks/" })],
  ["a slash after the token", 404, [], requested({ path: (at) => `${pathOf(at)}/` })],
  ["a part after the token", 404, [], requested({ path: (at) => `${pathOf(at)}/x` })],
  ["a short token", 401, [], requested({ path: () => "/api/hooks/x" })],
  ["a token one character short", 401, [], requested({ path: (at) => pathOf(at).slice(0, -1) })],
  ["a token with one more character", 401, [], requested({ path: (at) => `${pathOf(at)}A` })],
  ["a very long token", 401, [], requested({ path: () => `/api/hooks/${"A".repeat(4_000)}` })],
  [
    "a token in another case",
    401,
    [],
    requested({ path: (at) => `/api/hooks/${at.urlToken.toLowerCase()}` }),
  ],
  ["a null byte as token", 401, [], requested({ path: () => "/api/hooks/%00" })],
  ["a null byte after the token", 401, [], requested({ path: (at) => `${pathOf(at)}%00` })],
  ["a broken escape", 400, [], requested({ path: () => "/api/hooks/%zz" })],
  ["a quote in the token", 401, [], requested({ path: () => "/api/hooks/'%20or%201=1--" })],
  ["a wildcard as token", 401, [], requested({ path: () => `/api/hooks/${"%25".repeat(16)}` })],
  ["an escaped slash", 404, [], requested({ path: (at) => `/api/hooks%2f${at.urlToken}` })],
  ["a path that leads elsewhere", 404, [], requested({ path: () => "/api/hooks/..%2fv1%2flinks" })],
  ["a query after the token", 200, waiting, requested({ path: (at) => `${pathOf(at)}?a=%00` })],
  // Signed, but not what Hero documents. It is kept: sent again, it would be the same.
  ["an empty body", 200, unreadable, signed(() => "")],
  ["a space", 200, unreadable, signed(() => " ")],
  ["text", 200, unreadable, signed(() => "hello")],
  ["half of a JSON object", 200, unreadable, signed((at) => deliveryBody(at).slice(0, 40))],
  ["JSON with a comment", 200, unreadable, signed((at) => `${deliveryBody(at)} // x`)],
  ["two JSON objects", 200, unreadable, signed((at) => deliveryBody(at).repeat(2))],
  ["null", 200, unreadable, signed(() => "null")],
  ["a number", 200, unreadable, signed(() => "1e999")],
  ["a list", 200, unreadable, signed((at) => `[${deliveryBody(at)}]`)],
  ["a form", 200, unreadable, signed(() => "object=Appointment&id=1")],
  ["XML", 200, unreadable, signed(() => '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')],
  ["bytes that are not UTF-8", 200, unreadable, signed(() => Buffer.from([0x7b, 0xff, 0x7d]))],
  ["UTF-16", 200, unreadable, signed((at) => Buffer.from(`\ufeff${deliveryBody(at)}`, "utf16le"))],
  ["a null byte", 200, unreadable, signed(() => "\u0000")],
  ["a compressed body", 200, unreadable, signed((at) => gzipSync(deliveryBody(at)))],
  ["100,000 brackets", 200, unreadable, signed(() => "[".repeat(100_000))],
  [
    "100,000 nested lists",
    200,
    unreadable,
    signed(() => "[".repeat(100_000) + "]".repeat(100_000)),
  ],
  ["an empty object", 200, quarantined, signed(() => "{}")],
  ["no practice", 200, quarantined, other({ practice_group_id: undefined })],
  ["a practice that is null", 200, quarantined, other({ practice_group_id: null })],
  ["another practice", 200, quarantined, other({ practice_group_id: "30183" })],
  ["a list of practices", 200, quarantined, other({ practice_group_id: ["30298"] })],
  ["a practice with a space", 200, quarantined, other({ practice_group_id: "30298 " })],
  ["a practice as a number", 200, waiting, other({ practice_group_id: 30298 })],
  ["no event type", 200, incomplete, other({ event: undefined })],
  ["an event type with a null byte", 200, incomplete, other({ event: "appointment\u0000" })],
  ["an event type of half a character", 200, incomplete, other({ event: "\ud800" })],
  ["an event type that is an object", 200, incomplete, other({ event: { toString: 1 } })],
  ["an event type of 300 characters", 200, incomplete, other({ event: "x".repeat(300) })],
  ["an event type named __proto__", 200, waiting, other({ event: "__proto__" })],
  ["no ID", 200, incomplete, other({ id: undefined })],
  ["an ID with a null byte", 200, incomplete, other({ id: "48\u000021" })],
  ["an ID that is a path", 200, incomplete, other({ id: "../../v1/patients" })],
  ["an ID of 10,000 digits", 200, incomplete, other({ id: "1".repeat(10_000) })],
  ["an ID that is a fraction", 200, incomplete, other({ id: 1.5 })],
  ["an ID as a number", 200, waiting, other({ id: 4821 })],
  ["no object type", 200, incomplete, other({ object: undefined })],
  ["more fields than documented", 200, waiting, other({ patient: { name: "x" }, constructor: 1 })],
  [
    "a practice given twice",
    200,
    quarantined,
    signed((at) => deliveryBody(at).replace("}", ',"practice_group_id":"30183"}')),
  ],
  ["a byte order mark that was signed", 200, waiting, signed((at) => `\ufeff${deliveryBody(at)}`)],
  ["no content type", 200, waiting, signed(deliveryBody, { headers: { "content-type": "" } })],
  [
    "another content type",
    200,
    waiting,
    signed(deliveryBody, { headers: { "content-type": "multipart/form-data; boundary=x" } }),
  ],
  [
    "a user agent of 5,000 characters",
    200,
    waiting,
    signed(deliveryBody, { headers: { "user-agent": "x".repeat(5_000) } }),
  ],
  [
    "a user agent that is not ASCII",
    200,
    waiting,
    signed(deliveryBody, { headers: { "user-agent": "caf\u00e9" } }),
  ],
  ["a timestamp of another form", 200, late, signed(deliveryBody, { timestamp: "yesterday" })],
  [
    "a timestamp of the year 0",
    200,
    late,
    signed(deliveryBody, { timestamp: "0000-01-01T00:00:00Z" }),
  ],
  // Its size.
  ["the largest body", 200, waiting, signed(sized(maxBytes))],
  ["a body one byte too large", 413, [], signed(sized(maxBytes + 1))],
  ["a large body without a length", 200, waiting, signed(sized(200_000), { isChunked: true })],
  [
    "a body without a length, too large",
    413,
    [],
    signed(sized(maxBytes + 100_000), { isChunked: true }),
  ],
  ["a small body without a length", 200, waiting, signed(deliveryBody, { isChunked: true })],
  // HTTP.
  [
    "a stated length that is too large",
    413,
    [],
    raw(
      (at) =>
        `POST ${pathOf(at)} HTTP/1.1\r\n${headerLines({ "content-length": "99999999" })}\r\n{}`,
    ),
  ],
  [
    "a body that ends too early",
    400,
    [],
    raw((at) => {
      const body = deliveryBody(at);
      const headers = { ...signedHeaders(at.signingKey, body), "content-length": "500" };
      return `POST ${pathOf(at)} HTTP/1.1\r\n${headerLines(headers)}\r\n${body}`;
    }),
  ],
  [
    "two lengths",
    400,
    [],
    raw(
      (at) =>
        `POST ${pathOf(at)} HTTP/1.1\r\n${headerLines({ "content-length": "2" })}Content-Length: 3\r\n\r\n{}`,
    ),
  ],
  [
    "a length and chunks",
    400,
    [],
    raw(
      (at) =>
        `POST ${pathOf(at)} HTTP/1.1\r\n${headerLines({ "content-length": "2", "transfer-encoding": "chunked" })}\r\n0\r\n\r\n`,
    ),
  ],
  [
    "another host",
    400,
    [],
    raw(
      (at) =>
        `POST ${pathOf(at)} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    ),
  ],
];

describe("malformed deliveries", () => {
  it("the table has at least 60 malformed requests", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
  });

  it.each(cases)("c26: a request with %s is answered %i", async (_, status, rows, send) => {
    const endpoint = await insertEndpoint(ctx, practice);
    expect(await send(endpoint)).toBe(status);
    const stored = await superuser`
      select * from webhook_deliveries where endpoint_id = ${endpoint.id}`;
    expect(stored).toMatchObject(rows);
    expect(stored).toHaveLength(rows.length);
    // The endpoint still works.
    expect((await server.deliver(endpoint)).status).toBe(200);
  });
});
