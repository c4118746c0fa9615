import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { Environment } from "../../schemas/environments";
import { findEnvironment } from "../../tenancy/environments";

/** A scope with deliveries that no worker has seen, or with `practiceId` a practice with objects to read. */
export type WebhookWork = { tenantId: string; environment: Environment; practiceId: string | null };

/** Where there is something to process, in the environments of this installation. */
export async function listWebhookWork(now = new Date()): Promise<WebhookWork[]> {
  const rows = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    practice_id: string | null;
  }>(
    sql`select tenant_id, environment, practice_id from list_webhook_work(${now.toISOString()}::timestamptz)`,
  );
  return rows.flatMap((row) => {
    const environment = findEnvironment(row.environment);
    return environment
      ? [{ tenantId: row.tenant_id, environment, practiceId: row.practice_id }]
      : [];
  });
}
