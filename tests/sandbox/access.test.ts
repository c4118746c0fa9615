import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getCredentials, Sandbox, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.listPractices();
});
afterAll(() => sandbox.stop());

const statusOf = async (path: string, call: { key?: string; groupId?: string }) =>
  (await sandbox.callApi("GET", path, call)).status;

describe("authentication", () => {
  it("a call is answered for the key's own practice", async () => {
    const own = getCredentials(practices, "Northgate Surgery");
    const reply = await sandbox.callApi("GET", "/v1/me", own);
    expect(reply).toMatchObject({
      status: 200,
      body: { id: own.groupId, name: "Northgate Surgery" },
    });
  });

  it("a missing, unknown or shortened key or a missing group gets 401", async () => {
    const { key, groupId } = getCredentials(practices, "Northgate Surgery");
    expect(await statusOf("/v1/me", { groupId })).toBe(401);
    expect(await statusOf("/v1/me", { groupId, key: "sandbox_a_unknown" })).toBe(401);
    expect(await statusOf("/v1/me", { groupId, key: key.slice(0, -1) })).toBe(401);
    expect(await statusOf("/v1/me", { key })).toBe(401);
  });

  it("a key with a suffix is another key of the same owner, with its own faults", async () => {
    const { key, groupId } = getCredentials(practices, "Northgate Surgery");
    const [firstKey, otherKey] = [`${key}.one`, `${key}.other-2`];
    const fault = { operation: "getPracticeGroupById", key: firstKey, status: 502 };
    await sandbox.callControl("POST", "/_sandbox/faults", fault);
    expect(await statusOf("/v1/me", { groupId, key })).toBe(200);
    expect(await statusOf("/v1/me", { groupId, key: otherKey })).toBe(200);
    expect(await statusOf("/v1/me", { groupId, key: firstKey })).toBe(502);
    expect(await statusOf("/v1/me", { groupId, key: firstKey })).toBe(200);
    expect(await statusOf("/v1/me", { groupId, key: `${key}.` })).toBe(401);
    expect(await statusOf("/v1/me", { groupId, key: "sandbox_a_unknown.one" })).toBe(401);
  });

  it("a key works for practices of its network and no other", async () => {
    const { key } = getCredentials(practices, "Northgate Surgery");
    const groupOf = (name: string) => getCredentials(practices, name).groupId;
    const neighbour = await sandbox.callApi("GET", "/v1/me", {
      key,
      groupId: groupOf("Millbrook Health Centre"),
    });
    expect(neighbour).toMatchObject({ status: 200, body: { name: "Millbrook Health Centre" } });
    expect(await statusOf("/v1/me", { key, groupId: groupOf("Riverside Surgery") })).toBe(403);
    expect(await statusOf("/v1/me", { key, groupId: "no-such-group" })).toBe(403);
  });

  it("two practices without a network do not share one", async () => {
    const { key } = getCredentials(practices, "Kingsway Private Clinic");
    const { groupId } = getCredentials(practices, "Harbour Street Clinic");
    expect(await statusOf("/v1/me", { key, groupId })).toBe(403);
  });

  it("an operation outside the key's scopes gets 403", async () => {
    const hub = practices.find((practice) => practice.name === "Northgate Extended Access Hub");
    const limitedKey = hub?.keys.find((key) => !key.scopes.includes("booking_links"));
    const call = { key: limitedKey?.key, groupId: hub?.practiceGroupId };
    expect(await statusOf("/v1/me", call)).toBe(200);
    expect(await statusOf("/v1/slots/count", call)).toBe(200);
    const links = await sandbox.callApi("GET", "/v2/bookinglinks", call);
    expect(links).toMatchObject({ status: 403, body: { error: true, statusCode: 403 } });
  });

  it("every partner has its own long key for every practice", () => {
    const keys = practices.flatMap((practice) => practice.keys.map((key) => key.key));
    expect(new Set(keys).size).toBe(keys.length);
    for (const practice of practices) {
      expect(new Set(practice.keys.map((key) => key.partner))).toEqual(new Set(["a", "b", "c"]));
    }
    for (const key of keys) expect(key).toMatch(/^sandbox_[abc]_[a-z_]+_[0-9a-f]{32}$/);
  });

  it("another practice's records and unknown ids get the same 404", async () => {
    const own = getCredentials(practices, "Northgate Surgery");
    const neighbour = getCredentials(practices, "Millbrook Health Centre");
    const types = await sandbox.callApi("GET", "/v1/appointment_types", own);
    const locations = await sandbox.callApi("GET", "/v1/locations", own);
    const created = await sandbox.callApi("POST", "/v1/booking_links", {
      ...own,
      body: {
        appointment_type_id: parseFirstId(types.body),
        location_id: parseFirstId(locations.body),
      },
    });
    const id = parseId(created.body);
    expect((await sandbox.callApi("GET", `/v1/booking_links/${id}`, own)).status).toBe(200);
    const fromNeighbour = await sandbox.callApi("GET", `/v1/booking_links/${id}`, neighbour);
    const unknownLink = await sandbox.callApi("GET", "/v1/booking_links/1", neighbour);
    expect(fromNeighbour.status).toBe(404);
    expect(fromNeighbour.body).toEqual(unknownLink.body);
    const list = await sandbox.callApi("GET", "/v2/bookinglinks", neighbour);
    expect(list.body).toEqual({ data: [], count: 0 });
  });
});

describe("invalid requests", () => {
  it("each wrong field of a body is named in the documented shape", async () => {
    const own = getCredentials(practices, "Northgate Surgery");
    const reply = await sandbox.callApi("POST", "/v1/booking_links", {
      ...own,
      body: { appointment_type_id: "x", maximum_use_count: 0 },
    });
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ error: true, statusCode: 400 });
    expect(JSON.stringify(reply.body)).toContain('"path":["location_id"]');
  });

  it("malformed JSON gets 400 and more than 1 MB gets 413, and the sandbox keeps running", async () => {
    const { key, groupId } = getCredentials(practices, "Northgate Surgery");
    const headers = { "x-api-key": key, "x-practice-group-id": groupId };
    const send = async (body: string) =>
      (await fetch(`${sandbox.url}/v1/booking_links`, { method: "POST", headers, body })).status;
    expect(await send('{"appointment_type_id":')).toBe(400);
    expect(await send("x".repeat(1_000_001))).toBe(413);
    expect(await statusOf("/v1/me", { key, groupId })).toBe(200);
  });
});

function parseId(body: unknown): string {
  return typeof body === "object" && body !== null && "id" in body ? String(body.id) : "";
}

function parseFirstId(body: unknown): string {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : [];
  return Array.isArray(data) ? parseId(data[0]) : "";
}
