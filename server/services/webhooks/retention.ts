import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { env } from "../../env";
import { environment, type Environment } from "../../schemas/environments";
import { provenTenantId } from "../../tenancy/ids";

/** Rows that one statement changes, so that none holds its locks for long. */
const batchRows = 1_000;
const dayMs = 24 * 60 * 60_000;

/** The lowest UUIDv7 of a time: deliveries with a lower ID arrived before it. */
export function lowestId(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

type ForOneScope = { tenantId: TenantId; environment: Environment; before: string };

async function deleteBatch({ tenantId, environment, before }: ForOneScope): Promise<number> {
  const deleted = await db.tenant({ tenantId }, (tx) =>
    tx.execute(sql`
      delete from webhook_deliveries where tenant_id = ${tenantId} and environment = ${environment}
        and id in (
          select id from webhook_deliveries
          where tenant_id = ${tenantId} and environment = ${environment} and id < ${before}
          order by id limit ${batchRows}
        )
      returning id`),
  );
  return deleted.length;
}

/** @returns the last ID that was considered; undefined after the last batch */
async function eraseBatch(
  { tenantId, environment, before }: ForOneScope,
  after: string,
): Promise<string | undefined> {
  const [row] = await db.tenant({ tenantId }, (tx) =>
    tx.execute<{ last_id: string | null }>(sql`
      with batch as (
        select id from webhook_deliveries
        where tenant_id = ${tenantId} and environment = ${environment}
          and id > ${after} and id < ${before}
        order by id limit ${batchRows}
      ), erased as (
        update webhook_deliveries set sealed_body = null
        where tenant_id = ${tenantId} and environment = ${environment}
          and id in (select id from batch) and sealed_body is not null
      )
      select max(id::text) as last_id from batch`),
  );
  return row?.last_id ?? undefined;
}

/** Longer than any page and the check for silence look back. */
const countDays = 90;

/** Deletes counts that nothing reads any more, and objects for which nothing waits. */
async function deleteCountsAndObjects(
  { tenantId, environment }: Omit<ForOneScope, "before">,
  now: Date,
): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();
  await db.tenant({ tenantId }, async (tx) => {
    await tx.execute(sql`
      delete from webhook_endpoint_hours where tenant_id = ${tenantId} and environment = ${environment}
        and hour < ${daysAgo(countDays)}::timestamptz`);
    // The time of the last read only spreads the reads of the next minute.
    await tx.execute(sql`
      delete from webhook_objects where tenant_id = ${tenantId} and environment = ${environment}
        and (practice_id, object_type, object_id) in (
          select practice_id, object_type, object_id from webhook_objects
          where tenant_id = ${tenantId} and environment = ${environment}
            and due_at is null and leased_until is null
            and coalesce(last_read_at, '-infinity') < ${daysAgo(1)}::timestamptz
          for update skip locked
        )`);
  });
}

/**
 * Deletes deliveries after `WEBHOOK_DELIVERY_DAYS`, and erases the bodies of those older than
 * `WEBHOOK_BODY_DAYS`, a batch in each transaction.
 */
export async function expireDeliveries(now = new Date()): Promise<void> {
  const daysAgo = (days: number) => lowestId(new Date(now.getTime() - days * dayMs));
  const tenants = await db.shared.execute<{ tenant_id: string }>(
    sql`select tenant_id from list_tenants()`,
  );
  for (const row of tenants) {
    const tenantId = provenTenantId(row.tenant_id);
    for (const name of environment.options) {
      const scope = { tenantId, environment: name };
      await deleteCountsAndObjects(scope, now);
      const expired = { ...scope, before: daysAgo(env().WEBHOOK_DELIVERY_DAYS) };
      let deleted = batchRows;
      while (deleted === batchRows) deleted = await deleteBatch(expired);
      const readable = { ...scope, before: daysAgo(env().WEBHOOK_BODY_DAYS) };
      let after: string | undefined = "00000000-0000-0000-0000-000000000000";
      while (after) after = await eraseBatch(readable, after);
    }
  }
}
