import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import { elementGrant } from "@/server/schemas/element-sessions";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { createApiKey } from "@/server/services/api-keys/create";
import { listActivity } from "@/server/services/activity";
import {
  createElementSession,
  createPortalElementSession,
} from "@/server/services/element-sessions/create";
import { exchangeElementSecret } from "@/server/services/element-sessions/exchange";
import { runHousekeeping } from "@/server/services/housekeeping";
import { switchPlacement, updatePlacement } from "@/server/services/placements/save";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectAsSuperuser } from "../setup/database";
import {
  requestSession,
  exchange,
  createPlacementFixture,
  type PlacementFixture,
  preflight,
} from "../support/elements";
import { injectFault } from "../support/hero";

const sql = connectAsSuperuser();

let a: PlacementFixture;
let b: PlacementFixture;

beforeAll(async () => {
  a = await createPlacementFixture("30297", "a");
  b = await createPlacementFixture("30298", "a");
});

/** Hero is asked for this many tokens by what `work` does. */
async function expectTokenCalls<Result>(
  count: number,
  task: () => Promise<Result>,
): Promise<Result> {
  const before = (await a.countTokenCalls()) + (await b.countTokenCalls());
  const result = await task();
  expect((await a.countTokenCalls()) + (await b.countTokenCalls()) - before).toBe(count);
  return result;
}

const problemType = ({ json }: { json: Record<string, unknown> }) =>
  String(json.type).split("/").at(-1);
const decodeClaims = (token: unknown): unknown =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());

const expectRejected = async (
  status: number,
  type: string,
  task: () => Promise<Awaited<ReturnType<typeof exchange>>>,
) => {
  const response = await expectTokenCalls(0, task);
  expect({ status: response.status, type: problemType(response) }).toEqual({ status, type });
  expect(response.text).not.toContain("hes_");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response;
};

