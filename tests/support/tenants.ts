import { randomBytes, randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { dataKeys, memberships } from "@/db/schema/organisations";
import { createDataKey } from "@/server/crypto/keys";
import type { Environment } from "@/server/schemas/environments";
import type { Role } from "@/server/schemas/permissions";
import { createSession } from "@/server/services/accounts/sessions";
import { createOrganisation } from "@/server/services/organisations";
import { connectPractice } from "@/server/services/practices/connect";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { resolveTenantContext } from "@/server/tenancy/session";

/** A person with a verified address and a session; `token` is the cookie's value. */
export async function createPerson(name = "Pat Person") {
  const id = uuidv7();
  const email = `person-${randomBytes(6).toString("hex")}@example.com`;
  await db.shared.insert(users).values({ id, email, name, emailVerifiedAt: new Date() });
  const { token } = await createSession(id, { userAgent: "Test browser" });
  return { id, email, name, token };
}

export type TestTenant = Awaited<ReturnType<typeof createTenant>>;

/** A tenant with an owner; other members are added on request. */
export async function createTenant(name = "Look Alike Health") {
  const slug = `t${randomBytes(6).toString("hex")}`;
  const owner = await createPerson("Olive Owner");
  const person = {
    requestId: randomUUID(),
    clientAddress: "test",
    sessionId: randomUUID(),
    userId: owner.id,
    name: owner.name,
    email: owner.email,
  };
  await createOrganisation(person, { name, slug });

  const openContext = async (token: string, environment: Environment): Promise<TenantContext> =>
    (await resolveTenantContext(token, { tenant: slug, environment }, randomUUID())).tenant;

  return {
    slug,
    name,
    owner,
    /** The owner's scope. */
    asOwner: (environment: Environment = "sandbox") => openContext(owner.token, environment),
    /** The scope of a new member with a role. */
    async asRole(role: Role, environment: Environment = "sandbox") {
      const member = await createPerson(`${role} person`);
      const ctx = await openContext(owner.token, environment);
      await db.tenant(ctx, (tx) =>
        tx.insert(memberships).values({ tenantId: ctx.tenantId, userId: member.id, role }),
      );
      return openContext(member.token, environment);
    },
    /** Connects a practice of the sandbox with one of its keys. */
    connect: async (practice: { practiceGroupId: string; apiKey: string }) =>
      connectPractice(await openContext(owner.token, "sandbox"), practice),
  };
}

/** Two tenants that differ only in their ids. */
export async function createTenantPair() {
  return { first: await createTenant(), second: await createTenant() };
}

/** The first appointment type and location of a connected practice. */
export async function firstBookingChoice(ctx: TenantContext, practiceId: string) {
  const { appointmentTypes, locations } = await getBookingOptions(ctx, { practiceId });
  return {
    appointmentTypeId: appointmentTypes[0]?.id ?? "",
    locationId: locations[0]?.id ?? "",
  };
}

/** A new data key of the organisation, with which it seals from now on. */
export async function addDataKey({ tenantId }: TenantContext): Promise<void> {
  const id = uuidv7();
  await db.tenant({ tenantId }, (tx) =>
    tx.insert(dataKeys).values({ tenantId, id, ...createDataKey(tenantId, id) }),
  );
}
