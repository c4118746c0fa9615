import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { hashToken } from "../crypto/tokens";
import { UnauthenticatedError } from "../errors";
import type { TenantContext } from "./context";
import { findEnvironment } from "./environments";
import { provenTenantId } from "./ids";

// As `server/services/api-keys/create.ts` creates them; a malformed key needs no query.
const apiKeyPattern = /^hpp_(?:sandbox|staging|production)_[A-Za-z0-9_-]{43}$/;

type ApiKeyRow = {
  tenant_id: string;
  environment: string;
  id: string;
  name: string;
  permissions: string[];
  last_used_at: string | null;
};

/**
 * Authorises a partner's server. Tenant and environment come from the key only. The last use is stored
 * at most once a minute.
 *
 * @throws UnauthenticatedError alike for a key that is unknown, revoked, or of an environment not offered
 */
export async function authenticateApiKey(
  key: string | undefined,
  requestId: string,
  now = new Date(),
): Promise<TenantContext> {
  if (!key || !apiKeyPattern.test(key)) throw new UnauthenticatedError();
  const [row] = await db.shared.execute<ApiKeyRow>(
    sql`select * from find_api_key(${hashToken(key)})`,
  );
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new UnauthenticatedError();
  const ctx: TenantContext = {
    tenantId: provenTenantId(row.tenant_id),
    environment,
    requestId,
    actor: { kind: "server", apiKeyId: row.id, name: row.name, permissions: row.permissions },
  };
  const lastUsedAt = row.last_used_at ? new Date(row.last_used_at).getTime() : 0;
  if (now.getTime() - lastUsedAt > 60_000) {
    await db.tenant(ctx, (tx) =>
      tx.execute(sql`
        update api_keys set last_used_at = ${now.toISOString()}
        where tenant_id = ${ctx.tenantId} and environment = ${environment} and id = ${row.id}`),
    );
  }
  return ctx;
}
