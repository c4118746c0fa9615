import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { db } from "../db/client";
import { passwords, users } from "../db/schema/accounts";
import { memberships } from "../db/schema/organisations";
import { hashPassword } from "../server/crypto/passwords";
import { UnauthenticatedError } from "../server/errors";
import { apiKeyPermission } from "../server/schemas/api-keys";
import type { Role } from "../server/schemas/permissions";
import { createApiKey } from "../server/services/api-keys/create";
import { listOrganisations } from "../server/services/accounts/me";
import { createOrganisation } from "../server/services/organisations";
import { connectPractice } from "../server/services/practices/connect";
import { listPlacements } from "../server/services/placements/read";
import { createPlacement } from "../server/services/placements/save";
import { listPractices } from "../server/services/practices/read";
import { authenticateApiKey } from "../server/tenancy/api-key";
import type { TenantContext } from "../server/tenancy/context";
import { resolveTenantContext } from "../server/tenancy/session";
import { createSession } from "../server/services/accounts/sessions";
import { findDemo, writeDemo } from "./demo-file";

/**
 * Creates two look-alike demo tenants, with people in several roles and connected practices, through
 * the same services as everything else. Later runs only add what is missing. Writes `demo.json`.
 */

const sandboxPractice = z.object({
  practiceGroupId: z.string(),
  name: z.string(),
  keys: z.array(z.object({ partner: z.string(), key: z.string(), scopes: z.array(z.string()) })),
});

type DemoTenant = {
  slug: string;
  name: string;
  /** The partner whose sandbox keys this tenant uses. */
  partner: "a" | "b";
  /** The sandbox practices to connect; the others are left for a person to connect. */
  practiceGroupIds: string[];
  people: { name: string; role: Role }[];
};

const people: { name: string; role: Role }[] = [
  { name: "Olive Owner", role: "owner" },
  { name: "Adam Admin", role: "admin" },
  { name: "Opal Operator", role: "operator" },
  { name: "Vera Viewer", role: "viewer" },
];

const settingsSchema = z.object({
  DATA_DIR: z.string(),
  SANDBOX_URL: z.url(),
  PUBLIC_URL: z.url(),
});
const settings = settingsSchema.parse(process.env);
const previousDemo = findDemo(settings.DATA_DIR);

async function ensureUser(email: string, name: string): Promise<{ id: string; password: string }> {
  const previousUser = previousDemo?.tenants
    .flatMap((tenant) => tenant.users)
    .find((user) => user.email === email);
  const [row] = await db.shared.select({ id: users.id }).from(users).where(eq(users.email, email));
  if (row && previousUser) return { id: row.id, password: previousUser.password };
  const id = row?.id ?? uuidv7();
  const password = `demo-${randomBytes(9).toString("base64url")}`;
  const hash = await hashPassword(password);
  await db.shared.transaction(async (tx) => {
    await tx
      .insert(users)
      .values({ id, email, name, emailVerifiedAt: new Date() })
      .onConflictDoNothing();
    await tx
      .insert(passwords)
      .values({ userId: id, hash })
      .onConflictDoUpdate({ target: passwords.userId, set: { hash } });
  });
  return { id, password };
}

async function createOwnerContext(userId: string, slug: string): Promise<TenantContext> {
  const { token } = await createSession(userId, { userAgent: "Demo seed" });
  const { tenant } = await resolveTenantContext(
    token,
    { tenant: slug, environment: "sandbox" },
    "seed",
  );
  return tenant;
}

/** Returns the previous key while it works and has every permission, otherwise a new one. */
async function ensureApiKey(ctx: TenantContext, slug: string): Promise<string> {
  const previousKey = previousDemo?.tenants.find((tenant) => tenant.slug === slug)?.apiKey;
  const apiContext = await authenticateApiKey(previousKey, "seed").catch((error: unknown) => {
    if (error instanceof UnauthenticatedError) return null;
    throw error;
  });
  const permissions = apiKeyPermission.options;
  const actor = apiContext?.tenantId === ctx.tenantId ? apiContext.actor : undefined;
  const grantedPermissions = actor?.kind === "server" ? actor.permissions : [];
  if (previousKey && permissions.every((permission) => grantedPermissions.includes(permission)))
    return previousKey;
  return (await createApiKey(ctx, { name: "Demo server", permissions })).key;
}

