import "server-only";
import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env } from "@/server/env";
import type { TenantId } from "./ids";

/** A connection or a transaction. */
export type Database = PostgresJsDatabase;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/**
 * Drizzle sends unnamed statements, which the server parses and plans each time. Named ones serve a third to
 * two thirds more requests (`docs/decisions/003-prepared-statements.md`). Off behind a pooler that cannot
 * keep statements of a transaction-mode client.
 */
function withPreparedStatements<Client extends postgres.Sql | postgres.TransactionSql>(
  client: Client,
): Client {
  return new Proxy(client, {
    get(target, key, receiver) {
      if (key === "unsafe") {
        return (text: string, values?: never[], options?: postgres.UnsafeQueryOptions) =>
          target.unsafe(text, values, { ...options, prepare: true });
      }
      if (key === "begin" && "begin" in target) {
        return (run: (tx: postgres.TransactionSql) => Promise<unknown>) =>
          target.begin((tx) => run(withPreparedStatements(tx)));
      }
      if (key === "savepoint" && "savepoint" in target) {
        return (run: (tx: postgres.TransactionSql) => Promise<unknown>) =>
          target.savepoint((tx) => run(withPreparedStatements(tx)));
      }
      return Reflect.get(target, key, receiver);
    },
  });
}

const usesPreparedStatements = () => env().DATABASE_PREPARED_STATEMENTS === "on";

function createClient(): postgres.Sql {
  return postgres(env().DATABASE_URL, {
    max: env().DATABASE_POOL_SIZE,
    prepare: usesPreparedStatements(),
    connect_timeout: 5,
    max_lifetime: 30 * 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 2),
    connection: { application_name: "portal" },
    onnotice: () => {},
  });
}

const withDrizzle = (client: postgres.Sql): Database =>
  drizzle(usesPreparedStatements() ? withPreparedStatements(client) : client);

// On the process, not in the module: a server may hold several copies of the module (Next's bundles and our
// own), which share one pool.
const globals = globalThis as typeof globalThis & { portalClient?: postgres.Sql };

let cachedDatabase: { database: Database; client: postgres.Sql } | undefined;

function getDatabase(): Database {
  globals.portalClient ??= createClient();
  if (cachedDatabase?.client !== globals.portalClient) {
    cachedDatabase = { client: globals.portalClient, database: withDrizzle(globals.portalClient) };
  }
  return cachedDatabase.database;
}

type OpenRead = { transaction: Promise<Transaction>; running: number; close: () => void };

const openReads = new WeakMap<object, OpenRead>();

/** The read-only transaction of this scope: the open one, or else a new one. */
function joinRead(scope: { readonly tenantId: TenantId }): OpenRead {
  const open = openReads.get(scope);
  if (open) return open;
  const opened = Promise.withResolvers<Transaction>();
  const closed = Promise.withResolvers<void>();
  const read: OpenRead = { transaction: opened.promise, running: 0, close: closed.resolve };
  openReads.set(scope, read);
  getDatabase()
    .transaction(async (tx) => {
      const scoped = tx
        .execute(
          sql`select set_config('app.tenant_id', ${scope.tenantId}, true), set_config('transaction_read_only', 'on', true)`,
        )
        .execute();
      opened.resolve(tx);
      await Promise.all([scoped, closed.promise]);
    })
    // Once it is open, a failure has already reached the query that caused it.
    .catch(opened.reject);
  return read;
}

export const db = {
  /** Tables without a tenant: accounts, sessions, limits, workers. Tenant tables show no rows here. */
  get shared(): Database {
    return getDatabase();
  },

  /**
   * Runs `run` in one transaction that can only see and write one tenant's rows, by row-level security.
   * Nothing that waits on the network belongs inside. The tenant is set first, without waiting for the
   * reply: a connection runs its queries in order, and without a tenant they would see no rows.
   */
  tenant<Result>(
    scope: { readonly tenantId: TenantId },
    run: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    return getDatabase().transaction(async (tx) => {
      const scoped = tx
        .execute(sql`select set_config('app.tenant_id', ${scope.tenantId}, true)`)
        .execute();
      return (await Promise.all([run(tx), scoped]))[0];
    });
  },

  /**
   * Writes of several tenants in one transaction, one after the other, so that they share its commit. Each
   * `run` sees and writes its tenant's rows only; one that fails undoes them all.
   */
  tenants<Result>(
    tenantIds: readonly TenantId[],
    run: (tx: Transaction, tenantId: TenantId) => Promise<Result>,
  ): Promise<Result[]> {
    return getDatabase().transaction(async (tx) => {
      const results: Result[] = [];
      for (const tenantId of tenantIds) {
        const scoped = tx
          .execute(sql`select set_config('app.tenant_id', ${tenantId}, true)`)
          .execute();
        const [result] = await Promise.all([run(tx, tenantId), scoped]);
        results.push(result);
      }
      return results;
    });
  },

  /**
   * As `tenant`, for reading only. Overlapping reads of one scope share a transaction, so that a page opens
   * one however many procedures it calls; a failed query fails the others.
   */
  async read<Result>(
    scope: { readonly tenantId: TenantId },
    run: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const read = joinRead(scope);
    read.running += 1;
    try {
      return await run(await read.transaction);
    } finally {
      read.running -= 1;
      if (read.running === 0) {
        openReads.delete(scope);
        read.close();
      }
    }
  },

  /** Closes every connection, at the end of a process or a test file. */
  async close(): Promise<void> {
    const client = globals.portalClient;
    globals.portalClient = undefined;
    await client?.end({ timeout: 5 });
  },
};
