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
import { authenticateApiKey } from "@/server/tenancy/api-key";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { createTenantPair } from "../support/tenants";

const sql = connectAsSuperuser();

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let tenants: Awaited<ReturnType<typeof createTenantPair>>;

beforeAll(async () => {
  tenants = await createTenantPair();
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
});

const createKey = (ctx = ownCtx, name = "Letters server") =>
  createApiKey(ctx, { name, permissions: ["links.read", "links.create"] });

describe("creating an API key", () => {
  it("a new key is shown once, stored as a hash and audited", async () => {
    const { key, view } = await createKey();
    expect(key).toMatch(/^hpp_sandbox_[\w-]{43}$/);
    expect(view).toMatchObject({
      name: "Letters server",
      lastFour: key.slice(-4),
      permissions: ["links.read", "links.create"],
      createdBy: "Olive Owner",
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(JSON.stringify(await listApiKeys(ownCtx))).not.toContain(key);
    const [row] =
      await sql`select *, encode(token_hash, 'escape') as hash from api_keys where id = ${view.id}`;
    expect(JSON.stringify(row)).not.toContain(key.slice(12, -4));
    const { items } = await listActivity(ownCtx, { limit: 1 });
    expect(items).toMatchObject([
      {
        action: "Created an API key",
        actor: "Olive Owner",
        subject: { type: "api_key", id: view.id, label: "Letters server" },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it("only owners, admins and developers can create keys", async () => {
    for (const role of ["admin", "developer"] as const) {
      const ctx = await tenants.first.asRole(role);
      expect((await createKey(ctx, role)).view.name).toBe(role);
    }
    for (const role of ["operator", "viewer", "auditor"] as const) {
      const ctx = await tenants.first.asRole(role);
      await expect(createKey(ctx)).rejects.toThrow(ForbiddenError);
      await expect(listApiKeys(ctx)).rejects.toThrow(ForbiddenError);
    }
  });

  it("a key cannot create, list or revoke keys", async () => {
    const { key, view } = await createKey();
    const server = await authenticateApiKey(key, "request");
    await expect(createKey(server)).rejects.toThrow(ForbiddenError);
    await expect(listApiKeys(server)).rejects.toThrow(ForbiddenError);
    await expect(revokeApiKey(server, { apiKeyId: view.id })).rejects.toThrow(ForbiddenError);
  });

  it("an organisation can have a hundred active keys, listed before revoked ones", async () => {
    const tenant = (await createTenantPair()).first;
    const ctx = await tenant.asOwner();
    const { view: oldest } = await createKey(ctx, "Oldest");
    const rows = Array.from({ length: 299 }, (_, index) => ({
      tenant_id: ctx.tenantId,
      environment: "sandbox",
      id: randomUUID(),
      name: `Key ${index}`,
      token_hash: randomBytes(32),
      last_four: "abcd",
      permissions: ["links.read"],
      created_by: tenant.owner.id,
      revoked_at: index < 99 ? null : new Date(),
    }));
    await sql`insert into api_keys ${sql(rows)}`;
    await expect(createKey(ctx)).rejects.toThrow(ConflictError);
    const listed = await listApiKeys(ctx);
    expect(listed).toHaveLength(200);
    expect(listed.slice(0, 100).every(({ revokedAt }) => revokedAt === null)).toBe(true);
    expect(listed.map(({ id }) => id)).toContain(oldest.id);
    await revokeApiKey(ctx, { apiKeyId: oldest.id });
    expect((await createKey(ctx, "Instead")).view.name).toBe("Instead");
  });

  it("a key needs a name and a permission", () => {
    expect(createApiKeyInput.safeParse({ name: " ", permissions: ["links.read"] }).success).toBe(
      false,
    );
    expect(createApiKeyInput.safeParse({ name: "x", permissions: [] }).success).toBe(false);
    expect(
      createApiKeyInput.safeParse({ name: "x", permissions: ["api_keys.manage"] }).success,
    ).toBe(false);
  });
});

describe("using an API key", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("a key is rejected when its environment is no longer offered", async () => {
    const { key } = await createKey();
    vi.stubEnv("HERO_SANDBOX_URL", "");
    vi.resetModules();
    const freshModule = await import("@/server/tenancy/api-key");
    await expect(freshModule.authenticateApiKey(key, "request")).rejects.toMatchObject({
      name: "UnauthenticatedError",
    });
  });

  it("a key gives access to its own tenant and environment with its own permissions", async () => {
    const { key, view } = await createKey();
    expect(await authenticateApiKey(key, "request")).toEqual({
      tenantId: ownCtx.tenantId,
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

  it("a key's last use is written at most once a minute", async () => {
    const { key, view } = await createKey();
    const lastUse = async () =>
      (await listApiKeys(ownCtx)).find(({ id }) => id === view.id)?.lastUsedAt ?? null;
    expect(await lastUse()).toBeNull();
    const start = new Date("2026-11-01T10:00:00.000Z");
    const secondsLater = (seconds: number) => new Date(start.getTime() + seconds * 1000);
    await authenticateApiKey(key, "request", start);
    expect(await lastUse()).toBe(start.toISOString());
    await authenticateApiKey(key, "request", secondsLater(60));
    expect(await lastUse()).toBe(start.toISOString());
    await authenticateApiKey(key, "request", secondsLater(61));
    expect(await lastUse()).toBe(secondsLater(61).toISOString());
  });

  it("a revoked key stops working at once and permanently, with one audit row", async () => {
    const { key, view } = await createKey();
    await authenticateApiKey(key, "request");
    const revoked = await revokeApiKey(ownCtx, { apiKeyId: view.id });
    expect(revoked.revokedAt).not.toBeNull();
    await expect(authenticateApiKey(key, "request")).rejects.toThrow(UnauthenticatedError);
    expect(await revokeApiKey(ownCtx, { apiKeyId: view.id })).toEqual(revoked);
    const { items } = await listActivity(ownCtx, { limit: 50 });
    const rows = items.filter(
      ({ subject, action }) => subject.id === view.id && action === "Revoked an API key",
    );
    expect(rows).toHaveLength(1);
  });

  it("c1: another tenant can neither see nor revoke a key", async () => {
    const { key, view } = await createKey();
    await expect(revokeApiKey(otherCtx, { apiKeyId: view.id })).rejects.toThrow(NotFoundError);
    expect((await listApiKeys(otherCtx)).map(({ id }) => id)).not.toContain(view.id);
    await authenticateApiKey(key, "request");
  });

  it("c3: a key belongs to one environment", async () => {
    const staging = await tenants.first.asOwner("staging");
    const { view } = await createKey();
    expect(await listApiKeys(staging)).toEqual([]);
    await expect(revokeApiKey(staging, { apiKeyId: view.id })).rejects.toThrow(NotFoundError);
    const { key } = await createKey(staging, "Staging server");
    expect(key).toMatch(/^hpp_staging_/);
    expect((await authenticateApiKey(key, "request")).environment).toBe("staging");
  });
});
