import { bypassesNext } from "@/scripts/serve/router-bypass";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  findClientAddress,
  rejectionStatus,
  maxBodyBytes,
  limitBody,
  normalizeHeaders,
} from "@/scripts/serve/requests";
import { readServeSettings } from "@/scripts/settings";

const directSettings = readServeSettings({ PORT: "4200" });
const proxiedSettings = readServeSettings({
  PORT: "4200",
  PUBLIC_URL: "https://portal.example.org",
  ELEMENTS_ORIGIN: "https://elements.example.net",
  TRUSTED_PROXY_HOPS: "2",
});

function request(headers: Record<string, string>, target = "/links", method = "GET") {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: "::ffff:10.0.0.9" });
  const message = new IncomingMessage(socket);
  message.url = target;
  message.method = method;
  message.headers = { host: "localhost:4200", ...headers };
  message.headersDistinct = { host: [headers.host ?? "localhost:4200"] };
  return message;
}

describe("rejected requests", () => {
  it("c5: a target that is not a path of the portal is rejected", () => {
    for (const target of [
      "http://169.254.169.254/",
      "//evil.example",
      "/\\evil.example",
      "*",
      "",
    ]) {
      expect(rejectionStatus(request({}, target), directSettings)).toBe(400);
    }
    expect(
      rejectionStatus(request({}, "/links?next=//evil.example"), directSettings),
    ).toBeUndefined();
  });

  it("c6: another host, or two hosts, are rejected", () => {
    expect(rejectionStatus(request({ host: "evil.example" }), directSettings)).toBe(400);
    expect(rejectionStatus(request({ host: "localhost" }), directSettings)).toBe(400);
    expect(rejectionStatus(request({ host: "LOCALHOST:4200" }), directSettings)).toBeUndefined();
    const duplicateHeaders = request({});
    duplicateHeaders.headersDistinct = { host: ["localhost:4200", "evil.example"] };
    expect(rejectionStatus(duplicateHeaders, directSettings)).toBe(400);
  });

  it("c6: a proxied request for another host is rejected", () => {
    const headers = { host: "portal.example.org", "x-forwarded-host": "evil.example" };
    expect(rejectionStatus(request(headers), proxiedSettings)).toBe(400);
  });

  it("c25: the second origin serves frames only, and the portal none", () => {
    const elements = { host: "elements.localhost:4200" };
    const frame = "/embed/frame/01a20a81-200d-7413-a99e-202b090b3426";
    expect(rejectionStatus(request(elements, frame), directSettings)).toBeUndefined();
    for (const target of [
      "/",
      "/sign-in",
      "/api/v1/links",
      "/embed/v1.js",
      "/embed/frame/",
      "/embed/frame/../../sign-in",
      "/embed/frame/%2e%2e/%2e%2e/sign-in",
      "/embed/frame/x/../../../sign-in",
      "/embed/frame/x%2f..",
    ]) {
      expect({
        target,
        refusal: rejectionStatus(request(elements, target), directSettings),
      }).toEqual({
        target,
        refusal: 404,
      });
    }
    expect(rejectionStatus(request({}, frame), directSettings)).toBe(404);
    for (const target of ["/embed/", "/embed/v3.js", "/embed/sandbox", "/embed/v1.js/links"]) {
      expect({ target, refusal: rejectionStatus(request({}, target), directSettings) }).toEqual({
        target,
        refusal: 404,
      });
    }
    for (const name of ["v1.js", "v1.d.ts", "doctor-v1.js", "v2.js", "v2.d.ts", "checker-v2.js"]) {
      expect(rejectionStatus(request({}, `/embed/${name}`), directSettings)).toBeUndefined();
    }
    const elementsHeaders = { host: "inner", "x-forwarded-host": "elements.example.net" };
    expect(
      rejectionStatus(
        request({ ...elementsHeaders, host: "portal.example.org" }, "/links"),
        proxiedSettings,
      ),
    ).toBe(404);
    expect(
      rejectionStatus(
        request({ ...elementsHeaders, host: "portal.example.org" }, frame),
        proxiedSettings,
      ),
    ).toBeUndefined();
  });

  it("TRACE requests and oversized requests are rejected", () => {
    expect(rejectionStatus(request({}, "/", "TRACE"), directSettings)).toBe(405);
    const length = (bytes: number) =>
      request({ "content-length": String(bytes) }, "/api/trpc/account/signUp", "POST");
    expect(rejectionStatus(length(maxBodyBytes), directSettings)).toBeUndefined();
    expect(rejectionStatus(length(maxBodyBytes + 1), directSettings)).toBe(413);
  });
});

