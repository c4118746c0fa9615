import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { memberships } from "@/db/schema/organisations";
import { sessionCookieName } from "@/server/auth/cookie";
import { NotFoundError, UnauthenticatedError } from "@/server/errors";
import { createSession, endSessionOfToken } from "@/server/services/accounts/sessions";
import { createOrganisation } from "@/server/services/organisations";
import {
  absoluteHours,
  findLiveSession,
  idleMinutes,
  openTenantContext,
} from "@/server/tenancy/context";
import { openPortalCall, readRequest } from "@/server/trpc/context";
import { connectAsSuperuser } from "../setup/database";
import { makeLookAlikes, makePerson, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const minute = 60_000;

let ours: TestTenant;
let theirs: TestTenant;

beforeAll(async () => {
  ({ ours, theirs } = await makeLookAlikes());
});

const enter = (
  token: string | undefined,
  tenant: string,
  environment = "sandbox",
  now = new Date(),
) => openTenantContext(token, { tenant, environment }, randomUUID(), now);

const refusalOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "let in",
    (error: unknown) => error,
  );

describe("the gate", () => {
  it("lets a member in and says in what role", async () => {
    const found = await enter(ours.owner.token, ours.slug, "staging");
    expect(found).toMatchObject({
      tenantName: ours.name,
      role: "owner",
      ctx: { environment: "staging", actor: { userId: ours.owner.id, email: ours.owner.email } },
    });
  });

  it("c1: answers a stranger, an absent tenant and an absent environment alike", async () => {
    const refusals = await Promise.all(
      [
        enter(theirs.owner.token, ours.slug),
        enter(ours.owner.token, theirs.slug),
        enter(ours.owner.token, `absent-${randomUUID()}`),
        enter(ours.owner.token, ours.slug, "test"),
        enter(theirs.owner.token, ours.slug, "test"),
        enter(ours.owner.token, "absent", "test"),
      ].map(refusalOf),
    );
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(NotFoundError);
      expect(refusal).toEqual(refusals[0]);
    }
  });

  it.each([
    ...["", "Sandbox", "SANDBOX", "sandbox ", "sandbox/", "sand", "prod", "null", "undefined"],
    ...["constructor", "__proto__", "toString", "0", "*", "sandbox,production"],
  ])("c3: knows no environment called %j", async (environment) => {
    await expect(enter(ours.owner.token, ours.slug, environment)).rejects.toThrow(NotFoundError);
  });

  it("knows a tenant by the whole of its short name only", async () => {
    for (const slug of [
      "",
      "%",
      "_".repeat(ours.slug.length),
      ours.slug.toUpperCase(),
      `${ours.slug} `,
      ours.slug.slice(0, -1),
      `${ours.slug}' or '1'='1`,
      `${ours.slug}\u0000`.replace("\u0000", "\\0"),
    ]) {
      await expect(enter(ours.owner.token, slug), slug).rejects.toThrow(NotFoundError);
    }
  });

  it.each([undefined, "", "x", "A".repeat(43), "\u{1f600}", "A".repeat(100_000)])(
    "c16: asks for a sign-in without a living session: %s",
    async (token) => {
      for (const slug of [ours.slug, "absent"]) {
        await expect(enter(token, slug)).rejects.toThrow(UnauthenticatedError);
        await expect(enter(token, slug, "test")).rejects.toThrow(UnauthenticatedError);
      }
    },
  );

  it("c15: gives a person of two organisations the role they have in each", async () => {
    const both = await makePerson("Both Sides");
    const slug = `t${randomUUID().slice(0, 8)}`;
    const person = {
      ...both,
      userId: both.id,
      sessionId: randomUUID(),
      requestId: randomUUID(),
      clientAddress: "test",
    };
    await createOrganisation(person, { name: "Their own", slug });
    const { ctx } = await enter(ours.owner.token, ours.slug);
    await db.tenant(ctx, (tx) =>
      tx.insert(memberships).values({ tenantId: ctx.tenantId, userId: both.id, role: "viewer" }),
    );
    expect((await enter(both.token, slug)).role).toBe("owner");
    expect((await enter(both.token, ours.slug)).role).toBe("viewer");
    expect((await enter(both.token, ours.slug)).ctx.tenantId).toBe(ctx.tenantId);

    await superuser`delete from memberships where user_id = ${both.id} and role = 'viewer'`;
    await expect(enter(both.token, ours.slug)).rejects.toThrow(NotFoundError);
    expect((await enter(both.token, slug)).role).toBe("owner");
  });
});

