import "server-only";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

// An arbitrary number that every migrating process shares.
const migrationLock = 4_821_733_105;

/**
 * Applies the generated migrations as the owning role, one process at a time (by an advisory lock, since
 * Drizzle takes none), and creates the partitions of the coming months.
 *
 * @param ownerUrl a direct address: a transaction-mode pooler would lose the lock
 */
export async function migrateDatabase(ownerUrl: string): Promise<void> {
  const client = postgres(ownerUrl, { max: 1, prepare: false, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(client), {
      migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)),
    });
    await client`grant usage on schema drizzle to portal_app`;
    await client`grant select on drizzle.__drizzle_migrations to portal_app`;
    await client`select ensure_partitions()`;
  } finally {
    await client.end({ timeout: 5 });
  }
}
