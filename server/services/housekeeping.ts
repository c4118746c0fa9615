import "server-only";
import { and, eq, lt, ne, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { emailTokens, sessions } from "@/db/schema/accounts";
import { elementSessions } from "@/db/schema/element-sessions";
import { eventSendingAttempts, eventSendings, events } from "@/db/schema/events";
import { dataKeys } from "@/db/schema/organisations";
import { rateLimits } from "@/db/schema/processes";
import { inScope, inTenant } from "@/db/scope";
import { currentMasterKeyId, rewrapDataKey } from "../crypto/keys";
import { log } from "../log";
import { environment as environments } from "../schemas/environments";
import { listEnvironments } from "../tenancy/environments";
import { provenTenantId } from "../tenancy/ids";
import { idleTimeoutMinutes } from "../tenancy/session";
import { expireDeliveries } from "./webhooks/retention";
import { eraseUnusedAttachments } from "./messages/attachments";
import { eventRetentionMs, firstEventIdAt } from "./events/retention";

/**
 * Reseals every data key with the first master key. When none is left, an old master key can be removed
 * (`docs/runbook.md`).
 *
 * @returns how many were resealed
 * @throws SecretBoxError when no configured master key opens a data key
 */
export async function rewrapDataKeys(): Promise<number> {
  let count = 0;
  const tenants = await db.shared.execute<{ tenant_id: string }>(
    sql`select tenant_id from list_tenants()`,
  );
  for (const row of tenants) {
    const tenantId = provenTenantId(row.tenant_id);
    await db.tenant({ tenantId }, async (tx) => {
      const staleKeys = await tx
        .select({ id: dataKeys.id, sealedKey: dataKeys.sealedKey })
        .from(dataKeys)
        .where(
          and(inTenant(dataKeys, { tenantId }), ne(dataKeys.masterKeyId, currentMasterKeyId())),
        )
        .for("update");
      for (const key of staleKeys) {
        const sealed = rewrapDataKey(tenantId, key);
        if (!sealed) continue;
        await tx
          .update(dataKeys)
          .set(sealed)
          .where(and(inTenant(dataKeys, { tenantId }), eq(dataKeys.id, key.id)));
        count++;
      }
    });
  }
  return count;
}

/** An ended session is kept this long, so that a reused secret is still recognised. */
const endedSessionRetentionMs = 24 * 60 * 60_000;

async function deleteEndedElementSessions(now: Date): Promise<void> {
  const tenants = await db.shared.execute<{ tenant_id: string }>(
    sql`select tenant_id from list_tenants()`,
  );
  for (const row of tenants) {
    const tenantId = provenTenantId(row.tenant_id);
    await db.tenant({ tenantId }, (tx) =>
      tx
        .delete(elementSessions)
        .where(
          and(
            inTenant(elementSessions, { tenantId }),
            lt(elementSessions.endsAt, new Date(now.getTime() - endedSessionRetentionMs)),
          ),
        ),
    );
  }
}

/** Sendings and attempts name events, so they go first. */
async function deleteOldEvents(now: Date): Promise<void> {
  const firstKeptId = firstEventIdAt(new Date(now.getTime() - eventRetentionMs));
  const tenants = await db.shared.execute<{ tenant_id: string }>(
    sql`select tenant_id from list_tenants()`,
  );
  for (const row of tenants) {
    const tenantId = provenTenantId(row.tenant_id);
    for (const environment of environments.options) {
      const scope = { tenantId, environment };
      await db.tenant(scope, async (tx) => {
        for (const table of [eventSendingAttempts, eventSendings]) {
          await tx.delete(table).where(and(inScope(table, scope), lt(table.eventId, firstKeptId)));
        }
        await tx.delete(events).where(and(inScope(events, scope), lt(events.id, firstKeptId)));
      });
    }
  }
}

async function eraseUnusedMessageFiles(now: Date): Promise<void> {
  for (const { tenantId, environment } of await listScopes()) {
    await eraseUnusedAttachments({ tenantId: provenTenantId(tenantId), environment }, now);
  }
}

/** Creates the partitions of the coming months, reseals data keys and deletes what has ended. */
export async function runHousekeeping(now = new Date()): Promise<void> {
  await db.shared.execute(sql`select ensure_partitions()`);
  log("info", "data keys resealed", { count: await rewrapDataKeys() });
  await db.shared
    .delete(sessions)
    .where(
      or(
        lt(sessions.expiresAt, now),
        lt(sessions.lastSeenAt, new Date(now.getTime() - idleTimeoutMinutes * 60_000)),
      ),
    );
  await db.shared.delete(emailTokens).where(lt(emailTokens.expiresAt, now));
  await deleteEndedElementSessions(now);
  await expireDeliveries(now);
  await deleteOldEvents(now);
  await eraseUnusedMessageFiles(now);
  await db.shared.delete(rateLimits).where(lt(rateLimits.expire, now));
}

/** Every tenant with each environment of this installation. */
export async function listScopes() {
  const tenants = await db.shared.execute<{ tenant_id: string }>(
    sql`select tenant_id from list_tenants()`,
  );
  return tenants.flatMap((row) =>
    listEnvironments().map((environment) => ({ tenantId: row.tenant_id, environment })),
  );
}

/** The connected practices of all tenants, by id, for the daily connection test. */
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

/** Bulk uploads to run, and those whose rows have expired (`isExpired`), by id. */
export async function listBulkUploadsToSweep() {
  const rows = await db.shared.execute<{
    tenant_id: string;
    environment: "sandbox" | "staging" | "production";
    bulk_upload_id: string;
    is_expired: boolean;
  }>(
    sql`select tenant_id, environment, bulk_upload_id, is_expired from list_bulk_uploads_to_sweep()`,
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    environment: row.environment,
    bulkUploadId: row.bulk_upload_id,
    isExpired: row.is_expired,
  }));
}
