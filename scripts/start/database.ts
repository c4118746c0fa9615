import { setTimeout as sleep } from "node:timers/promises";
import { migrateDatabase } from "../../db/migrate";
import { installQueues } from "../../server/queue/install";
import { type EmbeddedPostgres, startPostgres } from "../postgres";
import { prepareRoles, requireNoPendingMigrations, requireServingRole } from "../roles";
import { readOrCreateSecrets, type Secrets } from "../secrets";
import type { StartSettings } from "../settings";
import { errorMessage, isStopping, logStep, running } from "./lifecycle";

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
 * Runs the embedded PostgreSQL and restarts it on the same port when it exits by itself, without limit;
 * programs reconnect by themselves.
 */
async function startEmbedded(settings: StartSettings, port?: number): Promise<EmbeddedPostgres> {
  running.postgres = startPostgres({
    folder: settings.dataDir,
    superuserPassword: readOrCreateSecrets(settings.dataDir).databasePassword,
    isDurable: settings.isEmbeddedDatabaseDurable,
    ...(port && { port }),
  });
  const postgres = await running.postgres;
  const startedAtMs = Date.now();
  postgres.process.once("exit", () => void restart(settings, postgres.port, startedAtMs));
  return postgres;
}

const minRestartMs = 250;
const maxRestartMs = 30_000;
/** PostgreSQL that ran for this long was not at fault for the exits before. */
const steadyMs = 60_000;
let restartWaitMs = minRestartMs;

async function restart(settings: StartSettings, port: number, startedAtMs: number): Promise<void> {
  if (Date.now() - startedAtMs > steadyMs) restartWaitMs = minRestartMs;
  while (!isStopping()) {
    logStep(`PostgreSQL exited; restarting it in ${restartWaitMs} ms`);
    await sleep(restartWaitMs);
    restartWaitMs = Math.min(restartWaitMs * 2, maxRestartMs);
    if (isStopping()) return;
    try {
      await startEmbedded(settings, port);
      logStep("PostgreSQL restarted");
      return;
    } catch (error) {
      logStep(errorMessage(error));
    }
  }
}
