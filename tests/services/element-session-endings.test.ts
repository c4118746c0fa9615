import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { createApiKey } from "@/server/services/api-keys/create";
import { issueEmailToken } from "@/server/services/accounts/email-tokens";
import type { AccountContext } from "@/server/services/accounts/events";
import { endMyOtherSessions, endMySession } from "@/server/services/accounts/me";
import { resetPassword } from "@/server/services/accounts/reset-password";
import { createPortalElementSession } from "@/server/services/element-sessions/create";
import { exchangeElementSecret } from "@/server/services/element-sessions/exchange";
import { switchPlacement, updatePlacement } from "@/server/services/placements/save";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectAsSuperuser } from "../setup/database";
import {
  requestSession,
  exchange,
  createPlacementFixture,
  checkExchanges,
  problemType,
} from "../support/elements";
import { injectFault, getSandboxPractice } from "../support/hero";

const sql = connectAsSuperuser();
const a = await createPlacementFixture("30297", "a");
const { expectRejected } = checkExchanges(() => [a]);

describe("changes after an element session was opened", () => {
  it("a placement that is off issues no tokens, and does again when turned on", async () => {
    const opened = await a.openSession();
    const { next: secret } = (await exchange({ secret: opened.secret })).json;
    const switchedOff = await switchPlacement(a.owner, { placementId: a.placementId, isOn: false });
    expect(switchedOff.isOn).toBe(false);
    expect(Date.parse(switchedOff.tokensExpireAt ?? "")).toBeGreaterThan(Date.now() + 25 * 60_000);
    const response = await expectRejected(403, "placement-off", () => exchange({ secret }));
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example.org");
    await switchPlacement(a.owner, { placementId: a.placementId, isOn: true });
    expect((await exchange({ secret })).status).toBe(200);
  });

  it("a token that Hero issued while the placement was turned off is not returned", async () => {
    const { secret } = await a.openSession();
    const before = await a.countTokenCalls();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, delayMs: 1200 });
    const pendingExchange = exchange({ secret });
    await expect.poll(() => a.countTokenCalls()).toBe(before + 1);
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

  it("sessions of a person who lost the permission end", async () => {
    const operator = await a.tenant.asRole("operator");
    const { secret } = await createPortalElementSession(operator, { practiceId: a.practiceId });
    const userId = operator.actor.kind === "person" ? operator.actor.userId : "";
    await sql`update memberships set role = 'viewer' where user_id = ${userId}`;
    await expectRejected(401, "session-refused", () =>
      exchange({ secret }, "http://elements.localhost:3000"),
    );
  });

  const endings: Record<string, (userId: string, person: AccountContext) => Promise<unknown>> = {
    "is disabled": (userId) => sql`update users set disabled_at = now() where id = ${userId}`,
    "was disabled for a moment": async (userId) => {
      await sql`update users set disabled_at = now() where id = ${userId}`;
      await sql`update users set disabled_at = null where id = ${userId}`;
    },
    "is removed from the organisation": (userId) =>
      sql`delete from memberships where user_id = ${userId}`,
    "lost the permission": (userId) =>
      sql`update memberships set role = 'viewer' where user_id = ${userId}`,
    "chose a new password": async (userId, { requestId, clientAddress }) => {
      const token = await issueEmailToken(userId, "reset_password");
      const password = "entirely new and long";
      await resetPassword({ requestId, clientAddress }, { token, password });
    },
    "ended the session": (_, person) => endMySession(person, { sessionId: person.sessionId }),
    "ended the other sessions": (_, person) =>
      endMyOtherSessions({ ...person, sessionId: randomUUID() }),
    "has been signed in for too long": (userId) =>
      sql`update sessions set expires_at = now() where user_id = ${userId}`,
  };

  it.each(Object.entries(endings))(
    "C6: the element sessions of a person who %s end, and those of a colleague do not",
    async (_, end) => {
      const [person, colleague] = [
        await a.tenant.asRole("operator"),
        await a.tenant.asRole("operator"),
      ];
      if (person.actor.kind !== "person") throw new Error("Not a person.");
      const { userId, sessionId, name, email } = person.actor;
      const { practiceId } = a;
      const started = await createPortalElementSession(person, { practiceId });
      const unstarted = await createPortalElementSession(person, { practiceId });
      const other = await createPortalElementSession(colleague, { practiceId });
      const origin = "http://elements.localhost:3000";
      const { json } = await exchange({ secret: started.secret }, origin);
      await end(userId, {
        requestId: randomUUID(),
        clientAddress: "test",
        userId,
        sessionId,
        name,
        email,
      });
      for (const secret of [json.next, unstarted.secret]) {
        await expectRejected(401, "session-refused", () => exchange({ secret }, origin));
      }
      expect((await exchange({ secret: other.secret }, origin)).status).toBe(200);
    },
  );

  it("C6: a token that Hero issued while its creator was disabled is not returned", async () => {
    const person = await a.tenant.asRole("operator");
    const userId = person.actor.kind === "person" ? person.actor.userId : "";
    const { secret } = await createPortalElementSession(person, { practiceId: a.practiceId });
    const before = await a.countTokenCalls();
    await injectFault({ operation: "createAccessToken", key: a.heroKey, times: 1, delayMs: 1200 });
    const pendingExchange = exchange({ secret }, "http://elements.localhost:3000");
    await expect.poll(() => a.countTokenCalls()).toBe(before + 1);
    await sql`update users set disabled_at = now() where id = ${userId}`;
    expect((await pendingExchange).text).not.toContain("eyJ");
  });

  it("a removed or disconnected practice gets 403", async () => {
    const c = await createPlacementFixture("30297", "a");
    const other = await c.tenant.connect(await getSandboxPractice("30298", "a"));
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

  it("a session expires by the server's time, not a test's clock", async () => {
    const { secret } = await a.openSession();
    const exchangeInput = { secret, origin: "https://app.example.org", requestId: "test" };
    const inAnHour = new Date(Date.now() + 60 * 60_000);
    await expect(exchangeElementSecret(exchangeInput, inAnHour)).rejects.toMatchObject({
      code: "session-refused",
    });
  });
});
