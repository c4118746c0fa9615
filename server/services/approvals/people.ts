import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { users } from "@/db/schema/accounts";
import { memberships, tenants } from "@/db/schema/organisations";
import { inScope } from "@/db/scope";
import { ForbiddenError } from "../../errors";
import { isAllowed, type Permission } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";

/**
 * The person behind a caller, so that nobody approves their own request through another session or through
 * an API key that they created.
 *
 * @throws ForbiddenError when there is none: jobs and pages do not request or decide
 */
export async function personBehind(tx: Transaction, ctx: TenantContext): Promise<string> {
  const { actor } = ctx;
  if (actor.kind === "person") return actor.userId;
  if (actor.kind !== "server") throw new ForbiddenError();
  const [key] = await tx
    .select({ createdBy: apiKeys.createdBy })
    .from(apiKeys)
    .where(and(inScope(apiKeys, ctx), eq(apiKeys.id, actor.apiKeyId)));
  if (!key) throw new ForbiddenError();
  return key.createdBy;
}

/** The members who can decide a request of `requestedBy`: those with the permission, without that person. */
export async function listApprovers(
  tx: Transaction,
  ctx: TenantContext,
  permission: Permission,
  requestedBy: string,
): Promise<{ userId: string; email: string; slug: string }[]> {
  const members = await tx
    .select({
      userId: users.id,
      email: users.email,
      role: memberships.role,
      slug: tenants.slug,
    })
    .from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(inScope(memberships, ctx), isNull(users.disabledAt)));
  return members.flatMap(({ role, ...member }) =>
    member.userId !== requestedBy && isAllowed(role, permission) ? [member] : [],
  );
}
