import { readFileSync } from "node:fs";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { readActionBody } from "@/scripts/serve/action-body";
import { findAddress } from "@/scripts/serve/addresses";
import { responseHeaders } from "@/scripts/serve/headers";
import { maxActionBytes, rejectionStatus } from "@/scripts/serve/requests";
import { readServeSettings } from "@/scripts/settings";
import { handlers, pages } from "./isolation/routes";

const settings = readServeSettings({ PORT: "4200" });
const origin = "http://localhost:4200";

function request(target: string, method = "GET", headers: Record<string, string> = {}) {
  const message = new IncomingMessage(new Socket());
  const host = target.startsWith("/embed/frame/") ? "elements.localhost:4200" : "localhost:4200";
  message.url = target;
  message.method = method;
  message.headers = { host, ...headers };
  message.headersDistinct = { host: [host] };
  return message;
}

const reject = (...parameters: Parameters<typeof request>) =>
  rejectionStatus(request(...parameters), settings);

/** The methods that a route file says it handles. */
function methodsOf(route: string): string[] {
  if (!route.startsWith("/api/") && !route.startsWith("/embed/")) return ["GET", "HEAD"];
  const source = readFileSync(`app${route}/route.ts`, "utf8");
  const [, listed] = /"((?:GET|POST)[A-Z, ]*)"/.exec(source) ?? [];
  if (listed) return listed.split(", ");
  const exported = [...source.matchAll(/^export .*$/gm)].flatMap(([line]) =>
    ["GET", "POST"].filter((method) => new RegExp(`\\b${method}\\b`).test(line)),
  );
  return [...new Set(exported)].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method));
}

// Not one address: next-auth's have methods of their own, and tRPC handles HEAD by no method.
const grouped = ["/api/auth/[...nextauth]", "/api/v1/[[...path]]"];
const trpc = ["/api/trpc/account/[trpc]", "/api/trpc/[tenant]/[environment]/[trpc]"];
const routes = Object.keys(handlers).filter((route) => ![...grouped, ...trpc].includes(route));
const fill = (route: string) => route.replaceAll(/\[+[^\]]+\]+/g, "x");
const otherMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

describe("D: the table of addresses", () => {
  it.each(routes)("D: %s is called with the methods of its route file only", (route) => {
    const methods = methodsOf(route);
    expect(methods.length).toBeGreaterThan(0);
    expect(findAddress(fill(route)).methods.toSorted()).toEqual(methods.toSorted());
    for (const method of otherMethods) {
      const expected = methods.includes(method) ? undefined : 405;
      const target = route.startsWith("/embed/frame/") ? "/embed/frame/sandbox" : fill(route);
      expect([method, reject(target, method)]).toEqual([method, expected]);
    }
  });

  it.each(Object.keys(pages))("D: the page %s is read or receives a server action", (page) => {
    expect(findAddress(fill(page)).format).toBe("page");
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"]) {
      expect([method, reject(fill(page), method)]).toEqual([method, 405]);
    }
  });

  it("D: an address of the API that does not exist is not taken for a page", () => {
    for (const target of [
      "/api",
      "/api/nothing",
      "/api/trpc",
      "/api/trpc/x",
      "/api/auth/nothing",
    ]) {
      expect([target, reject(target)]).toEqual([target, 404]);
    }
    expect(findAddress("/api/v1/nothing")).toMatchObject({ format: "problem", methods: [] });
  });

  it("D: an address that leads to a file or the API only once it is resolved does not exist", () => {
    for (const target of [
      "/%65mbed/v2.js",
      "/embed%2Fv2.js",
      "/x/../embed/v2.js",
      "/x/%2e%2E/embed/v2.js",
      "/x\\..\\embed/v2.js",
      "/%66avicon.ico",
      "/icon%2esvg",
      "/%5fnext/static/x.js",
      "/%61pi/health",
      "/api/v1/links/x%2fresolve",
    ]) {
      for (const method of ["GET", "POST"]) {
        expect([target, reject(target, method)]).toEqual([target, 404]);
      }
    }
    expect(reject("/org/sandbox/links/caf%C3%A9%20%2F")).toBeUndefined();
  });

  it("D: broken percent-encoding is rejected in every dynamic address", () => {
    const dynamic = [...Object.keys(pages), ...Object.keys(handlers)].filter(
      (route) => route.includes("[") && !route.startsWith("/embed/"),
    );
    for (const route of dynamic) {
      for (const broken of ["%E0%A4%A", "%ff", "%zz", "%", "a%2"]) {
        const target = route.replaceAll(/\[+[^\]]+\]+/g, broken);
        expect([target, reject(target)]).toEqual([target, 400]);
      }
    }
    // A query is never decoded strictly.
    expect(reject("/sign-in?next=%E0%A4%A")).toBeUndefined();
  });
});

