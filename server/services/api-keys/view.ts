import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope } from "@/db/scope";
import type { ApiKeyView } from "../../schemas/api-keys";
import type { TenantContext } from "../../tenancy/context";

/**
 * The keys of this environment, active ones first, then newest first, up to 200; or one key. The hash is not
 * selected.
 */
export async function selectApiKeyViews(
  tx: Transaction,
  ctx: TenantContext,
  apiKeyId?: string,
): Promise<ApiKeyView[]> {
  const rows = await tx
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      lastFour: apiKeys.lastFour,
      permissions: apiKeys.permissions,
      createdBy: users.name,
      createdAt: apiKeys.createdAt,
      lastUsedAt: apiKeys.lastUsedAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .leftJoin(users, eq(users.id, apiKeys.createdBy))
    .where(and(inScope(apiKeys, ctx), apiKeyId ? eq(apiKeys.id, apiKeyId) : undefined))
    .orderBy(sql`${apiKeys.revokedAt} is not null`, desc(apiKeys.id))
    .limit(200);
  return rows.map(({ createdBy, createdAt, lastUsedAt, revokedAt, ...row }) => ({
    ...row,
    createdBy: createdBy ?? "Unknown",
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }));
}
