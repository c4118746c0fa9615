import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { countPendingMigrations } from "@/db/pending-migrations";
import { describeError, log } from "../log";

export type Health =
  | { status: "ok" }
  | { status: "failing"; failing: "database" | "migrations" | "worker" };

const maxWorkerSilenceSeconds = 30;

/** OK only when the database responds, every migration is applied, and a worker was seen recently. */
export async function checkHealth(): Promise<Health> {
  try {
    if ((await countPendingMigrations(db.shared)) > 0) {
      return { status: "failing", failing: "migrations" };
    }
    const [row] = await db.shared.execute<{ alive: boolean }>(sql`
      select exists (
        select from workers where seen_at > now() - make_interval(secs => ${maxWorkerSilenceSeconds})
      ) as alive
    `);
    return row?.alive ? { status: "ok" } : { status: "failing", failing: "worker" };
  } catch (error) {
    log("warn", "health check failed", describeError(error));
    return { status: "failing", failing: "database" };
  }
}