describe("D: server actions", () => {
  const form = { "content-type": "multipart/form-data; boundary=x" };

  it("D: an action from another site is rejected", () => {
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${origin}.evil.example` },
      { origin: "not an address" },
      { "sec-fetch-site": "cross-site" },
      { origin, "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign) {
      expect(reject("/sign-in", "POST", { ...form, ...headers })).toBe(403);
    }
    const own: Record<string, string>[] = [
      {},
      { origin },
      { origin, "sec-fetch-site": "same-origin" },
    ];
    for (const headers of own) {
      expect(reject("/sign-in", "POST", { ...form, ...headers })).toBeUndefined();
    }
  });

  it("D: an action of another content type, or too large, is rejected", () => {
    for (const type of [
      "",
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "multipart/form-data; boundary=",
      "text/plain",
    ]) {
      expect([type, reject("/sign-in", "POST", { "content-type": type })]).toEqual([type, 415]);
    }
    const scripted = { "content-type": "text/plain;charset=UTF-8", "next-action": "00" };
    expect(reject("/sign-in", "POST", scripted)).toBeUndefined();
    const large = { ...form, "content-length": String(maxActionBytes + 1) };
    expect(reject("/sign-in", "POST", large)).toBe(413);
  });

  const boundary = "----form0123456789";
  const multipart = (fields: Record<string, string>) =>
    `${Object.entries(fields)
      .map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      .join("")}--${boundary}--\r\n`;
  const isAccepted = async (body: string, type: string, isScripted: boolean) =>
    (await readActionBody(Buffer.from(body), type, isScripted)) !== undefined;
  const isForm = (body: string, isScripted: boolean) =>
    isAccepted(body, `multipart/form-data; boundary=${boundary}`, isScripted);
  const isText = (body: string) => isAccepted(body, "text/plain;charset=UTF-8", true);

  it("D: a form is passed on as it was understood, whatever its parts claim to be", async () => {
    const send = (parts: string, type = "multipart/form-data") =>
      readActionBody(Buffer.from(parts), `${type}; boundary=${boundary}`, true);
    const part = (name: string, value: string, header = "") =>
      `--${boundary}\r\nContent-Disposition: form-data; ${name}\r\n${header}\r\n${value}\r\n`;
    const end = `--${boundary}--\r\n`;
    const call = part('name="0"', '["$K1"]', "Content-Type: text/plain; charset=none\r\n");
    const email = part('name="1_email"', "a@example.com");
    const accepted = await send(call + email + end, "Multipart/Form-Data");
    expect(accepted?.contentType).toMatch(/^multipart\/form-data; boundary=\S+$/);
    expect(accepted?.body.toString()).not.toContain("charset");
    const file = part(
      'name="1_email"; filename="a"',
      "AA==",
      "Content-Transfer-Encoding: base64\r\n",
    );
    expect(await send(call + file + end)).toBeUndefined();
    expect(await send(part('name="0"', "{") + call + email + end)).toBeUndefined();
  });

  it.each([
    ...[
      '["$1"]',
      '["$F1"]',
      '["$@0"]',
      '["$Q1"]',
      '["$W1"]',
      '["$B1"]',
      '["$n9"]',
      '["$D2026-13-45"]',
    ],
    ...["{", "[", "", "null", '"x"', "[1,2]", '["$K1",2]', '["$K1","$K1","$K1"]', "\u0000"],
    ...[
      '[{"a":"$1:values"},"$K1"]',
      '["$@1","$K2"]',
      '["$0","$K1"]',
      '[{"a":"$1:__proto__:then"},"$K1"]',
      '[{"then":"$1"},"$K1"]',
    ],
    ...['[{"__proto__":{}},"$K1"]', `${"[".repeat(2_000)}"$K1"${"]".repeat(2_000)}`],
    `[${"[".repeat(50)}${"]".repeat(50)},"$K1"]`,
  ])("D: the malformed body %j is rejected", async (body) => {
    expect(await isText(body)).toBe(false);
    expect(await isForm(multipart({ "0": body }), true)).toBe(false);
  });

  it("D: a malformed form is rejected", async () => {
    for (const body of [
      "",
      "--x",
      `--${boundary}`,
      multipart({ email: "a@example.com" }),
      multipart({ $ACTION_REF_1: "" }),
      multipart({ $ACTION_REF_1: "", "$ACTION_1:0": "{" }),
      multipart({
        $ACTION_REF_1: "",
        "$ACTION_1:0": '{"id":"__proto__","bound":"$@1"}',
        "$ACTION_1:1": "[]",
      }),
      multipart({
        $ACTION_REF_1: "",
        "$ACTION_1:0": '{"id":"60","bound":"$@2"}',
        "$ACTION_1:1": "[{}]",
      }),
      multipart({ $ACTION_ID_zz: "" }),
      multipart({ $ACTION_ID_60: "", $ACTION_ID_61: "" }),
    ]) {
      expect([body, await isForm(body, false)]).toEqual([body, false]);
    }
  });
});

describe("D: headers", () => {
  it("D: a router state that Next cannot parse is rejected", () => {
    const rejectState = (state: string) =>
      reject("/sign-in", "GET", { rsc: "1", "next-router-state-tree": state });
    for (const state of ["%zz", "{{", "[]", "null", "%5B%22%22%5D", '["",{"children":1}]']) {
      expect([state, rejectState(state)]).toEqual([state, 400]);
    }
    const state = ["", { children: ["sign-in", { children: ["__PAGE__", {}] }] }, null, null, true];
    expect(rejectState(encodeURIComponent(JSON.stringify(state)))).toBeUndefined();
  });

  it("D: a cookie that next-auth cannot decode is rejected there only", () => {
    const headers = { cookie: "authjs.csrf-token=%ff" };
    expect(reject("/api/auth/session", "GET", headers)).toBe(400);
    expect(reject("/sign-in", "GET", headers)).toBeUndefined();
  });

  it("D: type declarations are served as text", () => {
    for (const name of ["v1.d.ts", "v2.d.ts"]) {
      const headers = responseHeaders(`/embed/${name}`, settings);
      expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    }
    expect(responseHeaders("/embed/v2.js", settings)).not.toHaveProperty("content-type");
  });
});
