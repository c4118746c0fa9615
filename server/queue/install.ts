import "server-only";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import { isQueueName, queueNames, queueSchema, queues } from "./queues";

/**
 * Creates or updates pg-boss's tables, the queues and their schedules as the owning role, deletes queues
 * that no longer exist, and grants the serving role their use. Run after `migrateDatabase`.
 *
 * @param ownerUrl a direct address of the owning role
 */
export async function installQueues(ownerUrl: string): Promise<void> {
  const client = postgres(ownerUrl, { max: 1, prepare: false, onnotice: () => {} });
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: queueSchema,
    supervise: false,
    schedule: false,
    max: 2,
  });
  let failure: unknown;
  boss.on("error", (error) => {
    failure = error;
  });
  try {
    await client`select pg_advisory_lock(4821733106)`;
    await boss.start();
    for (const { name } of await boss.getQueues()) {
      if (isQueueName(name) || name.startsWith("__pgboss")) continue;
      await boss.unschedule(name);
      await boss.deleteQueue(name);
    }
    for (const name of queueNames) {
      const { cron, notify = false, ...settings } = queues[name];
      await boss.createQueue(name, { ...settings, notify });
      await boss.updateQueue(name, { ...settings, notify });
      if (cron) await boss.schedule(name, cron, {}, { tz: "Europe/London" });
    }
    const schema = client(queueSchema);
    await client`grant usage on schema ${schema} to portal_app`;
    await client`grant select, insert, update, delete on all tables in schema ${schema} to portal_app`;
    await client`grant usage, select on all sequences in schema ${schema} to portal_app`;
    await client`grant execute on all functions in schema ${schema} to portal_app`;
    if (failure) throw failure;
  } finally {
    await boss.stop({ graceful: false });
    await client.end({ timeout: 5 });
  }
}