/** Allows pages on this machine, so that copied snippets work. */
async function ensurePlacement(ctx: TenantContext, slug: string): Promise<string> {
  const [existing] = await listPlacements(ctx);
  if (existing) return existing.id;
  const practices = await listPractices(ctx);
  const placement = await createPlacement(ctx, {
    element: "hh-message-builder",
    name: "Messages in the patient record",
    practiceIds: practices.map(({ id }) => id),
    origins: [
      `https://app.${slug}.example`,
      ...[3001, 5173, 8080].map((port) => `http://localhost:${port}`),
    ],
    theme: null,
    attributes: {},
  });
  return placement.id;
}

async function fetchSandboxPractices() {
  const reply = await fetch(`${settings.SANDBOX_URL}/_sandbox/practices`);
  return z.array(sandboxPractice).parse(await reply.json());
}

async function seedTenant(
  tenant: DemoTenant,
  sandboxPractices: Awaited<ReturnType<typeof fetchSandboxPractices>>,
) {
  const members: { id: string; name: string; role: Role; email: string; password: string }[] = [];
  for (const { name, role } of tenant.people) {
    const email = `${role}@${tenant.slug}.example`;
    members.push({ name, role, email, ...(await ensureUser(email, name)) });
  }
  const [owner] = members;
  if (!owner) throw new Error("A demo tenant needs an owner.");
  if ((await listOrganisations(owner.id)).length === 0) {
    await createOrganisation(
      {
        requestId: "seed",
        clientAddress: "seed",
        userId: owner.id,
        sessionId: "seed",
        name: owner.name,
        email: owner.email,
      },
      { name: tenant.name, slug: tenant.slug },
    );
  }
  const ctx = await createOwnerContext(owner.id, tenant.slug);
  await db.tenant(ctx, (tx) =>
    tx
      .insert(memberships)
      .values(members.map(({ id, role }) => ({ tenantId: ctx.tenantId, userId: id, role })))
      .onConflictDoNothing(),
  );
  const connected = await listPractices(ctx);
  for (const practiceGroupId of tenant.practiceGroupIds) {
    if (connected.some((practice) => practice.practiceGroupId === practiceGroupId)) continue;
    const practice = sandboxPractices.find((item) => item.practiceGroupId === practiceGroupId);
    const apiKey = practice?.keys.find((key) => key.partner === tenant.partner)?.key;
    if (!apiKey) throw new Error("The sandbox lacks a demo practice.");
    await connectPractice(ctx, { apiKey, practiceGroupId });
  }
  return {
    slug: tenant.slug,
    name: tenant.name,
    users: members.map(({ name, role, email, password }) => ({ name, role, email, password })),
    apiKey: await ensureApiKey(ctx, tenant.slug),
    placementId: await ensurePlacement(ctx, tenant.slug),
    practices: (await listPractices(ctx)).map((item) => ({
      name: item.name,
      practiceGroupId: item.practiceGroupId,
      environment: "sandbox",
    })),
  };
}

const demoTenants: DemoTenant[] = [
  {
    slug: "northfield",
    name: "Northfield Digital",
    partner: "a",
    practiceGroupIds: ["30182", "30297"],
    people,
  },
  {
    slug: "northfields",
    name: "Northfields Digital",
    partner: "b",
    practiceGroupIds: ["30183", "30298"],
    people,
  },
];

const sandboxPractices = await fetchSandboxPractices();
const tenants = [];
for (const tenant of demoTenants) tenants.push(await seedTenant(tenant, sandboxPractices));
writeDemo(settings.DATA_DIR, {
  portalUrl: settings.PUBLIC_URL,
  sandboxUrl: settings.SANDBOX_URL,
  inboxUrl: `${settings.SANDBOX_URL}/inbox`,
  tenants,
});
await db.close();
