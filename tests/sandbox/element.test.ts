import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { getCredentials, Sandbox, type SandboxPractice } from "./support";

const scriptPath = "/message-builder/web-component/latest.js";

let sandbox: Sandbox;
let practices: SandboxPractice[];

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.listPractices();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

async function createCaller(name: string) {
  const { key, groupId } = getCredentials(practices, name);
  const reply = await sandbox.callApi("POST", "/v1/access_token", { key, groupId });
  const token = z.object({ access_token: z.string() }).parse(reply.body).access_token;
  const patients = (await sandbox.listPatients()).filter(
    (patient) => patient.practiceGroupId === groupId,
  );
  return { key, groupId, token, patientId: patients[0]?.patientId ?? "" };
}
type Caller = { token: string; groupId: string };

const withToken = (caller: Caller) => ({
  authorization: `Bearer ${caller.token}`,
  "x-tenant-id": caller.groupId,
});

async function callElement(caller: Caller, path: string, body?: unknown) {
  const reply = await fetch(`${sandbox.url}/element${path}`, {
    method: body ? "POST" : "GET",
    headers: { ...withToken(caller), origin: "https://app.example.org" },
    body: body ? JSON.stringify(body) : undefined,
  });
  expect(reply.headers.get("access-control-allow-origin")).toBe("*");
  return {
    status: reply.status,
    body: z.record(z.string(), z.unknown()).parse(await reply.json()),
  };
}

describe("the element's API", () => {
  it("the element sends messages as the API does, in the name that the page gives", async () => {
    const caller = await createCaller("Northgate Surgery");
    const sent = await callElement(caller, "/messages", {
      patientId: caller.patientId,
      text: "Hello.",
      adminId: "88",
    });
    const id = String(sent.body.id);
    expect(await callElement(caller, `/messages/${id}`)).toMatchObject({
      body: { status: "queued" },
    });
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 3_000 });
    expect(await callElement(caller, `/messages/${id}`)).toMatchObject({
      body: { status: "delivered" },
    });
    const message = await sandbox.callApi("GET", `/v1/messages/${id}`, caller);
    expect(message.body).toMatchObject({ status: "delivered", sent_by_admin: { id: "88" } });
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toMatchObject([
      { id, patientId: caller.patientId, text: "Hello.", via: "element", submittedBy: "Admin 88" },
    ]);
  });

  it("a token works for its own practice and shows that practice's patients only", async () => {
    const own = await createCaller("Northgate Surgery");
    const neighbour = await createCaller("Millbrook Health Centre");
    expect(await callElement({ ...own, groupId: neighbour.groupId }, "/patients")).toMatchObject({
      status: 403,
      body: { message: "This token is for another practice" },
    });
    expect(await callElement(own, `/patients/${neighbour.patientId}`)).toMatchObject({
      status: 404,
    });
    const otherPatientMessage = { patientId: neighbour.patientId, text: "Hello." };
    expect(await callElement(own, "/messages", otherPatientMessage)).toMatchObject({ status: 404 });
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toEqual([]);
  });

  it("a token expires after 30 minutes of sandbox time", async () => {
    const caller = await createCaller("Northgate Surgery");
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 29.9 * 60_000 });
    expect(await callElement(caller, "/patients")).toMatchObject({ status: 200 });
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 0.2 * 60_000 });
    expect(await callElement(caller, "/patients")).toMatchObject({
      status: 401,
      body: { message: "This token has expired" },
    });
  });

  it("only tokens that the sandbox signed are accepted, whatever their header says", async () => {
    const caller = await createCaller("Northgate Surgery");
    const [header = "", claims = "", signature = ""] = caller.token.split(".");
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const decodedClaims = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
    const extendedClaims = encode({ ...decodedClaims, exp: Number(decodedClaims.exp) + 3600 });
    const guessedSignature = createHmac("sha256", "secret").update(`${header}.${extendedClaims}`);
    const forgedTokens = [
      `${header}.${extendedClaims}.${signature}`,
      `${header}.${extendedClaims}.${guessedSignature.digest("base64url")}`,
      `${encode({ alg: "none", typ: "JWT" })}.${extendedClaims}.`,
      `${header}.${claims}.${signature.slice(0, -2)}`,
      "nonsense",
      "..",
    ];
    for (const token of forgedTokens) {
      expect(await callElement({ ...caller, token }, "/patients")).toMatchObject({
        status: 401,
        body: { message: "This token is not valid" },
      });
    }
    const withoutOrigin = await fetch(`${sandbox.url}/element/patients`, {
      headers: { "x-tenant-id": caller.groupId },
    });
    expect(withoutOrigin.status).toBe(401);
  });

  it("pages of any origin can call the element's API", async () => {
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

  it("calls are in the journal without tokens, and faults can be scripted for them", async () => {
    const caller = await createCaller("Northgate Surgery");
    await sandbox.callControl("POST", "/_sandbox/faults", {
      operation: "element.patients",
      status: 503,
    });
    expect(await callElement(caller, "/patients")).toMatchObject({ status: 503 });
    expect(await callElement(caller, "/patients")).toMatchObject({ status: 200 });
    const journal = await sandbox.callControl(
      "GET",
      "/_sandbox/requests?operation=element.patients",
    );
    expect(journal).toMatchObject([
      { practiceGroupId: caller.groupId, status: 503 },
      { practiceGroupId: caller.groupId, status: 200 },
    ]);
    expect(JSON.stringify(journal)).not.toContain(caller.token.slice(-10));
  });
});

describe("the element's script", () => {
  const fetchScript = () => fetch(sandbox.url + scriptPath);

  it("any page can load the script, and it is revalidated every time", async () => {
    const reply = await fetchScript();
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "no-cache",
    });
    expect(await reply.text()).toContain('"hh-message-builder"');
  });

  it("tests can append a comment to the script and remove it", async () => {
    const originalScript = await (await fetchScript()).text();
    await sandbox.callControl("POST", "/_sandbox/element-script", { suffix: "// changed" });
    expect(await (await fetchScript()).text()).toBe(`${originalScript}// changed\n`);
    await sandbox.callControl("POST", "/_sandbox/element-script", { suffix: "" });
    expect(await (await fetchScript()).text()).toBe(originalScript);
    for (const suffix of ["alert(1)", "// one\nalert(1)"]) {
      const set = sandbox.callControl("POST", "/_sandbox/element-script", { suffix });
      await expect(set).rejects.toThrow("400");
    }
  });
});

describe("the practices' elements", () => {
  it("the practices have the known element, an unknown one, or none", async () => {
    const listElements = async (name: string) =>
      (await sandbox.callApi("GET", "/v1/me/elements", getCredentials(practices, name))).body;
    const messageBuilderElement = { element: { tag: "hh-message-builder" } };
    expect(await listElements("Northgate Surgery")).toMatchObject({
      count: 1,
      data: [messageBuilderElement],
    });
    expect(await listElements("Harbour Street Clinic")).toMatchObject({
      count: 1,
      data: [messageBuilderElement],
    });
    for (const name of ["Millbrook Health Centre", "Harbour Road Clinic"]) {
      expect(await listElements(name)).toMatchObject({
        count: 2,
        data: [messageBuilderElement, { element: { name: "Waiting Room Board" } }],
      });
    }
    expect(await listElements("Northgate Extended Access Hub")).toEqual({ data: [], count: 0 });
  });
});
