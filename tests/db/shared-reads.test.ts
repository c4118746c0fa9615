import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { db, type Transaction } from "@/db/client";
import { sqlState } from "@/db/errors";
import { createTenantPair } from "../support/tenants";

const readTransaction = async (tx: Transaction) => {
  const [row] = await tx.execute<{ id: string; tenants: number }>(sql`
    select pg_backend_pid() || ' ' || transaction_timestamp() as id,
      (select count(*)::integer from tenants) as tenants`);
  return row;
};

describe("db.read", () => {
  it("overlapping reads of one scope share one transaction", async () => {
    const { first: own } = await createTenantPair();
    const ctx = await own.asOwner();
    const [first, second, third] = await Promise.all([
      db.read(ctx, readTransaction),
      db.read(ctx, readTransaction),
      db.read(ctx, async (tx) => {
        await readTransaction(tx);
        return db.read(ctx, readTransaction);
      }),
    ]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(first?.tenants).toBe(1);
  });

  it("reads of different scopes, and later reads, have their own transactions", async () => {
    const { first: own, second: other } = await createTenantPair();
    const ctx = await own.asOwner();
    const [ownRead, otherRead] = await Promise.all([
      db.read(ctx, readTransaction),
      db.read(await other.asOwner(), readTransaction),
    ]);
    const laterRead = await db.read(ctx, readTransaction);
    expect(new Set([ownRead?.id, otherRead?.id, laterRead?.id]).size).toBe(3);
  });

  it("a shared read cannot write", async () => {
    const { first: own } = await createTenantPair();
    const written = db.read(await own.asOwner(), (tx) =>
      tx.execute(sql`update tenants set name = 'Changed'`),
    );
    await expect(written).rejects.toSatisfy((error) => sqlState(error) === "25006");
  });

  it("a read works after a failed one", async () => {
    const { first: own } = await createTenantPair();
    const ctx = await own.asOwner();
    await expect(db.read(ctx, (tx) => tx.execute(sql`select 1 / 0`))).rejects.toThrow();
    expect((await db.read(ctx, readTransaction))?.tenants).toBe(1);
  });
});