describe("c1: the scope of a call", () => {
  it("comes from the path, whatever else names a tenant", async () => {
    const { ctx: mine } = await enter(ours.owner.token, ours.slug);
    const { ctx: foreign } = await enter(theirs.owner.token, theirs.slug);
    const headers = new Headers({
      cookie: `tenant=${theirs.slug}; ${sessionCookieName()}=${ours.owner.token}; environment=production`,
      host: `${theirs.slug}.example`,
      referer: `http://localhost:3000/${theirs.slug}/production`,
      "x-tenant-id": foreign.tenantId,
      "x-team-id": foreign.tenantId,
      "x-organisation": theirs.slug,
      "x-environment": "production",
      "x-forwarded-host": theirs.slug,
      "x-user-id": theirs.owner.id,
    });
    const call = await openPortalCall(readRequest(headers), {
      tenant: ours.slug,
      environment: "sandbox",
    });
    expect(call.ctx).toMatchObject({
      tenantId: mine.tenantId,
      environment: "sandbox",
      actor: { userId: ours.owner.id },
    });
    const elsewhere = { tenant: theirs.slug, environment: "sandbox" };
    await expect(openPortalCall(readRequest(headers), elsewhere)).rejects.toThrow(NotFoundError);
  });

  it("takes the session from its own cookie only", async () => {
    const name = sessionCookieName();
    const { token } = ours.owner;
    const tokenOf = (cookie: string) => readRequest(new Headers({ cookie })).sessionToken;
    expect(tokenOf(`a=b; ${name}=${token}`)).toBe(token);
    for (const cookie of [
      `x${name}=${token}`,
      `${name}x=${token}`,
      `a=${name}=${token}`,
      `${name.toUpperCase()}=${token}`,
      `authjs.session-token=${token}`,
      "",
    ]) {
      expect(tokenOf(cookie), cookie).toBeUndefined();
    }
    const bearer = new Headers({ authorization: `Bearer ${token}`, "x-session": token });
    expect(readRequest(bearer).sessionToken).toBeUndefined();
  });
});

describe("c16: a session", () => {
  const begin = new Date("2026-11-20T08:00:00Z");
  const after = (minutes: number) => new Date(begin.getTime() + minutes * minute);
  const start = async () => (await createSession(ours.owner.id, { userAgent: null }, begin)).token;

  it("ends an hour after the last request", async () => {
    const token = await start();
    expect(await findLiveSession(token, after(idleMinutes - 1))).not.toBeNull();
    expect(await findLiveSession(token, after(2 * idleMinutes - 2))).not.toBeNull();
    expect(await findLiveSession(token, after(3 * idleMinutes - 1))).toBeNull();
    // Coming back in time for the one before does not wake it.
    await expect(enter(token, ours.slug, "sandbox", after(3 * idleMinutes - 1))).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  it("is not idle for requests within the minute, nor longer lived than said", async () => {
    const token = await start();
    expect(await findLiveSession(token, after(idleMinutes))).toBeNull();
    expect(await findLiveSession(token, after(idleMinutes - 0.01))).not.toBeNull();
  });

  it("ends after twelve hours however busy it is", async () => {
    const token = await start();
    for (let at = 0; at < absoluteHours * 60; at += 50) {
      expect(await findLiveSession(token, after(at)), `${at} minutes`).not.toBeNull();
    }
    expect(await findLiveSession(token, after(absoluteHours * 60 - 1))).not.toBeNull();
    expect(await findLiveSession(token, after(absoluteHours * 60))).toBeNull();
    expect(absoluteHours).toBeLessThanOrEqual(12);
    expect(idleMinutes).toBeLessThanOrEqual(60);
  });

  it("is refused on the very next request once its row is gone", async () => {
    const { token } = await createSession(ours.owner.id, { userAgent: null });
    expect((await enter(token, ours.slug)).role).toBe("owner");
    await endSessionOfToken(token);
    await expect(enter(token, ours.slug)).rejects.toThrow(UnauthenticatedError);
    expect(await findLiveSession(token)).toBeNull();
    await endSessionOfToken(token);
  });

  it("is refused on the very next request once its person is disabled", async () => {
    const person = await makePerson();
    expect(await findLiveSession(person.token)).not.toBeNull();
    await superuser`update users set disabled_at = now() where id = ${person.id}`;
    expect(await findLiveSession(person.token)).toBeNull();
    await expect(enter(person.token, ours.slug)).rejects.toThrow(UnauthenticatedError);
  });

  it("is kept as a hash: the row does not open anything", async () => {
    const { token } = await createSession(ours.owner.id, { userAgent: null });
    const rows = await superuser`select * from sessions`;
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const row of rows) {
      for (const value of [
        String(row.id),
        row.token_hash.toString("base64url"),
        row.token_hash.toString("hex"),
      ]) {
        expect(await findLiveSession(value)).toBeNull();
      }
    }
  });
});
