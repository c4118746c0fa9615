import "server-only";
import { sql } from "drizzle-orm";
import type { Database } from "./client";
import journal from "./migrations/meta/_journal.json" with { type: "json" };

/** How many migrations are not yet applied, for the health check. */
export async function countPendingMigrations(database: Database): Promise<number> {
  const [row] = await database.execute<{ latest: string | null }>(
    sql`select max(created_at)::text as latest from drizzle.__drizzle_migrations`,
  );
  const latest = Number(row?.latest ?? 0);
  return journal.entries.filter((entry) => entry.when > latest).length;
}
