import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { hashToken } from "../crypto/tokens";
import { ElementRefusedError } from "../errors";
import type { TenantContext } from "./context";
import { findEnvironment } from "./environments";
import { provenTenantId } from "./ids";

/**
 * Finds the session of an element's secret, and the session's tenant and environment. Used secrets are
 * found too: whether a secret is still valid is checked with the session.
 *
 * @throws ElementRefusedError alike for an unknown secret and an environment not offered
 */
export async function resolveElementContext(
  secret: string,
  requestId: string,
): Promise<{ ctx: TenantContext; sessionId: string; practiceId: string }> {
  const [row] = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    session_id: string;
    practice_id: string;
    creator_id: string;
  }>(sql`select * from find_element_secret(${hashToken(secret)})`);
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new ElementRefusedError("session-refused");
  const ctx: TenantContext = {
    tenantId: provenTenantId(row.tenant_id),
    environment,
    requestId,
    actor: { kind: "page", creatorId: row.creator_id },
  };
  return { ctx, sessionId: row.session_id, practiceId: row.practice_id };
}
