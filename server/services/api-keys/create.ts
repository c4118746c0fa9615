import "server-only";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { hashToken, createToken } from "../../crypto/tokens";
import { ConflictError, NotFoundError } from "../../errors";
import type { CreateApiKeyInput, CreatedApiKey } from "../../schemas/api-keys";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { selectApiKeyViews } from "./view";

/** More than anybody can watch over, and fewer than the list shows, so that each can be revoked. */
const maxActiveKeys = 100;

/**
 * Makes a portal API key for this environment. It is given back this once: only its hash is kept. Its
 * beginning says where it belongs (`hpp_sandbox_…`), so that a wrong one is seen before it is used.
 *
 * @throws ForbiddenError also for a permission that the maker does not have
 * @throws ConflictError when a hundred keys are in use already
 */
export async function createApiKey(
  ctx: TenantContext,
  input: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  requirePermission(ctx, "api_keys.manage");
  for (const permission of input.permissions) requirePermission(ctx, permission);
  const key = `hpp_${ctx.environment}_${createToken()}`;
  const id = uuidv7();
  const view = await db.tenant(ctx, async (tx) => {
    const keys = await selectApiKeyViews(tx, ctx);
    if (keys.filter(({ revokedAt }) => revokedAt === null).length >= maxActiveKeys) {
      throw new ConflictError(
        `There are ${maxActiveKeys} API keys in use here. Revoke one that is no longer needed first.`,
      );
    }
    await tx.insert(apiKeys).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      name: input.name,
      tokenHash: hashToken(key),
      lastFour: key.slice(-4),
      permissions: input.permissions,
      createdBy: actorId(ctx),
    });
    await recordAudit(
      tx,
      ctx,
      "api_key.created",
      { type: "api_key", id, label: input.name },
      { permissions: input.permissions.join(", ") },
    );
    const [created] = await selectApiKeyViews(tx, ctx, id);
    if (!created) throw new NotFoundError();
    return created;
  });
  return { key, view };
}
