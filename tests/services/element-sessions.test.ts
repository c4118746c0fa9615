import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import { elementGrant } from "@/server/schemas/element-sessions";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { createApiKey } from "@/server/services/api-keys/create";
import { listActivity } from "@/server/services/activity";
import {
  createElementSession,
  openElementSession,
} from "@/server/services/element-sessions/create";
import { exchangeElementSecret } from "@/server/services/element-sessions/exchange";
import { keepHouse } from "@/server/services/housekeeping";
import { switchPlacement, updatePlacement } from "@/server/services/placements/save";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectAsSuperuser } from "../setup/database";
import { askForSession, exchange, makePlaced, type Placed, preflight } from "../support/elements";
import { injectFault } from "../support/hero";

const sql = connectAsSuperuser();

let a: Placed;
let b: Placed;

beforeAll(async () => {
  a = await makePlaced("30297", "a");
  b = await makePlaced("30298", "a");
});

/** Hero is asked for this many tokens by what `work` does. */
async function minting<Result>(count: number, work: () => Promise<Result>): Promise<Result> {
  const before = (await a.countMints()) + (await b.countMints());
  const result = await work();
  expect((await a.countMints()) + (await b.countMints()) - before).toBe(count);
  return result;
}

const typeOf = ({ json }: { json: Record<string, unknown> }) => String(json.type).split("/").at(-1);
const claimsOf = (token: unknown): unknown =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());

const refused = async (
  status: number,
  type: string,
  work: () => Promise<Awaited<ReturnType<typeof exchange>>>,
) => {
  const answer = await minting(0, work);
  expect({ status: answer.status, type: typeOf(answer) }).toEqual({ status, type });
  expect(answer.text).not.toContain("hes_");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return answer;
};

describe("opening a session", () => {
  it("tells the secret once, keeps its hash, and leaves an audit row", async () => {
    const { secret, id, json } = await minting(0, () => a.open({ patientId: "881" }));
    expect(secret).toMatch(/^hes_[\w-]{43}$/);
    const left = (until: unknown) => (Date.parse(String(until)) - Date.now()) / 60_000;
    expect(left(json.expiresAt)).toBeCloseTo(15, 0);
    expect(left(json.endsAt)).toBeCloseTo(480, 0);
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
    const nobody = await askForSession(a.key, {
      placementId: randomUUID(),
      practiceGroupId: a.practiceGroupId,
    });
    for (const body of [
      { placementId: b.placementId, practiceGroupId: a.practiceGroupId },
      { placementId: b.placementId, practiceGroupId: b.practiceGroupId },
      { placementId: a.placementId, practiceGroupId: b.practiceGroupId },
    ]) {
      const answer = await askForSession(a.key, body);
      expect({ status: answer.status, text: answer.text }).toEqual({
        status: 404,
        text: nobody.text,
      });
    }
  });

  it("needs a key that may, and takes no field that it does not know", async () => {
    const body = { placementId: a.placementId, practiceGroupId: a.practiceGroupId };
    expect((await askForSession(undefined, body)).status).toBe(401);
    const { key } = await createApiKey(a.owner, { name: "Links", permissions: ["links.read"] });
    expect((await askForSession(key, body)).status).toBe(403);
    expect((await askForSession(a.key, { ...body, origin: "https://evil.example" })).status).toBe(
      400,
    );
  });

  it("is a server's by API and a person's in the portal, never the other way round", async () => {
    const { placementId, practiceGroupId, practiceId } = a;
    await expect(createElementSession(a.owner, { placementId, practiceGroupId })).rejects.toThrow(
      ForbiddenError,
    );
    for (const role of ["viewer", "auditor"] as const) {
      await expect(openElementSession(await a.tenant.asRole(role), { practiceId })).rejects.toThrow(
        ForbiddenError,
      );
    }
  });
});

