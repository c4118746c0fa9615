import "server-only";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { dataKeys, memberships, tenants } from "@/db/schema/organisations";
import { createDataKey } from "../crypto/keys";
import { env } from "../env";
import { ForbiddenError, InvalidInputError } from "../errors";
import type { CreateOrganisationInput, OrganisationView } from "../schemas/organisations";
import { listEnvironments } from "../tenancy/environments";
import { newTenantId } from "../tenancy/ids";
import type { TenantContext } from "../tenancy/context";
import type { AccountContext } from "./accounts/events";
import { listOrganisations } from "./accounts/me";
import { recordAudit } from "./audit";
import { requireBelowLimit } from "./limits";
import { consumeRateLimit } from "./rate-limits";

/**
 * Creates a tenant with its data key and its first owner.
 * @throws InvalidInputError on `slug` when the short name is taken
 * @throws RateLimitedError after too many attempts in an hour
 * @throws ConflictError when the person belongs to `ORGANISATIONS_PER_PERSON` already
 */
export async function createOrganisation(
  ctx: AccountContext,
  input: CreateOrganisationInput,
): Promise<OrganisationView> {
  await consumeRateLimit("organisation", ctx.userId);
  const tenantId = newTenantId(uuidv7());
  const dataKeyId = uuidv7();
  try {
    await db.tenant({ tenantId }, async (tx) => {
      await requireBelowLimit(tx, ["organisations", ctx.userId], {
        max: env().ORGANISATIONS_PER_PERSON,
        count: async () => (await listOrganisations(ctx.userId, tx)).length,
        message: `You belong to ${env().ORGANISATIONS_PER_PERSON} organisations, which is the limit.`,
      });
      await tx.insert(tenants).values({ id: tenantId, slug: input.slug, name: input.name });
      await tx.insert(memberships).values({ tenantId, userId: ctx.userId, role: "owner" });
      await tx
        .insert(dataKeys)
        .values({ tenantId, id: dataKeyId, ...createDataKey(tenantId, dataKeyId) });
      const [environment = "production"] = listEnvironments();
      const { userId, sessionId, name, email, requestId } = ctx;
      const actor = { kind: "person", userId, sessionId, name, email, role: "owner" } as const;
      await recordAudit(tx, { tenantId, environment, actor, requestId }, "organisation.created", {
        type: "organisation",
        id: tenantId,
        label: input.name,
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError("slug", "This short name is taken. Choose another.");
  }
  return { slug: input.slug, name: input.name, role: "owner" };
}

/** The organisations of the signed-in user, for the switcher. @throws ForbiddenError */
export async function listMyOrganisations(ctx: TenantContext): Promise<OrganisationView[]> {
  const { actor } = ctx;
  if (actor.kind !== "person") throw new ForbiddenError();
  return db.read(ctx, (tx) => listOrganisations(actor.userId, tx));
}
