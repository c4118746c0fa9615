import "server-only";
import { sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { isDatabaseUnavailable } from "@/db/errors";
import type { TenantId } from "@/db/ids";
import { describeError, log } from "../../log";
import type { Environment } from "../../schemas/environments";
import type { DeliveryContent } from "./delivery-body";
import { IntakeOverloadedError, withTimeLimit } from "./time-limit";

/**
 * Stores deliveries in groups: one statement for each tenant and one commit for all that wait at the same
 * time (`docs/decisions/021-webhook-intake.md`).
 */

/** A row of `webhook_deliveries` as JSON, by the columns' names: times in ISO 8601, bytes as `\\x…`. */
export type DeliveryRow = {
  readonly tenant_id: TenantId;
  readonly environment: Environment;
  readonly id: string;
  readonly endpoint_id: string;
  readonly dedupe_hash: string;
  readonly received_at: string;
  readonly sent_at: string | null;
  readonly is_late: boolean;
  readonly event_type: string | null;
  readonly object_type: string | null;
  readonly object_id: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_size: number;
  readonly sealed_body: string;
  readonly data_key_id: string;
  readonly state: DeliveryContent["state"];
  readonly outcome: DeliveryContent["outcome"];
  readonly processed_at: string | null;
};

type Waiting = PromiseWithResolvers<"stored" | "repeated"> & {
  readonly row: DeliveryRow;
};

const maxGroupRows = 500;
const maxGroupBytes = 4 * 1024 * 1024;
const maxWaitingRows = 10_000;
const maxWaitingBytes = 64 * 1024 * 1024;

const queue: Waiting[] = [];
let waitingRows = 0;
let waitingBytes = 0;
/** One group at a time: the next gathers meanwhile. Two would be smaller and cost more. */
let isStoring = false;

/** About what a row takes in memory. */
const sizeOf = (row: DeliveryRow) => row.sealed_body.length + 1_000;

const keyOf = (row: DeliveryRow) =>
  `${row.tenant_id}/${row.environment}/${row.endpoint_id}/${row.dedupe_hash}`;

/** Inserts one tenant's rows and returns the IDs of those that are new. A repeat is only counted. */
async function insertRows(
  tx: Transaction,
  tenantId: TenantId,
  rows: readonly (DeliveryRow & { repeats: number })[],
): Promise<string[]> {
  const columns =
    sql.raw(`tenant_id, environment, id, endpoint_id, dedupe_hash, received_at, sent_at,
    is_late, event_type, object_type, object_id, headers, body_size, sealed_body, data_key_id, repeats,
    state, outcome, processed_at`);
  const stored = await tx.execute<{ id: string }>(sql`
    insert into webhook_deliveries as stored (${columns})
    select ${columns}
    from json_populate_recordset(null::webhook_deliveries, ${JSON.stringify(rows)}::text::json)
    where tenant_id = ${tenantId}::uuid
    on conflict (tenant_id, environment, endpoint_id, dedupe_hash)
      do update set repeats = stored.repeats + excluded.repeats + 1
    returning id`);
  return stored.map(({ id }) => id);
}

/**
 * Writes the rows in one transaction, each tenant's under row-level security, and returns the IDs of the new
 * ones. Sorted, so that two processes that store the same repeats lock them in the same order.
 */
async function insertGroup(group: readonly Waiting[]): Promise<Set<string>> {
  const byKey = [...Map.groupBy(group, ({ row }) => keyOf(row))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  // One statement cannot change a row twice: repeats within the group are counted here.
  const rows = byKey.flatMap(([, [first, ...repeats]]) =>
    first ? [{ ...first.row, repeats: repeats.length }] : [],
  );
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
  const stored = await db.tenants([...byTenant.keys()], (tx, tenantId) =>
    insertRows(tx, tenantId, byTenant.get(tenantId) ?? []),
  );
  return new Set(stored.flat());
}

/** A row that makes its group fail fails alone: each half is tried again until it is found. */
async function storeGroup(group: readonly Waiting[]): Promise<void> {
  try {
    const stored = await insertGroup(group);
    for (const { row, resolve } of group) resolve(stored.has(row.id) ? "stored" : "repeated");
  } catch (error) {
    const isUnavailable = isDatabaseUnavailable(error);
    if (isUnavailable)
      log("warn", "deliveries not stored", { count: group.length, ...describeError(error) });
    if (isUnavailable || group.length === 1) {
      for (const { reject } of group) reject(error);
      return;
    }
    const middle = Math.ceil(group.length / 2);
    await storeGroup(group.slice(0, middle));
    await storeGroup(group.slice(middle));
  }
}

function takeGroup(): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { row } of queue) {
    const next = sizeOf(row);
    if (count === maxGroupRows || (count > 0 && bytes + next > maxGroupBytes)) break;
    bytes += next;
    count += 1;
  }
  return queue.splice(0, count);
}

async function storeWaiting(): Promise<void> {
  if (isStoring) return;
  isStoring = true;
  // A connection that never answers does not hold up the next group.
  while (queue.length > 0) await withTimeLimit(storeGroup(takeGroup())).catch(() => undefined);
  isStoring = false;
}

/**
 * Stores a delivery, and returns once it is committed: `repeated` if the same one was stored before.
 *
 * @throws IntakeOverloadedError when too many wait
 * @throws when the database is unavailable, or does not accept the row
 */
export async function storeDelivery(row: DeliveryRow): Promise<"stored" | "repeated"> {
  const bytes = sizeOf(row);
  if (waitingRows >= maxWaitingRows || waitingBytes + bytes > maxWaitingBytes)
    throw new IntakeOverloadedError();
  const waiting: Waiting = { ...Promise.withResolvers(), row };
  waitingRows += 1;
  waitingBytes += bytes;
  queue.push(waiting);
  // After the requests that arrived in the same turn.
  if (!isStoring) setImmediate(() => void storeWaiting());
  try {
    return await waiting.promise;
  } finally {
    waitingRows -= 1;
    waitingBytes -= bytes;
  }
}