describe("an exchange", () => {
  it("gives one token for the session's practice, what the server fixed, and the next secret", async () => {
    const { secret, id } = await a.open({ patientId: "881" });
    const answer = await minting(1, () => exchange({ secret }));
    expect(answer.status).toBe(200);
    expect(elementGrant.strict().parse(answer.json)).toEqual(answer.json);
    expect(answer.json).toMatchObject({
      practiceGroupId: "30297",
      env: "staging",
      attributes: { "patient-id": "881", "admin-id": "7" },
      theme: { font: { sans: "Inter, sans-serif" } },
      element: { tag: "hh-message-builder" },
    });
    expect(claimsOf(answer.json.token)).toMatchObject({ practice_group_id: "30297", partner: "a" });
    expect(answer.json.next).toMatch(/^hes_/);
    expect(answer.json.next).not.toBe(secret);
    expect(answer.json.expiresIn).toBeGreaterThan(1790);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "no-store",
      "access-control-allow-origin": "https://app.example.org",
      vary: "Origin",
    });
    const [row] = await sql`select details, action, actor_id from audit_events
      where details->>'sessionId' = ${id} and action = 'element_session.exchanged'`;
    expect(row).toMatchObject({
      actor_id: a.keyId,
      details: { turn: 1, origin: "https://app.example.org" },
    });
    const [all] = await sql`select string_agg(e::text, '') as text from audit_events e
      where tenant_id = ${a.owner.tenantId}`;
    expect(all?.text).not.toContain(String(answer.json.token));
  });

  it("a session's own member of staff goes before the placement's", async () => {
    const { secret } = await a.open({ adminId: "99" });
    const answer = await exchange({ secret });
    expect(answer.json.attributes).toEqual({ "admin-id": "99" });
  });

  it("goes on with the next secret for as long as the session lives", async () => {
    let { secret } = await a.open();
    for (let times = 0; times < 4; times++) {
      const answer = await exchange({ secret });
      expect(answer.status).toBe(200);
      secret = String(answer.json.next);
    }
  });

  it("c18, c24: parallel pages of two tenants get a token each, of their own practice, none shared", async () => {
    const sessions = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const side = at % 2 === 0 ? a : b;
        return { side, ...(await side.open()) };
      }),
    );
    const answers = await minting(20, () =>
      Promise.all(
        sessions.map(async ({ side, secret }) => ({ side, ...(await exchange({ secret })) })),
      ),
    );
    expect(new Set(answers.map(({ json }) => json.token)).size).toBe(20);
    for (const { side, json } of answers) {
      expect(claimsOf(json.token)).toMatchObject({ practice_group_id: side.practiceGroupId });
    }
  });

  it("leaves the secret good when Hero gives nothing", async () => {
    const { secret } = await a.open();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, status: 500 });
    const failed = await minting(1, () => exchange({ secret }));
    expect({ status: failed.status, type: typeOf(failed) }).toEqual({
      status: 502,
      type: "hero-failed",
    });
    expect(failed.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("past the session's share of the minute is 429 with Retry-After", async () => {
    let { secret } = await a.open();
    for (let times = 0; times < 6; times++) secret = String((await exchange({ secret })).json.next);
    const answer = await refused(429, "too-many-requests", () => exchange({ secret }));
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("c24: a secret", () => {
  it("that is missing, unknown or no secret at all is 401", async () => {
    const unknown = `hes_${"A".repeat(43)}`;
    for (const body of [{}, { secret: "" }, { secret: unknown }, { secret: "1' or '1'='1" }]) {
      await refused(401, "session-refused", () => exchange(body));
    }
  });

  it("comes in a body: one in the address is no secret", async () => {
    const { secret } = await a.open();
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
    for (const verb of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      expect(tokenRoute[verb](new Request(request.url)).status).toBe(405);
    }
  });

  it("is refused once the first exchange is late, and once the session is over", async () => {
    const late = await a.open();
    await sql`update element_sessions set first_by = now() - interval '1 s' where id = ${late.id}`;
    await refused(401, "session-refused", () => exchange({ secret: late.secret }));
    const over = await a.open();
    const { json } = await exchange({ secret: over.secret });
    await sql`update element_sessions set first_by = now() - interval '1 h' where id = ${over.id}`;
    const renewed = await exchange({ secret: json.next });
    expect(renewed.status).toBe(200);
    await sql`update element_sessions set ends_at = now() - interval '1 s' where id = ${over.id}`;
    await refused(401, "session-refused", () => exchange({ secret: renewed.json.next }));
  });

  it("spent last may come again within 30 seconds, and what was lost with it is dead", async () => {
    const { secret } = await a.open();
    const lost = await exchange({ secret });
    const again = await minting(1, () => exchange({ secret }));
    expect(again.status).toBe(200);
    expect(again.json.token).not.toBe(lost.json.token);
    expect((await exchange({ secret: again.json.next })).status).toBe(200);
    // Whoever shows the lost one now did not get it from an answer that was lost.
    await refused(401, "session-refused", () => exchange({ secret: lost.json.next }));
    await refused(401, "session-refused", () => exchange({ secret: again.json.next }));
  });

  it("spent longer ago ends the session when it comes again, and is audited", async () => {
    const { secret, id } = await a.open();
    const first = await exchange({ secret });
    await sql`update element_sessions set turned_at = now() - interval '31 s' where id = ${id}`;
    await refused(401, "session-refused", () => exchange({ secret }));
    await refused(401, "session-refused", () => exchange({ secret: first.json.next }));
    const rows = await sql`select 1 from audit_events
      where details->>'sessionId' = ${id} and action = 'element_session.ended'`;
    expect(rows).toHaveLength(1);
  });

  it("spent before the last ends the session even at once", async () => {
    const { secret } = await a.open();
    const first = await exchange({ secret });
    const second = await exchange({ secret: first.json.next });
    await refused(401, "session-refused", () => exchange({ secret }));
    await refused(401, "session-refused", () => exchange({ secret: second.json.next }));
  });

  it("shown by two at once leaves one chain and no more", async () => {
    const { secret } = await a.open();
    const answers = await minting(2, () =>
      Promise.all([exchange({ secret }), exchange({ secret })]),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const nexts = answers.map(({ json }) => json.next);
    const results: number[] = [];
    for (const next of nexts) results.push((await exchange({ secret: next })).status);
    expect(results).toContain(401);
    expect(results.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it("is forgotten a day after its session's end", async () => {
    const { id } = await a.open();
    await sql`update element_sessions set ends_at = now() - interval '25 h' where id = ${id}`;
    await keepHouse();
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
    const { secret } = await a.open();
    const answer = await refused(403, "origin-refused", () => exchange({ secret }, origin));
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("that is missing is 403", async () => {
    const { secret } = await a.open();
    await refused(403, "origin-refused", () => exchange({ secret }, null));
  });

  it("may be any subdomain where that was chosen", async () => {
    const { secret } = await a.open();
    const answer = await exchange({ secret }, "https://north.desk.clinic.example.org");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(
      "https://north.desk.clinic.example.org",
    );
  });

  it("of another tenant's placement is not this one's", async () => {
    const theirs = "https://theirs.example.org";
    await updatePlacement(b.owner, {
      placementId: b.placementId,
      name: "Messages",
      practiceIds: [b.practiceId],
      origins: [theirs, "https://app.example.org"],
      attributes: {},
    });
    const { secret } = await a.open();
    await refused(403, "origin-refused", () => exchange({ secret }, theirs));
  });

  it("is tied to the session by the first exchange", async () => {
    const { secret } = await a.open();
    const first = await exchange({ secret });
    await refused(403, "origin-refused", () =>
      exchange({ secret: first.json.next }, "https://a.clinic.example.org"),
    );
    expect((await exchange({ secret: first.json.next })).status).toBe(200);
  });

  it.each(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain"])(
    "elsewhere cannot send a form: %s",
    async (type) => {
      const { secret } = await a.open();
      await refused(403, "origin-refused", () =>
        exchange(JSON.stringify({ secret }), "https://evil.example", { "content-type": type }),
      );
    },
  );

  it("is told nothing, in a problem, when the database refuses the question", async () => {
    await sql`revoke execute on function is_placement_origin(text[]) from portal_app`;
    try {
      const answer = await preflight("https://app.example.org");
      expect(answer.status).toBe(500);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    } finally {
      await sql`grant execute on function is_placement_origin(text[]) to portal_app`;
    }
    expect((await preflight("https://app.example.org")).status).toBe(204);
  });

  it("of the portal's own page is the second one alone", async () => {
    const { practiceId } = a;
    const { secret } = await openElementSession(a.owner, { practiceId });
    await refused(403, "origin-refused", () => exchange({ secret }));
    const answer = await exchange({ secret }, "http://elements.localhost:3000");
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ attributes: {}, theme: null });
  });
});

describe("what changed since the session was opened counts", () => {
  it("a placement that is off gives nothing, on again it goes on", async () => {
    const { secret } = await a.open();
    const off = await switchPlacement(a.owner, { placementId: a.placementId, isOn: false });
    expect(off.isOn).toBe(false);
    expect(Date.parse(off.tokensOutUntil ?? "")).toBeGreaterThan(Date.now() + 25 * 60_000);
    const answer = await refused(403, "placement-off", () => exchange({ secret }));
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: true });
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("a token that Hero gave while the switch was thrown is not handed on", async () => {
    const { secret } = await a.open();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, delayMs: 400 });
    const asking = exchange({ secret });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: false });
    const answer = await asking;
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: true });
    expect({ status: answer.status, type: typeOf(answer) }).toEqual({
      status: 403,
      type: "placement-off",
    });
    expect(answer.text).not.toContain("eyJ");
  });

  it("a revoked key's sessions end", async () => {
    const { key, view } = await createApiKey(a.owner, {
      name: "Lost",
      permissions: ["element_sessions.create"],
    });
    const { placementId, practiceGroupId } = a;
    const made = await askForSession(key, { placementId, practiceGroupId });
    await revokeApiKey(a.owner, { apiKeyId: view.id });
    await refused(401, "session-refused", () => exchange({ secret: made.json.secret }));
  });

  it("so do those of somebody who may not any more", async () => {
    const operator = await a.tenant.asRole("operator");
    const { secret } = await openElementSession(operator, { practiceId: a.practiceId });
    const userId = operator.actor.kind === "person" ? operator.actor.userId : "";
    await sql`update memberships set role = 'viewer' where user_id = ${userId}`;
    await refused(401, "session-refused", () =>
      exchange({ secret }, "http://elements.localhost:3000"),
    );
  });

  it("a practice that was taken off the list, or disconnected, is 403", async () => {
    const c = await makePlaced("30297", "a");
    const other = await c.tenant.connect(
      await import("../support/hero").then(({ findPractice }) => findPractice("30298", "a")),
    );
    const { secret } = await c.open();
    const placement = {
      placementId: c.placementId,
      name: "Messages",
      origins: ["https://app.example.org"],
      attributes: {},
    };
    await updatePlacement(c.owner, { ...placement, practiceIds: [other.id] });
    await refused(403, "practice-refused", () => exchange({ secret }));
    await updatePlacement(c.owner, { ...placement, practiceIds: [other.id, c.practiceId] });
    expect((await exchange({ secret })).status).toBe(200);
    const second = await c.open();
    await disconnectPractice(c.owner, { practiceId: c.practiceId });
    await refused(403, "practice-refused", () => exchange({ secret: second.secret }));
  });

  it("a session is judged by the moment, whatever a test's clock says", async () => {
    const { secret } = await a.open();
    const given = { secret, origin: "https://app.example.org", requestId: "test" };
    const inAnHour = new Date(Date.now() + 60 * 60_000);
    await expect(exchangeElementSecret(given, inAnHour)).rejects.toMatchObject({
      reason: "session-refused",
    });
  });
});
