import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ConflictError,
  ForbiddenError,
  NotFoundError,
  UnauthenticatedError,
} from "@/server/errors";
import { createApiKeyInput } from "@/server/schemas/api-keys";
import { listActivity } from "@/server/services/activity";
import { createApiKey } from "@/server/services/api-keys/create";
import { listApiKeys } from "@/server/services/api-keys/read";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import { openApiContext, type TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { makeLookAlikes } from "../support/tenants";

const sql = connectAsSuperuser();

let ours: TenantContext;
let theirs: TenantContext;
let tenants: Awaited<ReturnType<typeof makeLookAlikes>>;

beforeAll(async () => {
  tenants = await makeLookAlikes();
  ours = await tenants.ours.as();
  theirs = await tenants.theirs.as();
});

const make = (ctx = ours, name = "Letters server") =>
  createApiKey(ctx, { name, permissions: ["links.read", "links.create"] });

describe("making a key", () => {
  it("shows it once, keeps its hash alone and leaves an audit row", async () => {
    const { key, view } = await make();
    expect(key).toMatch(/^hpp_sandbox_[\w-]{43}$/);
    expect(view).toMatchObject({
      name: "Letters server",
      lastFour: key.slice(-4),
      permissions: ["links.read", "links.create"],
      createdBy: "Olive Owner",
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(JSON.stringify(await listApiKeys(ours))).not.toContain(key);
    const [row] =
      await sql`select *, encode(token_hash, 'escape') as hash from api_keys where id = ${view.id}`;
    expect(JSON.stringify(row)).not.toContain(key.slice(12, -4));
    const { items } = await listActivity(ours, { limit: 1 });
    expect(items).toMatchObject([
      {
        action: "Made a portal API key",
        actor: "Olive Owner",
        subject: { type: "api_key", id: view.id, label: "Letters server" },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it("is for owners, admins and developers", async () => {
    for (const role of ["admin", "developer"] as const) {
      const ctx = await tenants.ours.asRole(role);
      expect((await make(ctx, role)).view.name).toBe(role);
    }
    for (const role of ["operator", "viewer", "auditor"] as const) {
      const ctx = await tenants.ours.asRole(role);
      await expect(make(ctx)).rejects.toThrow(ForbiddenError);
      await expect(listApiKeys(ctx)).rejects.toThrow(ForbiddenError);
    }
  });

  it("is not for a key: it cannot make, see or revoke keys", async () => {
    const { key, view } = await make();
    const server = await openApiContext(key, "request");
    await expect(make(server)).rejects.toThrow(ForbiddenError);
    await expect(listApiKeys(server)).rejects.toThrow(ForbiddenError);
    await expect(revokeApiKey(server, { apiKeyId: view.id })).rejects.toThrow(ForbiddenError);
  });

  it("stops at a hundred that work, all of which are listed before the revoked ones", async () => {
    const tenant = (await makeLookAlikes()).ours;
    const ctx = await tenant.as();
    const { view: oldest } = await make(ctx, "Oldest");
    const rows = Array.from({ length: 299 }, (_, at) => ({
      tenant_id: ctx.tenantId,
      environment: "sandbox",
      id: randomUUID(),
      name: `Key ${at}`,
      token_hash: randomBytes(32),
      last_four: "abcd",
      permissions: ["links.read"],
      created_by: tenant.owner.id,
      revoked_at: at < 99 ? null : new Date(),
    }));
    await sql`insert into api_keys ${sql(rows)}`;
    await expect(make(ctx)).rejects.toThrow(ConflictError);
    const listed = await listApiKeys(ctx);
    expect(listed).toHaveLength(200);
    expect(listed.slice(0, 100).every(({ revokedAt }) => revokedAt === null)).toBe(true);
    expect(listed.map(({ id }) => id)).toContain(oldest.id);
    await revokeApiKey(ctx, { apiKeyId: oldest.id });
    expect((await make(ctx, "Instead")).view.name).toBe("Instead");
  });

  it("needs a name and something it may do", () => {
    expect(createApiKeyInput.safeParse({ name: " ", permissions: ["links.read"] }).success).toBe(
      false,
    );
    expect(createApiKeyInput.safeParse({ name: "x", permissions: [] }).success).toBe(false);
    expect(
      createApiKeyInput.safeParse({ name: "x", permissions: ["api_keys.manage"] }).success,
    ).toBe(false);
  });
});

describe("using a key", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is refused where its environment is no longer offered", async () => {
    const { key } = await make();
    vi.stubEnv("HERO_SANDBOX_URL", "");
    vi.resetModules();
    const fresh = await import("@/server/tenancy/context");
    await expect(fresh.openApiContext(key, "request")).rejects.toMatchObject({
      name: "UnauthenticatedError",
    });
  });

  it("opens its own tenant and environment with its own permissions", async () => {
    const { key, view } = await make();
    expect(await openApiContext(key, "request")).toEqual({
      tenantId: ours.tenantId,
      environment: "sandbox",
      requestId: "request",
      actor: {
        kind: "server",
        apiKeyId: view.id,
        name: "Letters server",
        permissions: ["links.read", "links.create"],
      },
    });
  });

  it("writes its last use at most once a minute", async () => {
    const { key, view } = await make();
    const lastUse = async () =>
      (await listApiKeys(ours)).find(({ id }) => id === view.id)?.lastUsedAt ?? null;
    expect(await lastUse()).toBeNull();
    const start = new Date("2026-11-01T10:00:00.000Z");
    const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
    await openApiContext(key, "request", start);
    expect(await lastUse()).toBe(start.toISOString());
    await openApiContext(key, "request", later(60));
    expect(await lastUse()).toBe(start.toISOString());
    await openApiContext(key, "request", later(61));
    expect(await lastUse()).toBe(later(61).toISOString());
  });

  it("ends at once when it is revoked, for good, and leaves one audit row", async () => {
    const { key, view } = await make();
    await openApiContext(key, "request");
    const revoked = await revokeApiKey(ours, { apiKeyId: view.id });
    expect(revoked.revokedAt).not.toBeNull();
    await expect(openApiContext(key, "request")).rejects.toThrow(UnauthenticatedError);
    expect(await revokeApiKey(ours, { apiKeyId: view.id })).toEqual(revoked);
    const { items } = await listActivity(ours, { limit: 50 });
    const rows = items.filter(
      ({ subject, action }) => subject.id === view.id && action === "Revoked a portal API key",
    );
    expect(rows).toHaveLength(1);
  });

  it("c1: another tenant neither sees nor revokes it", async () => {
    const { key, view } = await make();
    await expect(revokeApiKey(theirs, { apiKeyId: view.id })).rejects.toThrow(NotFoundError);
    expect((await listApiKeys(theirs)).map(({ id }) => id)).not.toContain(view.id);
    await openApiContext(key, "request");
  });

  it("c3: belongs to one environment", async () => {
    const staging = await tenants.ours.as("staging");
    const { view } = await make();
    expect(await listApiKeys(staging)).toEqual([]);
    await expect(revokeApiKey(staging, { apiKeyId: view.id })).rejects.toThrow(NotFoundError);
    const { key } = await make(staging, "Staging server");
    expect(key).toMatch(/^hpp_staging_/);
    expect((await openApiContext(key, "request")).environment).toBe("staging");
  });
});