describe("opening a session", () => {
  it("tells the secret once, keeps its hash, and leaves an audit row", async () => {
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
        action: "Opened an element session",
        actor: "API key: Server",
        subject: { type: "placement", id: a.placementId },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(secret);
  });

  it("c1: is for one's own placement and practice, as if the others' were not there", async () => {
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

  it("needs a key that may, and takes no field that it does not know", async () => {
    const body = { placementId: a.placementId, practiceGroupId: a.practiceGroupId };
    expect((await requestSession(undefined, body)).status).toBe(401);
    const { key } = await createApiKey(a.owner, { name: "Links", permissions: ["links.read"] });
    expect((await requestSession(key, body)).status).toBe(403);
    expect((await requestSession(a.key, { ...body, origin: "https://evil.example" })).status).toBe(
      400,
    );
  });

  it("is a server's by API and a person's in the portal, never the other way round", async () => {
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
  it("gives one token for the session's practice, what the server fixed, and the next secret", async () => {
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

  it("a session's own member of staff goes before the placement's", async () => {
    const { secret } = await a.openSession({ adminId: "99" });
    const response = await exchange({ secret });
    expect(response.json.attributes).toEqual({ "admin-id": "99" });
  });

  it("goes on with the next secret for as long as the session lives", async () => {
    let { secret } = await a.openSession();
    for (let times = 0; times < 4; times++) {
      const response = await exchange({ secret });
      expect(response.status).toBe(200);
      secret = String(response.json.next);
    }
  });

  it("c18, c24: parallel pages of two tenants get a token each, of their own practice, none shared", async () => {
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

  it("leaves the secret good when Hero gives nothing", async () => {
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

  it("past the session's share of the minute is 429 with Retry-After", async () => {
    let { secret } = await a.openSession();
    for (let times = 0; times < 6; times++) secret = String((await exchange({ secret })).json.next);
    const response = await expectRejected(429, "too-many-requests", () => exchange({ secret }));
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("c24: a secret", () => {
  it("that is missing, unknown or no secret at all is 401", async () => {
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

  it("comes in a body: one in the address is no secret", async () => {
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

  it("is refused once the first exchange is late, and once the session is over", async () => {
    const lateSession = await a.openSession();
    await sql`update element_sessions set first_by = now() - interval '1 s' where id = ${lateSession.id}`;
    await expectRejected(401, "session-refused", () => exchange({ secret: lateSession.secret }));
    const endedSession = await a.openSession();
    const { json } = await exchange({ secret: endedSession.secret });
    await sql`update element_sessions set first_by = now() - interval '1 h' where id = ${endedSession.id}`;
    const renewedResponse = await exchange({ secret: json.next });
    expect(renewedResponse.status).toBe(200);
    await sql`update element_sessions set ends_at = now() - interval '1 s' where id = ${endedSession.id}`;
    await expectRejected(401, "session-refused", () =>
      exchange({ secret: renewedResponse.json.next }),
    );
  });

  it("spent last may come again within 30 seconds, and what was lost with it is dead", async () => {
    const { secret } = await a.openSession();
    const lostResponse = await exchange({ secret });
    const replayed = await expectTokenCalls(1, () => exchange({ secret }));
    expect(replayed.status).toBe(200);
    expect(replayed.json.token).not.toBe(lostResponse.json.token);
    expect((await exchange({ secret: replayed.json.next })).status).toBe(200);
    // Whoever shows the lost one now did not get it from an answer that was lost.
    await expectRejected(401, "session-refused", () =>
      exchange({ secret: lostResponse.json.next }),
    );
    await expectRejected(401, "session-refused", () => exchange({ secret: replayed.json.next }));
  });

  it("spent longer ago ends the session when it comes again, and is audited", async () => {
    const { secret, id } = await a.openSession();
    const first = await exchange({ secret });
    await sql`update element_sessions set turned_at = now() - interval '31 s' where id = ${id}`;
    await expectRejected(401, "session-refused", () => exchange({ secret }));
    await expectRejected(401, "session-refused", () => exchange({ secret: first.json.next }));
    const rows = await sql`select 1 from audit_events
      where details->>'sessionId' = ${id} and action = 'element_session.ended'`;
    expect(rows).toHaveLength(1);
  });

  it("spent before the last ends the session even at once", async () => {
    const { secret } = await a.openSession();
    const first = await exchange({ secret });
    const second = await exchange({ secret: first.json.next });
    await expectRejected(401, "session-refused", () => exchange({ secret }));
    await expectRejected(401, "session-refused", () => exchange({ secret: second.json.next }));
  });

  it("shown by two at once leaves one chain and no more", async () => {
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

  it("is forgotten a day after its session's end", async () => {
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
  ])("that is not on the list is 403: %s", async (origin) => {
    const { secret } = await a.openSession();
    const response = await expectRejected(403, "origin-refused", () =>
      exchange({ secret }, origin),
    );
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("that is missing is 403", async () => {
    const { secret } = await a.openSession();
    await expectRejected(403, "origin-refused", () => exchange({ secret }, null));
  });

  it("may be any subdomain where that was chosen", async () => {
    const { secret } = await a.openSession();
    const response = await exchange({ secret }, "https://north.desk.clinic.example.org");
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(
      "https://north.desk.clinic.example.org",
    );
  });

  it("of another tenant's placement is not this one's", async () => {
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

  it("is tied to the session by the first exchange", async () => {
    const { secret } = await a.openSession();
    const first = await exchange({ secret });
    await expectRejected(403, "origin-refused", () =>
      exchange({ secret: first.json.next }, "https://a.clinic.example.org"),
    );
    expect((await exchange({ secret: first.json.next })).status).toBe(200);
  });

  it.each(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain"])(
    "elsewhere cannot send a form: %s",
    async (type) => {
      const { secret } = await a.openSession();
      await expectRejected(403, "origin-refused", () =>
        exchange(JSON.stringify({ secret }), "https://evil.example", { "content-type": type }),
      );
    },
  );

  it("is told nothing, in a problem, when the database refuses the question", async () => {
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

  it("of the portal's own page is the second one alone", async () => {
    const { practiceId } = a;
    const { secret } = await createPortalElementSession(a.owner, { practiceId });
    await expectRejected(403, "origin-refused", () => exchange({ secret }));
    const response = await exchange({ secret }, "http://elements.localhost:3000");
    expect(response.status).toBe(200);
    expect(response.json).toMatchObject({ attributes: {}, theme: null });
  });
});

describe("what changed since the session was opened counts", () => {
  it("a placement that is off gives nothing, on again it goes on", async () => {
    const { secret } = await a.openSession();
    const switchedOff = await switchPlacement(a.owner, { placementId: a.placementId, isOn: false });
    expect(switchedOff.isOn).toBe(false);
    expect(Date.parse(switchedOff.tokensExpireAt ?? "")).toBeGreaterThan(Date.now() + 25 * 60_000);
    const response = await expectRejected(403, "placement-off", () => exchange({ secret }));
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: true });
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("a token that Hero gave while the switch was thrown is not handed on", async () => {
    const { secret } = await a.openSession();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, delayMs: 400 });
    const pendingExchange = exchange({ secret });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: false });
    const response = await pendingExchange;
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: true });
    expect({ status: response.status, type: problemType(response) }).toEqual({
      status: 403,
      type: "placement-off",
    });
    expect(response.text).not.toContain("eyJ");
  });

  it("a revoked key's sessions end", async () => {
    const { key, view } = await createApiKey(a.owner, {
      name: "Lost",
      permissions: ["element_sessions.create"],
    });
    const { placementId, practiceGroupId } = a;
    const created = await requestSession(key, { placementId, practiceGroupId });
    await revokeApiKey(a.owner, { apiKeyId: view.id });
    await expectRejected(401, "session-refused", () => exchange({ secret: created.json.secret }));
  });

  it("so do those of somebody who may not any more", async () => {
    const operator = await a.tenant.asRole("operator");
    const { secret } = await createPortalElementSession(operator, { practiceId: a.practiceId });
    const userId = operator.actor.kind === "person" ? operator.actor.userId : "";
    await sql`update memberships set role = 'viewer' where user_id = ${userId}`;
    await expectRejected(401, "session-refused", () =>
      exchange({ secret }, "http://elements.localhost:3000"),
    );
  });

  it("a practice that was taken off the list, or disconnected, is 403", async () => {
    const c = await createPlacementFixture("30297", "a");
    const other = await c.tenant.connect(
      await import("../support/hero").then(({ getSandboxPractice }) =>
        getSandboxPractice("30298", "a"),
      ),
    );
    const { secret } = await c.openSession();
    const placement = {
      placementId: c.placementId,
      name: "Messages",
      origins: ["https://app.example.org"],
      attributes: {},
    };
    await updatePlacement(c.owner, { ...placement, practiceIds: [other.id] });
    await expectRejected(403, "practice-refused", () => exchange({ secret }));
    await updatePlacement(c.owner, { ...placement, practiceIds: [other.id, c.practiceId] });
    expect((await exchange({ secret })).status).toBe(200);
    const second = await c.openSession();
    await disconnectPractice(c.owner, { practiceId: c.practiceId });
    await expectRejected(403, "practice-refused", () => exchange({ secret: second.secret }));
  });

  it("a session is judged by the moment, whatever a test's clock says", async () => {
    const { secret } = await a.openSession();
    const exchangeInput = { secret, origin: "https://app.example.org", requestId: "test" };
    const inAnHour = new Date(Date.now() + 60 * 60_000);
    await expect(exchangeElementSecret(exchangeInput, inAnHour)).rejects.toMatchObject({
      reason: "session-refused",
    });
  });
});
