import "server-only";
import { lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { emailTokens, sessions } from "@/db/schema/accounts";
import { rateLimits } from "@/db/schema/processes";
import { idleMinutes } from "../tenancy/context";

/** Partitions of the coming months are made; what has ended by itself is cleared away. */
export async function keepHouse(now = new Date()): Promise<void> {
  await db.shared.execute(sql`select ensure_partitions()`);
  await db.shared
    .delete(sessions)
    .where(
      or(
        lt(sessions.expiresAt, now),
        lt(sessions.lastSeenAt, new Date(now.getTime() - idleMinutes * 60_000)),
      ),
    );
  await db.shared.delete(emailTokens).where(lt(emailTokens.expiresAt, now));
  await db.shared.delete(rateLimits).where(lt(rateLimits.expire, now));
}

/** The connected practices of all tenants, for the daily probe: ids only. */
export async function listConnectedPractices() {
  const rows = await db.shared.execute<{
    tenant_id: string;
    environment: "sandbox" | "staging" | "production";
    practice_id: string;
  }>(sql`select tenant_id, environment, practice_id from list_connected_practices()`);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    environment: row.environment,
    practiceId: row.practice_id,
  }));
}
