import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { migrateDatabase } from "@/db/migrate";
import { installQueues } from "@/server/queue/install";
import { startPostgres } from "@/scripts/postgres";
import { startProgram } from "@/scripts/processes";
import { requireServingRole, prepareRoles, withDatabase } from "@/scripts/roles";

/** What `tests/setup/database.ts` needs to create a database. */
export type TestServers = {
  superuserUrl: string;
  ownerUrl: string;
  servingUrl: string;
  template: string;
  sandboxUrl: string;
  smtpPort: number;
};

declare module "vitest" {
  interface ProvidedContext {
    servers: TestServers;
  }
}

/** One PostgreSQL with a migrated template database, and one sandbox, for all test files. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const tempDir = mkdtempSync(join(tmpdir(), "portal-tests-"));
  mkdirSync(join(tempDir, "logs"));
  const superuserPassword = "only for tests on loopback";
  const sandbox = startProgram({
    name: "sandbox",
    args: ["--import", "tsx", "sandbox/main.ts"],
    env: { ...process.env, SANDBOX_PORT: "0", SANDBOX_SMTP_PORT: "0", SANDBOX_PUBLIC_URL: "" },
    logFile: join(tempDir, "logs/sandbox.log"),
    isLogForwarded: false,
    isRestarted: false,
    onGiveUp: (lastLines) => process.stderr.write(`sandbox\n${lastLines.join("\n")}\n`),
  });
  const server = await startPostgres({ folder: tempDir, superuserPassword, isDurable: false });
  const tearDown = async () => {
    await sandbox.stop();
    await server.stop();
    rmSync(tempDir, { recursive: true, force: true });
  };

  try {
    const template = "template_portal";
    const superuser = postgres(server.superuserUrl(), { max: 1 });
    await superuser.unsafe(`create database ${template}`);
    await superuser.end();
    const { ownerUrl, servingUrl } = await prepareRoles({
      databaseUrl: server.superuserUrl(template),
      fallbackPassword: superuserPassword,
    });
    if (!ownerUrl) throw new Error("The superuser could not make the roles.");
    await migrateDatabase(ownerUrl);
    await installQueues(ownerUrl);
    await requireServingRole(servingUrl);
    const { url, smtpPort } = await sandbox.ready;
    project.provide("servers", {
      superuserUrl: server.superuserUrl(),
      ownerUrl: withDatabase(ownerUrl, "none"),
      servingUrl: withDatabase(servingUrl, "none"),
      template,
      sandboxUrl: String(url),
      smtpPort: Number(smtpPort),
    });
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}
