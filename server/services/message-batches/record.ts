import "server-only";
import type { Transaction } from "@/db/client";
import type { AuditAction } from "../../schemas/activity";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import type { MessageBatchRow } from "./load";

/** The audit row of a change of a batch, which has nothing of its text or its patients. */
export async function recordBatchAudit(
  tx: Transaction,
  ctx: TenantContext,
  action: Extract<AuditAction, `message_batch.${string}`>,
  {
    id,
    name,
    operationId,
    channel,
  }: Pick<MessageBatchRow, "id" | "name" | "operationId" | "channel">,
  details: Record<string, string | number | null> = {},
): Promise<void> {
  await recordAudit(
    tx,
    ctx,
    action,
    { type: "message_batch", id, label: name },
    { operationId, channel, ...details },
  );
}
