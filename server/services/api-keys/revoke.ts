import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { ApiKeyIdInput, ApiKeyView } from "../../schemas/api-keys";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { selectApiKeyViews } from "./view";

/**
 * Revokes a key permanently, from the next request on. A revoked key does not change.
 *
 * @throws NotFoundError
 */
export async function revokeApiKey(ctx: TenantContext, input: ApiKeyIdInput): Promise<ApiKeyView> {
  requirePermission(ctx, "api_keys.manage");
  return db.tenant(ctx, async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: new Date() })
      .where(and(inScope(apiKeys, ctx), eq(apiKeys.id, input.apiKeyId), isNull(apiKeys.revokedAt)))
      .returning({ id: apiKeys.id, name: apiKeys.name });
    if (revoked) {
      const subject = { type: "api_key", id: revoked.id, label: revoked.name } as const;
      await recordAudit(tx, ctx, "api_key.revoked", subject);
    }
    const [view] = await selectApiKeyViews(tx, ctx, input.apiKeyId);
    if (!view) throw new NotFoundError();
    return view;
  });
}
