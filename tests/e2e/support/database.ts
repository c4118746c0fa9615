import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { readOrCreateSecrets } from "@/scripts/secrets";
import type { App } from "../fixtures";

/** Adds someone who has signed up to an organisation. */
export const addMember = (app: App, { slug, email }: { slug: string; email: string }) =>
  changeOneRow(
    app,
    (sql) => sql`
      insert into memberships (tenant_id, user_id, role)
      select tenants.id, users.id, 'admin' from tenants, users
      where tenants.slug = ${slug} and users.email = ${email}`,
  );

/** Moves the request of a link an hour back, so that Hero cannot be creating the link any more. */
export const makeRequestOld = (app: App, linkId: string) =>
  changeOneRow(
    app,
    (sql) => sql`
      update links set requested_at = requested_at - interval '1 hour' where id = ${linkId}`,
  );

async function changeOneRow(
  { dataDir }: App,
  change: (sql: postgres.Sql) => PromiseLike<{ count: number }>,
): Promise<void> {
  const sql = postgres({
    host: "127.0.0.1",
    port: Number(readFileSync(join(dataDir, "postgres.port"), "utf8")),
    user: "postgres",
    password: readOrCreateSecrets(dataDir).databasePassword,
    database: "postgres",
    max: 1,
  });
  try {
    const changed = await change(sql);
    if (changed.count !== 1) throw new Error(`${changed.count} rows were changed.`);
  } finally {
    await sql.end();
  }
}
