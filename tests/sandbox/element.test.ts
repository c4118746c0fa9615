import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { credentials, Sandbox, type SandboxPractice } from "./support";

const scriptPath = "/message-builder/web-component/latest.js";

let sandbox: Sandbox;
let practices: SandboxPractice[];

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.practices();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

async function callerOf(name: string) {
  const { key, groupId } = credentials(practices, name);
  const reply = await sandbox.api("POST", "/v1/access_token", { key, groupId });
  const token = z.object({ access_token: z.string() }).parse(reply.body).access_token;
  const patients = (await sandbox.patients()).filter((one) => one.practiceGroupId === groupId);
  return { key, groupId, token, patientId: patients[0]?.patientId ?? "" };
}
type Who = { token: string; groupId: string };

const withToken = (who: Who) => ({
  authorization: `Bearer ${who.token}`,
  "x-tenant-id": who.groupId,
});

async function ask(who: Who, path: string, body?: unknown) {
  const reply = await fetch(`${sandbox.url}/element${path}`, {
    method: body ? "POST" : "GET",
    headers: { ...withToken(who), origin: "https://app.example.org" },
    body: body ? JSON.stringify(body) : undefined,
  });
  expect(reply.headers.get("access-control-allow-origin")).toBe("*");
  return {
    status: reply.status,
    body: z.record(z.string(), z.unknown()).parse(await reply.json()),
  };
}

describe("the element's own server", () => {
  it("sends by the same way as the API, on behalf of whom the page names", async () => {
    const who = await callerOf("Northgate Surgery");
    const sent = await ask(who, "/messages", {
      patientId: who.patientId,
      text: "Hello.",
      adminId: "88",
    });
    const id = String(sent.body.id);
    expect(await ask(who, `/messages/${id}`)).toMatchObject({ body: { status: "queued" } });
    await sandbox.control("POST", "/_sandbox/clock", { advanceMs: 3_000 });
    expect(await ask(who, `/messages/${id}`)).toMatchObject({ body: { status: "delivered" } });
    const seen = await sandbox.api("GET", `/v1/messages/${id}`, who);
    expect(seen.body).toMatchObject({ status: "delivered", sent_by_admin: { id: "88" } });
    expect(await sandbox.control("GET", "/_sandbox/messages")).toMatchObject([
      { id, patientId: who.patientId, text: "Hello.", via: "element", submittedBy: "Admin 88" },
    ]);
  });

  it("takes the token for its own practice alone, and shows its own patients alone", async () => {
    const own = await callerOf("Northgate Surgery");
    const neighbour = await callerOf("Millbrook Health Centre");
    expect(await ask({ ...own, groupId: neighbour.groupId }, "/patients")).toMatchObject({
      status: 403,
      body: { message: "This token is for another practice" },
    });
    expect(await ask(own, `/patients/${neighbour.patientId}`)).toMatchObject({ status: 404 });
    const foreign = { patientId: neighbour.patientId, text: "Hello." };
    expect(await ask(own, "/messages", foreign)).toMatchObject({ status: 404 });
    expect(await sandbox.control("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("ends with the token, 30 minutes on by the sandbox's clock", async () => {
    const who = await callerOf("Northgate Surgery");
    await sandbox.control("POST", "/_sandbox/clock", { advanceMs: 29.9 * 60_000 });
    expect(await ask(who, "/patients")).toMatchObject({ status: 200 });
    await sandbox.control("POST", "/_sandbox/clock", { advanceMs: 0.2 * 60_000 });
    expect(await ask(who, "/patients")).toMatchObject({
      status: 401,
      body: { message: "This session has ended" },
    });
  });

  it("believes no token but its own, whatever its header says", async () => {
    const who = await callerOf("Northgate Surgery");
    const [header = "", claims = "", signature = ""] = who.token.split(".");
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const read = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
    const longer = encode({ ...read, exp: Number(read.exp) + 3600 });
    const guessed = createHmac("sha256", "secret").update(`${header}.${longer}`);
    const forged = [
      `${header}.${longer}.${signature}`,
      `${header}.${longer}.${guessed.digest("base64url")}`,
      `${encode({ alg: "none", typ: "JWT" })}.${longer}.`,
      `${header}.${claims}.${signature.slice(0, -2)}`,
      "nonsense",
      "..",
    ];
    for (const token of forged) {
      expect(await ask({ ...who, token }, "/patients")).toMatchObject({
        status: 401,
        body: { message: "This token is not valid" },
      });
    }
    const without = await fetch(`${sandbox.url}/element/patients`, {
      headers: { "x-tenant-id": who.groupId },
    });
    expect(without.status).toBe(401);
  });

  it("lets pages of any origin ask", async () => {
    const reply = await fetch(`${sandbox.url}/element/messages`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-tenant-id",
      },
    });
    expect(reply.status).toBe(204);
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
    expect(reply.headers.get("access-control-allow-headers")).toBe(
      "authorization,content-type,x-tenant-id",
    );
  });

  it("is in the journal without its tokens, and fails as it is told", async () => {
    const who = await callerOf("Northgate Surgery");
    await sandbox.control("POST", "/_sandbox/faults", {
      operation: "element.patients",
      status: 503,
    });
    expect(await ask(who, "/patients")).toMatchObject({ status: 503 });
    expect(await ask(who, "/patients")).toMatchObject({ status: 200 });
    const journal = await sandbox.control("GET", "/_sandbox/requests?operation=element.patients");
    expect(journal).toMatchObject([
      { practiceGroupId: who.groupId, status: 503 },
      { practiceGroupId: who.groupId, status: 200 },
    ]);
    expect(JSON.stringify(journal)).not.toContain(who.token.slice(-10));
  });
});

describe("the element's script", () => {
  const fetchScript = () => fetch(sandbox.url + scriptPath);

  it("may be loaded by any page, and is asked for anew each time", async () => {
    const reply = await fetchScript();
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "no-cache",
    });
    expect(await reply.text()).toContain('"hh-message-builder"');
  });

  it("changes by a comment for tests, and back", async () => {
    const before = await (await fetchScript()).text();
    await sandbox.control("POST", "/_sandbox/element-script", { suffix: "// changed" });
    expect(await (await fetchScript()).text()).toBe(`${before}// changed\n`);
    await sandbox.control("POST", "/_sandbox/element-script", { suffix: "" });
    expect(await (await fetchScript()).text()).toBe(before);
    for (const suffix of ["alert(1)", "// one\nalert(1)"]) {
      const set = sandbox.control("POST", "/_sandbox/element-script", { suffix });
      await expect(set).rejects.toThrow("400");
    }
  });
});

describe("the practices", () => {
  it("differ in their elements: the known one, one more that nobody knows, and none", async () => {
    const elementsOf = async (name: string) =>
      (await sandbox.api("GET", "/v1/me/elements", credentials(practices, name))).body;
    const known = { element: { tag: "hh-message-builder" } };
    expect(await elementsOf("Northgate Surgery")).toMatchObject({ count: 1, data: [known] });
    expect(await elementsOf("Harbour Street Clinic")).toMatchObject({ count: 1, data: [known] });
    for (const name of ["Millbrook Health Centre", "Harbour Road Clinic"]) {
      expect(await elementsOf(name)).toMatchObject({
        count: 2,
        data: [known, { element: { name: "Waiting Room Board" } }],
      });
    }
    expect(await elementsOf("Northgate Extended Access Hub")).toEqual({ data: [], count: 0 });
  });
});
