import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import type { AccountContext } from "@/server/services/accounts/events";
import {
  endMyOtherSessions,
  endMySession,
  getMyAccount,
  listMySessions,
} from "@/server/services/accounts/me";
import { createSession } from "@/server/services/accounts/sessions";
import { runHousekeeping } from "@/server/services/housekeeping";
import { findLiveSession } from "@/server/tenancy/session";
import { connectAsSuperuser } from "../../setup/database";
import { createPerson, createTenant } from "../../support/tenants";

const superuser = connectAsSuperuser();

/** A person as in a request, with their browser. */
async function signInFromBrowser() {
  const person = await createPerson();
  const session = await findLiveSession(person.token);
  if (!session) throw new Error("No session.");
  const ctx: AccountContext = {
    requestId: randomUUID(),
    clientAddress: "test",
    userId: person.id,
    sessionId: session.id,
    name: person.name,
    email: person.email,
  };
  return { person, ctx };
}

describe("c16: a person's sessions", () => {
  it("sessions are listed with the browser, latest first and without tokens", async () => {
    const { person, ctx } = await signInFromBrowser();
    const other = await createSession(person.id, { userAgent: `Phone ${"x".repeat(500)}` });
    const views = await listMySessions(ctx);
    expect(views.map(({ userAgent, isCurrent }) => [userAgent?.slice(0, 5), isCurrent])).toEqual([
      ["Phone", false],
      ["Test ", true],
    ]);
    expect(views[0]?.userAgent).toHaveLength(200);
    const text = JSON.stringify(views);
    for (const token of [person.token, other.token]) expect(text).not.toContain(token);
    expect(Object.keys(views[0] ?? {}).sort()).toEqual([
      "createdAt",
      "id",
      "isCurrent",
      "lastSeenAt",
      "userAgent",
    ]);
  });

  it("sessions end one at a time, at once, with a row in the account's log", async () => {
    const { person, ctx } = await signInFromBrowser();
    const other = await createSession(person.id, { userAgent: null });
    const otherId = (await findLiveSession(other.token))?.id ?? "";
    expect(await endMySession(ctx, { sessionId: otherId })).toBeNull();
    expect(await findLiveSession(other.token)).toBeNull();
    expect(await findLiveSession(person.token)).not.toBeNull();
    await expect(endMySession(ctx, { sessionId: otherId })).rejects.toThrow(NotFoundError);
    const events = await superuser`
      select action, request_id from account_events where user_id = ${person.id}`;
    expect(events).toEqual([{ action: "session_ended", request_id: ctx.requestId }]);
  });

  it("all other sessions end together, and the current one stays", async () => {
    const { person, ctx } = await signInFromBrowser();
    const others = await Promise.all(
      [1, 2, 3].map(() => createSession(person.id, { userAgent: null })),
    );
    await endMyOtherSessions(ctx);
    for (const { token } of others) expect(await findLiveSession(token)).toBeNull();
    expect((await listMySessions(ctx)).map(({ id }) => id)).toEqual([ctx.sessionId]);
  });

  it("c1: another person's session is not found, in the same words as an unknown one", async () => {
    const own = await signInFromBrowser();
    const others = await signInFromBrowser();
    const foreign = await endMySession(own.ctx, { sessionId: others.ctx.sessionId }).catch(
      (error: unknown) => error,
    );
    const absent = await endMySession(own.ctx, { sessionId: randomUUID() }).catch(
      (error: unknown) => error,
    );
    expect(foreign).toBeInstanceOf(NotFoundError);
    expect(foreign).toEqual(absent);
    await endMyOtherSessions(own.ctx);
    expect(await findLiveSession(others.person.token)).not.toBeNull();
    expect((await listMySessions(own.ctx)).map(({ id }) => id)).toEqual([own.ctx.sessionId]);
  });

  it("every session has its own token, and none is stored", async () => {
    const { person } = await signInFromBrowser();
    const sessions = await Promise.all(
      Array.from({ length: 20 }, () => createSession(person.id, { userAgent: null })),
    );
    expect(new Set(sessions.map(({ token }) => token)).size).toBe(20);
    const storedRows = JSON.stringify(await superuser`select * from sessions`);
    for (const { token } of sessions) expect(storedRows).not.toContain(token);
  });

  it("housekeeping deletes ended sessions only", async () => {
    const { person, ctx } = await signInFromBrowser();
    const endedSession = await createSession(
      person.id,
      { userAgent: null },
      new Date(Date.now() - 13 * 3_600_000),
    );
    expect(await findLiveSession(endedSession.token)).toBeNull();
    expect((await listMySessions(ctx)).map(({ id }) => id)).toEqual([ctx.sessionId]);
    await runHousekeeping();
    const rows = await superuser`select id from sessions where user_id = ${person.id}`;
    expect(rows.map(({ id }) => id)).toEqual([ctx.sessionId]);
  });
});

describe("my account", () => {
  it("c1: an account lists its own organisations only", async () => {
    const tenant = await createTenant("Ours Ltd");
    await createTenant("Theirs Ltd");
    const { ctx } = await signInFromBrowser();
    const view = await getMyAccount({ ...ctx, userId: tenant.owner.id });
    expect(view.organisations).toEqual([{ slug: tenant.slug, name: "Ours Ltd", role: "owner" }]);
    expect((await getMyAccount(ctx)).organisations).toEqual([]);
    expect(view.environments).toEqual(["sandbox", "staging", "production"]);
  });
});
