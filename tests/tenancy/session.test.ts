import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { memberships } from "@/db/schema/organisations";
import { sessionCookieName } from "@/server/auth/cookie";
import { NotFoundError, UnauthenticatedError } from "@/server/errors";
import { createSession, endSessionByToken } from "@/server/services/accounts/sessions";
import { createOrganisation } from "@/server/services/organisations";
import {
  maxSessionHours,
  findLiveSession,
  idleTimeoutMinutes,
  resolveTenantContext,
} from "@/server/tenancy/session";
import { createPortalContext, readBrowserRequest } from "@/server/trpc/context";
import { connectAsSuperuser } from "../setup/database";
import { createTenantPair, createPerson, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const minuteMs = 60_000;

let ownTenant: TestTenant;
let otherTenant: TestTenant;

beforeAll(async () => {
  ({ first: ownTenant, second: otherTenant } = await createTenantPair());
});

const resolveContext = (
  token: string | undefined,
  tenant: string,
  environment = "sandbox",
  now = new Date(),
) => resolveTenantContext(token, { tenant, environment }, randomUUID(), now);

const rejectionOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "let in",
    (error: unknown) => error,
  );

describe("resolving a tenant context", () => {
  it("a member gets a context with their role", async () => {
    const found = await resolveContext(ownTenant.owner.token, ownTenant.slug, "staging");
    expect(found).toMatchObject({
      tenantName: ownTenant.name,
      role: "owner",
      tenant: {
        environment: "staging",
        actor: { userId: ownTenant.owner.id, email: ownTenant.owner.email },
      },
    });
  });

  it("c1: a non-member, an unknown tenant and an unknown environment get the same error", async () => {
    const rejections = await Promise.all(
      [
        resolveContext(otherTenant.owner.token, ownTenant.slug),
        resolveContext(ownTenant.owner.token, otherTenant.slug),
        resolveContext(ownTenant.owner.token, `absent-${randomUUID()}`),
        resolveContext(ownTenant.owner.token, ownTenant.slug, "test"),
        resolveContext(otherTenant.owner.token, ownTenant.slug, "test"),
        resolveContext(ownTenant.owner.token, "absent", "test"),
      ].map(rejectionOf),
    );
    for (const rejection of rejections) {
      expect(rejection).toBeInstanceOf(NotFoundError);
      expect(rejection).toEqual(rejections[0]);
    }
  });

  it.each([
    ...["", "Sandbox", "SANDBOX", "sandbox ", "sandbox/", "sand", "prod", "null", "undefined"],
    ...["constructor", "__proto__", "toString", "0", "*", "sandbox,production"],
  ])("c3: there is no environment %j", async (environment) => {
    await expect(
      resolveContext(ownTenant.owner.token, ownTenant.slug, environment),
    ).rejects.toThrow(NotFoundError);
  });

  it("a tenant is found by its whole short name only", async () => {
    for (const slug of [
      "",
      "%",
      "_".repeat(ownTenant.slug.length),
      ownTenant.slug.toUpperCase(),
      `${ownTenant.slug} `,
      ownTenant.slug.slice(0, -1),
      `${ownTenant.slug}' or '1'='1`,
      `${ownTenant.slug}\u0000`.replace("\u0000", "\\0"),
    ]) {
      await expect(resolveContext(ownTenant.owner.token, slug), slug).rejects.toThrow(
        NotFoundError,
      );
    }
  });

  it.each([undefined, "", "x", "A".repeat(43), "\u{1f600}", "A".repeat(100_000)])(
    "c16: a sign-in is required without a valid session: %s",
    async (token) => {
      for (const slug of [ownTenant.slug, "absent"]) {
        await expect(resolveContext(token, slug)).rejects.toThrow(UnauthenticatedError);
        await expect(resolveContext(token, slug, "test")).rejects.toThrow(UnauthenticatedError);
      }
    },
  );

  it("c15: a person in two organisations has their role of each", async () => {
    const memberOfBoth = await createPerson("Both Sides");
    const slug = `t${randomUUID().slice(0, 8)}`;
    const person = {
      ...memberOfBoth,
      userId: memberOfBoth.id,
      sessionId: randomUUID(),
      requestId: randomUUID(),
      clientAddress: "test",
    };
    await createOrganisation(person, { name: "Their own", slug });
    const { tenant } = await resolveContext(ownTenant.owner.token, ownTenant.slug);
    await db.tenant(tenant, (tx) =>
      tx
        .insert(memberships)
        .values({ tenantId: tenant.tenantId, userId: memberOfBoth.id, role: "viewer" }),
    );
    expect((await resolveContext(memberOfBoth.token, slug)).role).toBe("owner");
    expect((await resolveContext(memberOfBoth.token, ownTenant.slug)).role).toBe("viewer");
    expect((await resolveContext(memberOfBoth.token, ownTenant.slug)).tenant.tenantId).toBe(
      tenant.tenantId,
    );

    await superuser`delete from memberships where user_id = ${memberOfBoth.id} and role = 'viewer'`;
    await expect(resolveContext(memberOfBoth.token, ownTenant.slug)).rejects.toThrow(NotFoundError);
    expect((await resolveContext(memberOfBoth.token, slug)).role).toBe("owner");
  });
});