describe("requests that bypass Next's router", () => {
  const bypasses = (method: string, target: string) => bypassesNext(request({}, target, method));

  it("procedures and the API's frequent operations bypass it", () => {
    expect(bypasses("GET", "/api/trpc/account/me")).toBe(true);
    expect(bypasses("POST", "/api/trpc/northfield/sandbox/links.create")).toBe(true);
    expect(bypasses("GET", "/api/v1/links?limit=1")).toBe(true);
    expect(bypasses("PATCH", "/api/v1/links/01a20a81-200d-7413-a99e-202b090b3426")).toBe(true);
    expect(bypasses("POST", "/api/v1/element-sessions/token")).toBe(true);
  });

  it("pages, other methods and unusual paths go through it", () => {
    expect(bypasses("GET", "/northfield/sandbox/links")).toBe(false);
    expect(bypasses("HEAD", "/api/v1/links")).toBe(false);
    expect(bypasses("DELETE", "/api/v1/links")).toBe(false);
    expect(bypasses("OPTIONS", "/api/v1/element-sessions/token")).toBe(false);
    expect(bypasses("GET", "/api/v1/links/")).toBe(false);
    expect(bypasses("GET", "/api/v1/links/a%2fb")).toBe(false);
    expect(bypasses("GET", "/api/v1/openapi.json")).toBe(false);
  });
});

describe("headers that the portal trusts", () => {
  const forgedHeaders = {
    "x-middleware-subrequest": "src/middleware:src/middleware",
    "x-forwarded-for": "1.1.1.1, 2.2.2.2, 3.3.3.3",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-real-ip": "1.1.1.1",
    forwarded: "for=1.1.1.1",
    "x-request-id": "mine",
    "x-now-route-matches": "1",
  };

  it("c4, c6: trusted headers come from the server, never from the caller", () => {
    const message = request(forgedHeaders);
    normalizeHeaders(message, "id-of-ours", directSettings);
    expect(message.headers).toEqual({
      host: "localhost:4200",
      "x-forwarded-host": "localhost:4200",
      "x-forwarded-proto": "http",
      "x-forwarded-for": "10.0.0.9",
      "x-request-id": "id-of-ours",
    });
  });

  it("c17: the caller's address comes from the configured proxies, counted from the right", () => {
    expect(findClientAddress(request(forgedHeaders), 0)).toBe("10.0.0.9");
    expect(findClientAddress(request(forgedHeaders), 1)).toBe("3.3.3.3");
    expect(findClientAddress(request(forgedHeaders), 2)).toBe("2.2.2.2");
    expect(findClientAddress(request({}), 2)).toBe("10.0.0.9");
    expect(findClientAddress(request({ "x-forwarded-for": "not an address" }), 1)).toBe("10.0.0.9");
  });

  it("the public scheme is set behind a proxy", () => {
    const headers = { host: "inner", "x-forwarded-host": "portal.example.org" };
    const message = request(headers);
    normalizeHeaders(message, "id", proxiedSettings);
    expect(message.headers["x-forwarded-proto"]).toBe("https");
    expect(message.headers.host).toBe("portal.example.org");
  });
});

describe("a body without a stated length", () => {
  it("a streamed body is stopped at the limit, and reported once", async () => {
    const message = request({}, "/api/trpc/account/signUp", "POST");
    let calls = 0;
    limitBody(message, () => {
      calls++;
    });
    let received = 0;
    message.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    for (let chunkIndex = 0; chunkIndex < 3; chunkIndex++)
      message.push(Buffer.alloc(maxBodyBytes / 2));
    message.push(Buffer.alloc(10));
    message.push(null);
    await new Promise((resolve) => message.once("end", resolve));
    expect(received).toBe(maxBodyBytes);
    expect(calls).toBe(1);
  });
});
