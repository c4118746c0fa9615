import { randomBytes } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { afterAll, inject } from "vitest";
import { withDatabase } from "@/scripts/roles";
import type { TestServers } from "./global";

// Each test file gets a copy of the migrated template before the settings are read.
const servers = inject("servers");
const database = `test_${randomBytes(6).toString("hex")}`;
const ownerUrl = withDatabase(servers.ownerUrl, database);
const servingUrl = withDatabase(servers.servingUrl, database);

process.env.DATABASE_URL = servingUrl;
process.env.DATABASE_POOL_SIZE = "5";
process.env.HERO_SANDBOX_URL = servers.sandboxUrl;
// Tests never reach the real Hero.
process.env.HERO_STAGING_URL = servers.sandboxUrl;
process.env.HERO_PRODUCTION_URL = servers.sandboxUrl;
process.env.HERO_SCRIPTS_URL = servers.sandboxUrl;
process.env.SMTP_URL = `smtp://127.0.0.1:${servers.smtpPort}`;

await asSuperuser(async (sql) => {
  await sql.unsafe(`create database ${database} template ${servers.template} strategy file_copy`);
  // Rights on the database are not copied.
  await sql.unsafe(`grant create on database ${database} to portal_owner`);
});

const connections: Sql[] = [];

afterAll(async () => {
  const { stopLiveStreams } = await import("@/server/services/live/hub");
  await stopLiveStreams();
  const { db } = await import("@/db/client");
  await db.close();
  await Promise.all(connections.map((sql) => sql.end({ timeout: 1 })));
  await asSuperuser((sql) => sql.unsafe(`drop database ${database} with (force)`));
});

async function asSuperuser(task: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(servers.superuserUrl, { max: 1, onnotice: () => undefined });
  try {
    await task(sql);
  } finally {
    await sql.end();
  }
}

function connect(url: string): Sql {
  const sql = postgres(url, { max: 4, onnotice: () => undefined });
  connections.push(sql);
  return sql;
}

/** A connection as the owner role; closed after the file. */
export const connectAsOwner = (): Sql => connect(ownerUrl);

/** A connection as the serving role, under row-level security; closed after the file. */
export const connectAsApp = (): Sql => connect(servingUrl);

/** A superuser connection; closed after the file. */
export const connectAsSuperuser = (): Sql => connect(withDatabase(servers.superuserUrl, database));

/** Addresses of this file's database, for processes that a test starts. */
export const databaseUrls = { ownerUrl, servingUrl };

/** The sandbox's address; concurrent test files share it. */
export const sandboxUrl: TestServers["sandboxUrl"] = servers.sandboxUrl;
