import "server-only";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { hashToken, createToken } from "../../crypto/tokens";
import { NotFoundError } from "../../errors";
import type { CreateApiKeyInput, CreatedApiKey } from "../../schemas/api-keys";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { requireBelowLimit } from "../limits";
import { selectApiKeyViews } from "./view";

/** Below the length of the list, so that every key can be revoked. */
const maxActiveKeys = 100;

/**
 * Creates an API key for this environment. The key is returned once; only its hash is stored. Its prefix
 * names the environment (`hpp_sandbox_…`).
 *
 * @throws ForbiddenError also for a permission that the creator does not have
 * @throws ConflictError when 100 keys are active
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
    await requireBelowLimit(tx, ["api-keys", ctx.tenantId, ctx.environment], {
      max: maxActiveKeys,
      async count() {
        const keys = await selectApiKeyViews(tx, ctx);
        return keys.filter(({ revokedAt }) => revokedAt === null).length;
      },
      message: `You have ${maxActiveKeys} active API keys, which is the limit. Revoke one that you no longer need.`,
    });
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
