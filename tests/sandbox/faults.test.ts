import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getCredentials, Sandbox, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  practices = await sandbox.listPractices();
  own = getCredentials(practices, "Northgate Surgery");
});

const addFault = (fault: Record<string, unknown>) =>
  sandbox.callControl("POST", "/_sandbox/faults", fault);
const callMe = () => sandbox.callApi("GET", "/v1/me", own);

describe("scripted faults", () => {
  it("a fault sends its status, headers and body as often as requested", async () => {
    await addFault({
      operation: "getPracticeGroupById",
      times: 2,
      status: 503,
      headers: { "x-why": "test" },
      body: { error: true, statusCode: 503, message: "Closed" },
    });
    for (let call = 0; call < 2; call += 1) {
      const reply = await callMe();
      expect(reply).toMatchObject({ status: 503, body: { message: "Closed" } });
      expect(reply.headers.get("x-why")).toBe("test");
    }
    expect((await callMe()).status).toBe(200);
  });

  it("a 429 fault sends Retry-After", async () => {
    await addFault({ operation: "*", status: 429, retryAfter: 7 });
    const reply = await callMe();
    expect(reply.status).toBe(429);
    expect(reply.headers.get("retry-after")).toBe("7");
  });

  it("a fault applies only to its operation and key, in order of arrival", async () => {
    const other = getCredentials(practices, "Northgate Surgery", "b");
    await addFault({ operation: "listLocations", status: 500 });
    await addFault({ operation: "getPracticeGroupById", key: other.key, status: 502 });
    await addFault({ operation: "*", key: other.key, status: 504 });
    expect((await callMe()).status).toBe(200);
    expect((await sandbox.callApi("GET", "/v1/me", other)).status).toBe(502);
    expect((await sandbox.callApi("GET", "/v1/me", other)).status).toBe(504);
    expect((await sandbox.callApi("GET", "/v1/locations", own)).status).toBe(500);
  });

  it("a delay fault leaves the response unchanged", async () => {
    await addFault({ operation: "*", delayMs: 300 });
    const startedAt = performance.now();
    expect((await callMe()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(280);
  });

  it("a hang fault waits until the caller gives up", async () => {
    await addFault({ operation: "*", hang: true });
    const call = fetch(`${sandbox.url}/v1/me`, { signal: AbortSignal.timeout(300) });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    expect((await callMe()).status).toBe(200);
  });

  it("a reset fault resets the connection", async () => {
    await addFault({ operation: "*", reset: true });
    await expect(callMe()).rejects.toThrow("fetch failed");
  });

  it("a truncate fault cuts the body", async () => {
    await addFault({ operation: "*", truncate: true, afterWork: true });
    const response = await fetch(`${sandbox.url}/v1/me`, {
      headers: { "x-api-key": own.key, "x-practice-group-id": own.groupId },
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("a malformed or empty fault sends invalid JSON or no body", async () => {
    await addFault({ operation: "*", malformed: true });
    await addFault({ operation: "*", empty: true });
    expect(await callMe()).toMatchObject({ status: 200, body: '{"data":[{"id":"1","name":' });
    expect(await callMe()).toMatchObject({ status: 200, body: undefined });
  });

  it("a fault runs the operation first only with afterWork", async () => {
    const types = await sandbox.callApi("GET", "/v1/appointment_types", own);
    expect(types.status).toBe(200);
    const body = { appointment_type_id: "10101", location_id: "20101" };
    const create = () => sandbox.callApi("POST", "/v1/booking_links", { ...own, body });
    const count = async () => (await sandbox.callApi("GET", "/v2/bookinglinks", own)).body;
    await addFault({ operation: "createBookingLink", reset: true });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await count()).toMatchObject({ count: 0 });
    await addFault({ operation: "createBookingLink", reset: true, afterWork: true });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await count()).toMatchObject({ count: 1 });
    await addFault({ operation: "createBookingLink", status: 500, afterWork: true });
    expect((await create()).status).toBe(500);
    expect(await count()).toMatchObject({ count: 2 });
  });

  it("faults can be removed, and unknown faults are rejected", async () => {
    await addFault({ operation: "*", status: 500 });
    await sandbox.callControl("DELETE", "/_sandbox/faults");
    expect((await callMe()).status).toBe(200);
    await expect(addFault({ operation: "*", statsu: 500 })).rejects.toThrow("400");
  });
});

describe("the journal", () => {
  it("the journal lists every received call, also rejected and failed ones", async () => {
    await callMe();
    await sandbox.callApi("GET", "/v1/me", { key: "wrong", groupId: own.groupId });
    await addFault({ operation: "getPracticeGroupById", reset: true });
    await callMe().catch(() => undefined);
    await sandbox.callApi("GET", "/v1/nonsense", own);
    const entries = await sandbox.callControl(
      "GET",
      "/_sandbox/requests?operation=getPracticeGroupById",
    );
    expect(entries).toMatchObject([
      { status: 200, method: "GET", path: "/v1/me", keyLastFour: own.key.slice(-4) },
      { status: 401, practiceGroupId: own.groupId },
      { status: null },
    ]);
    expect(JSON.stringify(entries)).not.toContain(own.key);
    const all = await sandbox.callControl("GET", "/_sandbox/requests");
    expect(all).toMatchObject([{}, {}, {}, { operation: "unknown", status: 404 }]);
    await sandbox.callControl("DELETE", "/_sandbox/requests");
    expect(await sandbox.callControl("GET", "/_sandbox/requests")).toEqual([]);
  });
});
