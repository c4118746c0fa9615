import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import { elementGrant } from "@/server/schemas/element-sessions";
import { createApiKey } from "@/server/services/api-keys/create";
import { listActivity } from "@/server/services/activity";
import {
  createElementSession,
  createPortalElementSession,
} from "@/server/services/element-sessions/create";
import { runHousekeeping } from "@/server/services/housekeeping";
import { updatePlacement } from "@/server/services/placements/save";
import { connectAsSuperuser } from "../setup/database";
import {
  requestSession,
  exchange,
  createPlacementFixture,
  type PlacementFixture,
  preflight,
  checkExchanges,
  problemType,
} from "../support/elements";
import { injectFault, injectPatient, listHeroCalls } from "../support/hero";

const sql = connectAsSuperuser();

let a: PlacementFixture;
let b: PlacementFixture;

beforeAll(async () => {
  a = await createPlacementFixture("30297", "a");
  b = await createPlacementFixture("30298", "a");
});

const { expectTokenCalls, expectRejected } = checkExchanges(() => [a, b]);
const decodeClaims = (token: unknown): unknown =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());

describe("opening a session", () => {
  it("a new session returns its secret once, stores its hash and writes an audit row", async () => {
    await injectPatient({ key: a.heroKey }, { id: "881" });
    const { secret, id, json } = await expectTokenCalls(0, () =>
      a.openSession({ patientId: "881" }),
    );
    expect(secret).toMatch(/^hes_[\w-]{43}$/);
    const minutesUntil = (timestamp: unknown) =>
      (Date.parse(String(timestamp)) - Date.now()) / 60_000;
    expect(minutesUntil(json.expiresAt)).toBeCloseTo(15, 0);
    expect(minutesUntil(json.endsAt)).toBeCloseTo(480, 0);
    const rows = await sql`select s::text as s, x::text as x from element_sessions s
      join element_secrets x on x.session_id = s.id where s.id = ${id}`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(4));
    const { items } = await listActivity(a.owner, { limit: 1 });
    expect(items).toMatchObject([
      {
        action: "Started an element session",
        actor: "API key: Server",
        subject: { type: "placement", id: a.placementId },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(secret);
  });

  it("A1: a session for a patient who cannot be checked or contacted is not created", async () => {
    const countSessions = async () =>
      (await sql`select from element_sessions where tenant_id = ${a.owner.tenantId}`).length;
    const sessions = await countSessions();
    const body = { placementId: a.placementId, practiceGroupId: a.practiceGroupId };
    const request = () => requestSession(a.key, { ...body, patientId: "881" });
    const requestInPortal = () =>
      createPortalElementSession(a.owner, { practiceId: a.practiceId, patientId: "881" });

    await injectPatient({ key: a.heroKey, times: 2 }, { id: "881", restricted: true });
    expect(await request()).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: "/patientId", detail: expect.stringContaining("restricted") }] },
    });
    await expect(requestInPortal()).rejects.toMatchObject({ field: "patientId" });

    const fault = { operation: "getPatientById", key: a.heroKey, status: 500, times: 6 };
    await injectFault(fault);
    const response = await request();
    expect({ status: response.status, type: problemType(response) }).toEqual({
      status: 503,
      type: "patient-not-checked",
    });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    await expect(requestInPortal()).rejects.toMatchObject({ code: "patient-not-checked" });
    expect(await countSessions()).toBe(sessions);

    // No patient: nothing to check.
    const reads = (await listHeroCalls(a.heroKey, "getPatientById")).length;
    await a.openSession();
    expect((await listHeroCalls(a.heroKey, "getPatientById")).length).toBe(reads);
  });

  it("c1: another tenant's placement or practice is not found", async () => {
    const unknownPlacement = await requestSession(a.key, {
      placementId: randomUUID(),
      practiceGroupId: a.practiceGroupId,
    });
    for (const body of [
      { placementId: b.placementId, practiceGroupId: a.practiceGroupId },
      { placementId: b.placementId, practiceGroupId: b.practiceGroupId },
      { placementId: a.placementId, practiceGroupId: b.practiceGroupId },
    ]) {
      const response = await requestSession(a.key, body);
      expect({ status: response.status, text: response.text }).toEqual({
        status: 404,
        text: unknownPlacement.text,
      });
    }
  });

  it("opening a session needs a key with the permission, and rejects unknown fields", async () => {
    const body = { placementId: a.placementId, practiceGroupId: a.practiceGroupId };
    expect((await requestSession(undefined, body)).status).toBe(401);
    const { key } = await createApiKey(a.owner, { name: "Links", permissions: ["links.read"] });
    expect((await requestSession(key, body)).status).toBe(403);
    expect((await requestSession(a.key, { ...body, origin: "https://evil.example" })).status).toBe(
      400,
    );
  });

  it("a server opens sessions by API and a person in the portal, never the other way round", async () => {
    const { placementId, practiceGroupId, practiceId } = a;
    await expect(createElementSession(a.owner, { placementId, practiceGroupId })).rejects.toThrow(
      ForbiddenError,
    );
    for (const role of ["viewer", "auditor"] as const) {
      await expect(
        createPortalElementSession(await a.tenant.asRole(role), { practiceId }),
      ).rejects.toThrow(ForbiddenError);
    }
  });
});

