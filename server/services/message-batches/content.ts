import "server-only";
import { z } from "zod";
import { db, type Transaction } from "@/db/client";
import { open, type SealingKey, seal } from "../../crypto/secret-box";
import type { MessageBatchIdInput } from "../../schemas/message-batches";
import type { MessageContent } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import type { MessageDraft } from "../messages/assess";
import { loadKeyOfMessage } from "../messages/content";
import { isFallback } from "../messages/view";
import { loadBatch, type MessageBatchRow, type RecipientRow } from "./load";
import { recordBatchAudit } from "./record";

const batchContent = z.object({
  text: z.string(),
  variables: z.record(z.string(), z.string()),
  /** Empty: reminders have the same text. */
  reminderText: z.string(),
});
/** What is sealed of a batch until it is erased. */
export type BatchContent = z.infer<typeof batchContent>;

/** What a sealed text is bound to: it does not open in another row, tenant or environment. */
const contentLocation = (ctx: TenantContext, batchId: string) => ({
  tenantId: ctx.tenantId,
  table: "message_batches",
  rowId: `${ctx.environment}/${batchId}`,
  column: "sealed_content",
});

export const sealBatchContent = (
  ctx: TenantContext,
  key: SealingKey,
  batchId: string,
  content: BatchContent,
): Buffer => seal(Buffer.from(JSON.stringify(content)), key, contentLocation(ctx, batchId));

/** The data key that a batch was sealed with, which also writes its fingerprints. */
export const loadKeyOfBatch: (
  tx: Transaction,
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "dataKeyId">,
) => Promise<SealingKey> = loadKeyOfMessage;

/** Null once the text was erased. @throws SecretBoxError when it was altered or moved */
export async function openBatchContent(
  tx: Transaction,
  ctx: TenantContext,
  batch: Pick<MessageBatchRow, "id" | "dataKeyId" | "sealedContent">,
): Promise<BatchContent | null> {
  if (!batch.sealedContent) return null;
  const key = await loadKeyOfBatch(tx, ctx, batch);
  const bytes = open(
    batch.sealedContent,
    (id) => (id === key.id ? key.bytes : undefined),
    contentLocation(ctx, batch.id),
  );
  return batchContent.parse(JSON.parse(bytes.toString("utf8")));
}

type DraftColumns = Pick<
  MessageBatchRow,
  "practiceId" | "channel" | "fallbackChannel" | "linkId" | "recordWrite"
>;

/** The message to one recipient, always to the contact of the patient's record. */
export function draftOfRecipient(
  batch: DraftColumns,
  { text, variables }: Pick<BatchContent, "text" | "variables">,
  { patientId, linkId }: { patientId: string } & Pick<RecipientRow, "linkId">,
): MessageDraft {
  return {
    practiceId: batch.practiceId,
    patientId,
    channel: batch.channel,
    fallbackChannel: isFallback(batch.fallbackChannel) ? batch.fallbackChannel : null,
    text,
    variables,
    linkId: batch.linkId ?? linkId,
    recordWrite: batch.recordWrite,
  };
}

/** The text of a batch as it was written, for a person who asks to see it. @throws NotFoundError */
export async function showBatchText(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<MessageContent> {
  requirePermission(ctx, "messages.read");
  return db.tenant(ctx, async (tx) => {
    const batch = await loadBatch(tx, ctx, batchId);
    const content = await openBatchContent(tx, ctx, batch);
    await recordBatchAudit(tx, ctx, "message_batch.text_shown", batch);
    return { text: content?.text ?? null };
  });
}