describe("c1: the scope of a call", () => {
  it("the scope comes from the path, whatever else names a tenant", async () => {
    const { tenant: ownCtx } = await resolveContext(ownTenant.owner.token, ownTenant.slug);
    const { tenant: otherCtx } = await resolveContext(otherTenant.owner.token, otherTenant.slug);
    const headers = new Headers({
      cookie: `tenant=${otherTenant.slug}; ${sessionCookieName()}=${ownTenant.owner.token}; environment=production`,
      host: `${otherTenant.slug}.example`,
      referer: `http://localhost:3000/${otherTenant.slug}/production`,
      "x-tenant-id": otherCtx.tenantId,
      "x-team-id": otherCtx.tenantId,
      "x-organisation": otherTenant.slug,
      "x-environment": "production",
      "x-forwarded-host": otherTenant.slug,
      "x-user-id": otherTenant.owner.id,
    });
    const call = await createPortalContext(readBrowserRequest(headers), {
      tenant: ownTenant.slug,
      environment: "sandbox",
    });
    expect(call.tenant).toMatchObject({
      tenantId: ownCtx.tenantId,
      environment: "sandbox",
      actor: { userId: ownTenant.owner.id },
    });
    const otherScope = { tenant: otherTenant.slug, environment: "sandbox" };
    await expect(createPortalContext(readBrowserRequest(headers), otherScope)).rejects.toThrow(
      NotFoundError,
    );
  });

  it("the session comes from its own cookie only", async () => {
    const name = sessionCookieName();
    const { token } = ownTenant.owner;
    const tokenOf = (cookie: string) => readBrowserRequest(new Headers({ cookie })).sessionToken;
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
    const bearerHeaders = new Headers({ authorization: `Bearer ${token}`, "x-session": token });
    expect(readBrowserRequest(bearerHeaders).sessionToken).toBeUndefined();
  });
});

describe("c16: a session", () => {
  const startTime = new Date("2026-11-20T08:00:00Z");
  const minutesLater = (minutes: number) => new Date(startTime.getTime() + minutes * minuteMs);
  const createTestSession = async () =>
    (await createSession(ownTenant.owner.id, { userAgent: null }, startTime)).token;

  it("a session expires an hour after the last request", async () => {
    const token = await createTestSession();
    expect(await findLiveSession(token, minutesLater(idleTimeoutMinutes - 1))).not.toBeNull();
    expect(await findLiveSession(token, minutesLater(2 * idleTimeoutMinutes - 2))).not.toBeNull();
    expect(await findLiveSession(token, minutesLater(3 * idleTimeoutMinutes - 1))).toBeNull();
    // A request within the older limit does not revive it.
    await expect(
      resolveContext(token, ownTenant.slug, "sandbox", minutesLater(3 * idleTimeoutMinutes - 1)),
    ).rejects.toThrow(UnauthenticatedError);
  });

  it("a session is not idle while requests arrive, nor longer than its limit", async () => {
    const token = await createTestSession();
    expect(await findLiveSession(token, minutesLater(idleTimeoutMinutes))).toBeNull();
    expect(await findLiveSession(token, minutesLater(idleTimeoutMinutes - 0.01))).not.toBeNull();
  });

  it("a session expires after twelve hours of use", async () => {
    const token = await createTestSession();
    for (let minutes = 0; minutes < maxSessionHours * 60; minutes += 50) {
      expect(
        await findLiveSession(token, minutesLater(minutes)),
        `${minutes} minutes`,
      ).not.toBeNull();
    }
    expect(await findLiveSession(token, minutesLater(maxSessionHours * 60 - 1))).not.toBeNull();
    expect(await findLiveSession(token, minutesLater(maxSessionHours * 60))).toBeNull();
    expect(maxSessionHours).toBeLessThanOrEqual(12);
    expect(idleTimeoutMinutes).toBeLessThanOrEqual(60);
  });

  it("a session without its row is rejected on the next request", async () => {
    const { token } = await createSession(ownTenant.owner.id, { userAgent: null });
    expect((await resolveContext(token, ownTenant.slug)).role).toBe("owner");
    await endSessionByToken(token);
    await expect(resolveContext(token, ownTenant.slug)).rejects.toThrow(UnauthenticatedError);
    expect(await findLiveSession(token)).toBeNull();
    await endSessionByToken(token);
  });

  it("a disabled person's session is rejected on the next request", async () => {
    const person = await createPerson();
    expect(await findLiveSession(person.token)).not.toBeNull();
    await superuser`update users set disabled_at = now() where id = ${person.id}`;
    expect(await findLiveSession(person.token)).toBeNull();
    await expect(resolveContext(person.token, ownTenant.slug)).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  it("a session is stored as a hash, which cannot be used as a token", async () => {
    const { token } = await createSession(ownTenant.owner.id, { userAgent: null });
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
