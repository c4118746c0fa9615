import { randomBytes } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { afterAll, inject } from "vitest";
import { withDatabase } from "@/scripts/roles";
import type { TestServers } from "./global";

// Each test file gets a copy of the migrated template, made before anything reads the settings.
const servers = inject("servers");
const database = `test_${randomBytes(6).toString("hex")}`;
const ownerUrl = withDatabase(servers.ownerUrl, database);
const servingUrl = withDatabase(servers.servingUrl, database);

process.env.DATABASE_URL = servingUrl;
process.env.DATABASE_POOL_SIZE = "5";
process.env.HERO_SANDBOX_URL = servers.sandboxUrl;
// Nothing in a test may reach a Hero that is not ours.
process.env.HERO_STAGING_URL = servers.sandboxUrl;
process.env.HERO_PRODUCTION_URL = servers.sandboxUrl;
process.env.HERO_SCRIPTS_URL = servers.sandboxUrl;
process.env.SMTP_URL = `smtp://127.0.0.1:${servers.smtpPort}`;

await asSuperuser(async (sql) => {
  await sql.unsafe(`create database ${database} template ${servers.template} strategy file_copy`);
  // Rights on the database itself are not copied along.
  await sql.unsafe(`grant create on database ${database} to portal_owner`);
});

const connections: Sql[] = [];

afterAll(async () => {
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

/** A connection as the role that owns and migrates; closed by itself when the file is done. */
export const connectAsOwner = (): Sql => connect(ownerUrl);

/** A connection as the role that serves, held by row-level security; closed by itself. */
export const connectAsApp = (): Sql => connect(servingUrl);

/** A connection that nothing holds back, to see what is really in the tables; closed by itself. */
export const connectAsSuperuser = (): Sql => connect(withDatabase(servers.superuserUrl, database));

/** Addresses of this file's database, for a process that a test starts itself. */
export const databaseUrls = { ownerUrl, servingUrl };

/** Where the sandbox listens; the test files that run at the same time share it. */
export const sandboxUrl: TestServers["sandboxUrl"] = servers.sandboxUrl;
