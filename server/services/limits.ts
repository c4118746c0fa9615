import "server-only";
import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { ConflictError } from "../errors";

/** Transactions that lock the same limit wait for each other, so that the next one counts what this one commits. */
export async function lockLimit(
  tx: Transaction,
  key: readonly [name: string, ...owner: string[]],
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key.join("/")}, 0))`);
}

/**
 * Checks a limit before a row is added. Transactions that add to the same limit wait for each other, so that
 * parallel requests cannot exceed it together: the next one counts what this one has committed.
 *
 * @param key names the limit and whose it is
 * @param count counts the existing rows in this transaction
 * @throws ConflictError with the message at the limit
 */
export async function requireBelowLimit(
  tx: Transaction,
  key: readonly [name: string, ...owner: string[]],
  limit: { max: number; count: () => Promise<number>; message: string },
): Promise<void> {
  await lockLimit(tx, key);
  if ((await limit.count()) >= limit.max) throw new ConflictError(limit.message);
}