describe("an exchange", () => {
  it("an exchange returns one token for the session's practice, what the server fixed, and the next secret", async () => {
    await injectPatient({ key: a.heroKey }, { id: "881" });
    const { secret, id } = await a.openSession({ patientId: "881" });
    const response = await expectTokenCalls(1, () => exchange({ secret }));
    expect(response.status).toBe(200);
    expect(elementGrant.strict().parse(response.json)).toEqual(response.json);
    expect(response.json).toMatchObject({
      practiceGroupId: "30297",
      env: "staging",
      attributes: { "patient-id": "881", "admin-id": "7" },
      theme: { font: { sans: "Inter, sans-serif" } },
      element: { tag: "hh-message-builder" },
    });
    expect(decodeClaims(response.json.token)).toMatchObject({
      practice_group_id: "30297",
      partner: "a",
    });
    expect(response.json.next).toMatch(/^hes_/);
    expect(response.json.next).not.toBe(secret);
    expect(response.json.expiresIn).toBeGreaterThan(1790);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "access-control-allow-origin": "https://app.example.org",
      vary: "Origin",
    });
    const [row] = await sql`select details, action, actor_id from audit_events
      where details->>'sessionId' = ${id} and action = 'element_session.exchanged'`;
    expect(row).toMatchObject({
      actor_id: a.keyId,
      details: { sequence: 1, origin: "https://app.example.org" },
    });
    const [all] = await sql`select string_agg(e::text, '') as text from audit_events e
      where tenant_id = ${a.owner.tenantId}`;
    expect(all?.text).not.toContain(String(response.json.token));
  });

  it("the session's member of staff takes precedence over the placement's", async () => {
    const { secret } = await a.openSession({ adminId: "99" });
    const response = await exchange({ secret });
    expect(response.json.attributes).toEqual({ "admin-id": "99" });
  });

  it("exchanges continue with the next secret for as long as the session lives", async () => {
    let { secret } = await a.openSession();
    for (let times = 0; times < 4; times++) {
      const response = await exchange({ secret });
      expect(response.status).toBe(200);
      secret = String(response.json.next);
    }
  });

  it("c18, c24: parallel pages of two tenants each get a token of their own practice", async () => {
    const sessions = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const fixture = index % 2 === 0 ? a : b;
        return { side: fixture, ...(await fixture.openSession()) };
      }),
    );
    const responses = await expectTokenCalls(20, () =>
      Promise.all(
        sessions.map(async ({ side: fixture, secret }) => ({
          side: fixture,
          ...(await exchange({ secret })),
        })),
      ),
    );
    expect(new Set(responses.map(({ json }) => json.token)).size).toBe(20);
    for (const { side, json } of responses) {
      expect(decodeClaims(json.token)).toMatchObject({ practice_group_id: side.practiceGroupId });
    }
  });

  it("a secret stays valid when Hero returns nothing", async () => {
    const { secret } = await a.openSession();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, status: 500 });
    const failed = await expectTokenCalls(1, () => exchange({ secret }));
    expect({ status: failed.status, type: problemType(failed) }).toEqual({
      status: 502,
      type: "hero-failed",
    });
    expect(failed.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("too many exchanges of a session get 429 with Retry-After", async () => {
    let { secret } = await a.openSession();
    for (let times = 0; times < 6; times++) secret = String((await exchange({ secret })).json.next);
    const response = await expectRejected(429, "too-many-requests", () => exchange({ secret }));
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("c24: a secret", () => {
  it("a missing, unknown or malformed secret gets 401", async () => {
    const unknownSecret = `hes_${"A".repeat(43)}`;
    for (const body of [
      {},
      { secret: "" },
      { secret: unknownSecret },
      { secret: "1' or '1'='1" },
    ]) {
      await expectRejected(401, "session-refused", () => exchange(body));
    }
  });

  it("a secret in the address is not accepted", async () => {
    const { secret } = await a.openSession();
    const tokenRoute = await import("@/app/api/v1/element-sessions/token/route");
    const request = new Request(
      `http://localhost:3000/api/v1/element-sessions/token?secret=${secret}`,
      {
        method: "POST",
        headers: { origin: "https://app.example.org", "content-type": "application/json" },
        body: "{}",
      },
    );
    expect((await tokenRoute.POST(request)).status).toBe(401);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      expect(tokenRoute[method](new Request(request.url)).status).toBe(405);
    }
  });

  it("a secret is rejected when the first exchange is late, and after the session", async () => {
    const lateSession = await a.openSession();
    await sql`update element_sessions set first_exchange_before = now() - interval '1 s' where id = ${lateSession.id}`;
    await expectRejected(401, "session-refused", () => exchange({ secret: lateSession.secret }));
    const endedSession = await a.openSession();
    const { json } = await exchange({ secret: endedSession.secret });
    await sql`update element_sessions set first_exchange_before = now() - interval '1 h' where id = ${endedSession.id}`;
    const renewedResponse = await exchange({ secret: json.next });
    expect(renewedResponse.status).toBe(200);
    await sql`update element_sessions set ends_at = now() - interval '1 s' where id = ${endedSession.id}`;
    await expectRejected(401, "session-refused", () =>
      exchange({ secret: renewedResponse.json.next }),
    );
  });

  it("a used secret can be replayed once within 30 seconds, which revokes the secret it had returned", async () => {
    const { secret } = await a.openSession();
    const lostResponse = await exchange({ secret });
    const replayed = await expectTokenCalls(1, () => exchange({ secret }));
    expect(replayed.status).toBe(200);
    expect(replayed.json.token).not.toBe(lostResponse.json.token);
    expect((await exchange({ secret: replayed.json.next })).status).toBe(200);
    // A caller with the superseded secret did not lose the response.
    await expectRejected(401, "session-refused", () =>
      exchange({ secret: lostResponse.json.next }),
    );
    await expectRejected(401, "session-refused", () => exchange({ secret: replayed.json.next }));
  });

  it("an older used secret ends the session, which is audited", async () => {
    const { secret, id } = await a.openSession();
    const first = await exchange({ secret });
    await sql`update element_sessions set rotated_at = now() - interval '31 s' where id = ${id}`;
    await expectRejected(401, "session-refused", () => exchange({ secret }));
    await expectRejected(401, "session-refused", () => exchange({ secret: first.json.next }));
    const rows = await sql`select 1 from audit_events
      where details->>'sessionId' = ${id} and action = 'element_session.ended'`;
    expect(rows).toHaveLength(1);
  });

  it("a secret used before the last one ends the session at once", async () => {
    const { secret } = await a.openSession();
    const first = await exchange({ secret });
    const second = await exchange({ secret: first.json.next });
    await expectRejected(401, "session-refused", () => exchange({ secret }));
    await expectRejected(401, "session-refused", () => exchange({ secret: second.json.next }));
  });

  it("a secret sent twice at once leaves one valid chain", async () => {
    const { secret } = await a.openSession();
    const responses = await expectTokenCalls(2, () =>
      Promise.all([exchange({ secret }), exchange({ secret })]),
    );
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    const nextSecrets = responses.map(({ json }) => json.next);
    const results: number[] = [];
    for (const next of nextSecrets) results.push((await exchange({ secret: next })).status);
    expect(results).toContain(401);
    expect(results.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it("a secret is deleted a day after its session ended", async () => {
    const { id } = await a.openSession();
    await sql`update element_sessions set ends_at = now() - interval '25 h' where id = ${id}`;
    await runHousekeeping();
    expect(await sql`select 1 from element_secrets where session_id = ${id}`).toHaveLength(0);
  });
});

describe("c24: a page's origin", () => {
  it.each([
    "https://evil.example",
    "https://app.example.org.evil.example",
    "https://evilapp.example.org",
    "https://app.example.org:8443",
    "http://app.example.org",
    "https://clinic.example.org",
    "https://evilclinic.example.org",
    "http://a.clinic.example.org",
    "null",
    "",
    "https://app.example.org, https://evil.example",
  ])("an origin that is not on the list gets 403: %s", async (origin) => {
    const { secret } = await a.openSession();
    const response = await expectRejected(403, "origin-refused", () =>
      exchange({ secret }, origin),
    );
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("a missing origin gets 403", async () => {
    const { secret } = await a.openSession();
    await expectRejected(403, "origin-refused", () => exchange({ secret }, null));
  });

  it("any subdomain is allowed where that was selected", async () => {
    const { secret } = await a.openSession();
    const response = await exchange({ secret }, "https://north.desk.clinic.example.org");
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(
      "https://north.desk.clinic.example.org",
    );
  });

  it("an origin of another tenant's placement is not allowed", async () => {
    const otherOrigin = "https://theirs.example.org";
    await updatePlacement(b.owner, {
      placementId: b.placementId,
      name: "Messages",
      practiceIds: [b.practiceId],
      origins: [otherOrigin, "https://app.example.org"],
      attributes: {},
    });
    const { secret } = await a.openSession();
    await expectRejected(403, "origin-refused", () => exchange({ secret }, otherOrigin));
  });

  it("the first exchange ties the session to its origin", async () => {
    const { secret } = await a.openSession();
    const first = await exchange({ secret });
    await expectRejected(403, "origin-refused", () =>
      exchange({ secret: first.json.next }, "https://a.clinic.example.org"),
    );
    expect((await exchange({ secret: first.json.next })).status).toBe(200);
  });

  it.each(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain"])(
    "a form post from another site is rejected: %s",
    async (type) => {
      const { secret } = await a.openSession();
      await expectRejected(403, "origin-refused", () =>
        exchange(JSON.stringify({ secret }), "https://evil.example", { "content-type": type }),
      );
    },
  );

  it("an origin is rejected with a problem while the database is unavailable", async () => {
    await sql`revoke execute on function is_placement_origin(text[]) from portal_app`;
    try {
      const response = await preflight("https://app.example.org");
      expect(response.status).toBe(500);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    } finally {
      await sql`grant execute on function is_placement_origin(text[]) to portal_app`;
    }
    expect((await preflight("https://app.example.org")).status).toBe(204);
  });

  it("the portal's own page uses the second origin only", async () => {
    const { practiceId } = a;
    const { secret } = await createPortalElementSession(a.owner, { practiceId });
    await expectRejected(403, "origin-refused", () => exchange({ secret }));
    const response = await exchange({ secret }, "http://elements.localhost:3000");
    expect(response.status).toBe(200);
    expect(response.json).toMatchObject({ attributes: {}, theme: null });
  });
});
