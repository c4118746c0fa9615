import { join } from "node:path";
import { migrateDatabase } from "../../db/migrate";
import { installQueues } from "../../server/queue/install";
import { type EmbeddedPostgres, startPostgres } from "../postgres";
import { prepareRoles, requireNoPendingMigrations, requireServingRole } from "../roles";
import { readOrCreateSecrets, type Secrets } from "../secrets";
import type { StartSettings } from "../settings";
import { fail, isStopping, logStep, running } from "./lifecycle";

export type StartedDatabase = { servingUrl: string; secrets: Secrets };

/** Starts the embedded PostgreSQL unless `DATABASE_URL` names a server, then prepares and migrates it. */
export async function startDatabase(settings: StartSettings): Promise<StartedDatabase> {
  const secrets = readOrCreateSecrets(settings.dataDir);
  const databaseUrl = settings.databaseUrl ?? (await startEmbedded(settings)).superuserUrl();
  const addresses = await prepareRoles({
    databaseUrl,
    adminUrl: settings.databaseAdminUrl,
    ownerUrl: settings.databaseOwnerUrl,
    fallbackPassword: secrets.databasePassword,
  });
  if (addresses.ownerUrl) {
    await migrateDatabase(addresses.ownerUrl);
    await installQueues(addresses.ownerUrl);
  } else await requireNoPendingMigrations(addresses.servingUrl);
  await requireServingRole(addresses.servingUrl);
  logStep("Database ready");
  return { servingUrl: addresses.servingUrl, secrets };
}

/**
 * Runs the embedded PostgreSQL and restarts it on the same port when it exits by itself; programs
 * reconnect by themselves. Gives up after several exits within a minute.
 */
async function startEmbedded(
  settings: StartSettings,
  recentExits: number[] = [],
): Promise<EmbeddedPostgres> {
  running.postgres = startPostgres({
    folder: settings.dataDir,
    superuserPassword: readOrCreateSecrets(settings.dataDir).databasePassword,
    isDurable: settings.isEmbeddedDatabaseDurable,
  });
  const postgres = await running.postgres;
  const restart = async () => {
    if (isStopping()) return;
    const minuteMs = 60_000;
    const maxExits = 3;
    const exits = [
      ...recentExits.filter((exitedAtMs) => exitedAtMs > Date.now() - minuteMs),
      Date.now(),
    ];
    if (exits.length > maxExits) {
      const logFile = join(settings.dataDir, "logs", "postgres.log");
      throw new Error(`PostgreSQL exits again and again; ${logFile} has the reason.`);
    }
    logStep("PostgreSQL exited; restarting it");
    const restarted = await startEmbedded(settings, exits);
    if (restarted.port !== postgres.port)
      throw new Error("PostgreSQL exited, and its port was taken.");
  };
  postgres.process.once("exit", () => void restart().catch(fail));
  return postgres;
}
