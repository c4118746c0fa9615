import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { Environment } from "../../schemas/environments";
import { findEnvironment } from "../../tenancy/environments";
import { maxReplyMs } from "./view";

/** A practice with messages to send or to read, or without one a scope with texts to erase. */
export type MessageWork = { tenantId: string; environment: Environment; practiceId: string | null };

/** Where there is something to do, in the environments of this installation. */
export async function listMessageWork(now = new Date()): Promise<MessageWork[]> {
  const lostBefore = new Date(now.getTime() - maxReplyMs()).toISOString();
  const rows = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    practice_id: string | null;
  }>(
    sql`select tenant_id, environment, practice_id
      from list_message_work(${now.toISOString()}::timestamptz, ${lostBefore}::timestamptz)`,
  );
  return rows.flatMap((row) => {
    const environment = findEnvironment(row.environment);
    return environment
      ? [{ tenantId: row.tenant_id, environment, practiceId: row.practice_id }]
      : [];
  });
}
