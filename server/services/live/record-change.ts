import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { changes } from "@/db/schema/live";
import type { LiveTopic } from "../../schemas/live";
import type { TenantContext } from "../../tenancy/context";

/**
 * Tells open pages of a change, once its transaction commits. Work on many rows records one change without
 * `subjectId` for all of them.
 */
export async function recordChange(
  tx: Transaction,
  ctx: Pick<TenantContext, "tenantId" | "environment">,
  topic: LiveTopic,
  subjectId?: string,
): Promise<void> {
  await tx.insert(changes).values({
    tenantId: ctx.tenantId,
    environment: ctx.environment,
    id: uuidv7(),
    topic,
    subjectId,
  });
}
