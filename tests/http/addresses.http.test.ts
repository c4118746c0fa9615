import { beforeAll, describe, expect, it } from "vitest";
import { handlers, pages } from "../isolation/routes";
import {
  checkBuild,
  getActionId,
  host,
  mapConcurrently,
  origin,
  type RequestOptions,
  send,
  sendRaw,
} from "../support/http";

/** Every address × every kind of bad input: a 4xx in the address's own format, with its headers. */

beforeAll(checkBuild);

type Address = { route: string; type: RegExp };

const formatOf = (route: string): RegExp => {
  if (route.startsWith("/api/v1/")) return /^application\/problem\+json$/;
  if (route.startsWith("/api/downloads/") || route.startsWith("/embed/")) return /^text\/plain/;
  if (route.startsWith("/api/")) return /^application\/json/;
  return /^text\/html/;
};

const routes = [...Object.keys(pages), ...Object.keys(handlers)].filter(
  // Served on the second origin only: see `tests/serve-addresses.test.ts`.
  (route) => !route.startsWith("/embed/"),
);
const addresses: Address[] = routes.map((route) => ({ route, type: formatOf(route) }));
const fill = (route: string, value: string) => route.replaceAll(/\[+[^\]]+\]+/g, value);

async function expectRejected(path: string, options: RequestOptions, status: number, type: RegExp) {
  const response = await send(path, options);
  const request = `${options.method ?? "GET"} ${path} ${JSON.stringify(options.headers ?? {})}`;
  expect([request, response.status]).toEqual([request, status]);
  expect(response.headers["content-security-policy"], request).toContain("frame-ancestors 'none'");
  expect(response.headers["x-content-type-options"], request).toBe("nosniff");
  expect(response.headers["cache-control"], request).toBe("no-store");
  if (response.text) expect(response.headers["content-type"], request).toMatch(type);
  if (status === 405) expect(response.headers.allow, request).toMatch(/GET|POST/);
  expect(response.text).not.toMatch(/node_modules|\bat [\w.]+ \(/);
}

describe("D: bad input at every address", () => {
  it("D: broken percent-encoding is rejected by every dynamic address", async () => {
    const dynamic = addresses.filter(({ route }) => route.includes("["));
    await mapConcurrently(dynamic, async ({ route, type }) => {
      for (const broken of ["%E0%A4%A", "%ff", "%zz"]) {
        await expectRejected(fill(route, broken), {}, 400, type);
      }
    });
  });

  it("D: a method that an address does not have is rejected", async () => {
    const existing = addresses.filter(
      ({ route }) => !["/api/auth/[...nextauth]", "/api/v1/[[...path]]"].includes(route),
    );
    await mapConcurrently(existing, async ({ route, type }) => {
      const format = /\.(ico|svg)$/.test(route) ? /^text\/plain/ : type;
      for (const method of ["DELETE", "PROPFIND", "TRACE"]) {
        await expectRejected(fill(route, "x"), { method }, 405, format);
      }
    });
    for (const path of ["/%65mbed/v2.js", "/embed%2fv2.js", "/x/../embed/v2.js"]) {
      const headers = { "content-type": "multipart/form-data; boundary=x" };
      await expectRejected(path, { method: "POST", headers }, 404, /^text/);
    }
    for (const name of ["v1.js", "v1.d.ts", "v2.js", "v2.d.ts", "frame-v2.js", "checker-v2.js"]) {
      for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]) {
        await expectRejected(`/embed/${name}`, { method }, 405, /^text\/plain/);
      }
    }
  });

  it("D: a server action of another site, another type or too large is rejected", async () => {
    const form = { "content-type": "multipart/form-data; boundary=x" };
    await mapConcurrently(Object.keys(pages), async (route) => {
      const path = fill(route, "x");
      const post = (headers: Record<string, string>, status: number, body = "") =>
        expectRejected(path, { method: "POST", headers, body }, status, /^text\/html/);
      await post({ ...form, origin: "https://evil.example" }, 403);
      await post({ ...form, origin: "null" }, 403);
      await post({ ...form, origin: "" }, 403);
      await post({ "content-type": "application/json" }, 415, "{}");
      await post({ ...form, origin }, 400, "--x");
      await post({ "next-action": getActionId("signOut"), "content-type": "text/plain" }, 400, "{");
    });
    const large = { "content-type": "text/plain", "next-action": getActionId("signIn") };
    const body = JSON.stringify(["x".repeat(100_000)]);
    const response = await send("/sign-in", { method: "POST", headers: large, body }).catch(
      () => undefined,
    );
    expect(response?.status ?? 413).toBe(413);
  });

  it("D: a range is ignored; a broken cookie, too large headers and what is not HTTP are rejected", async () => {
    const range = await send("/embed/v2.js", { headers: { range: "bytes=99999999-" } });
    expect(range.status).toBe(200);
    const declarations = await send("/embed/v1.d.ts");
    expect(declarations.headers["content-type"]).toBe("text/plain; charset=utf-8");
    const headers = { cookie: "authjs.csrf-token=%ff" };
    await expectRejected("/api/auth/session", { headers }, 400, /^application\/json/);
    for (const [request, status] of [
      [`GET /sign-in HTTP/1.1\r\nHost: ${host}\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
      ["nonsense\r\n\r\n", 400],
      ["GET /api/v1/links HTTP/1.1\r\n\r\n", 400],
      ["GET /api/v1/links HTTP/1.0\r\n\r\n", 400],
      [`GET /api/v1/links HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`, 400],
      [
        `GET /api/v1/links HTTP/1.1\r\nHost: ${host}\r\nExpect: x\r\nConnection: close\r\n\r\n`,
        401,
      ],
    ] as const) {
      const response = await sendRaw(request);
      expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(response).toMatch(/content-security-policy: default-src 'none'/i);
    }
  });

  it("D: no address fails on duplicate parameters, null bytes or broken escapes in its query", async () => {
    const queries = [
      "?q=%00",
      "?q=a&q=b&next=a&next=b&token=a&token=b",
      "?next=%ff&token=%E0%A4%A",
    ];
    await mapConcurrently(addresses, async ({ route }) => {
      for (const query of queries) {
        const { status } = await send(fill(route, "x") + query);
        expect([route + query, status >= 500]).toEqual([route + query, false]);
      }
    });
  });
});
