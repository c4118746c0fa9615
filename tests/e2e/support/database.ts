import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { readOrCreateSecrets } from "@/scripts/secrets";
import type { App } from "../fixtures";

/** Moves the request of a link an hour back, so that Hero cannot be creating the link any more. */
export async function makeRequestOld({ dataDir }: App, linkId: string): Promise<void> {
  const sql = postgres({
    host: "127.0.0.1",
    port: Number(readFileSync(join(dataDir, "postgres.port"), "utf8")),
    user: "postgres",
    password: readOrCreateSecrets(dataDir).databasePassword,
    database: "postgres",
    max: 1,
  });
  try {
    const changed = await sql`
      update links set requested_at = requested_at - interval '1 hour' where id = ${linkId}`;
    if (changed.count !== 1) throw new Error("The database has no such link.");
  } finally {
    await sql.end();
  }
}
