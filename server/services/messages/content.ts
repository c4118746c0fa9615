import "server-only";
import { z } from "zod";
import { db, type Transaction } from "@/db/client";
import { open, type SealingKey, seal } from "../../crypto/secret-box";
import type { MessageContent, MessageIdInput } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { loadDataKeys } from "../practices/stored-key";
import { loadMessage, loadPracticeName, type MessageRow } from "./load";

const storedContent = z.object({
  /** As it is sent. */
  text: z.string(),
  /** What it was written from, to be rendered again when it is sent. */
  draft: z.object({
    text: z.string(),
    variables: z.record(z.string(), z.string()),
    contact: z.string().optional(),
  }),
});
/** What is sealed of a message until it is erased. */
export type StoredContent = z.infer<typeof storedContent>;

/** What a sealed text is bound to: it does not open in another row, tenant or environment. */
const contentLocation = (ctx: TenantContext, messageId: string) => ({
  tenantId: ctx.tenantId,
  table: "messages",
  rowId: `${ctx.environment}/${messageId}`,
  column: "sealed_content",
});

export const sealContent = (
  ctx: TenantContext,
  key: SealingKey,
  messageId: string,
  content: StoredContent,
): Buffer => seal(Buffer.from(JSON.stringify(content)), key, contentLocation(ctx, messageId));

/** The data key that a message was sealed with, which also wrote its fingerprints. */
export async function loadKeyOfMessage(
  tx: Transaction,
  ctx: TenantContext,
  { dataKeyId }: Pick<MessageRow, "dataKeyId">,
): Promise<SealingKey> {
  const key = (await loadDataKeys(tx, ctx)).find(({ id }) => id === dataKeyId);
  if (!key) throw new Error("The tenant has no data key with this ID.");
  return key;
}

/** Null once the text was erased. @throws SecretBoxError when it was altered or moved */
export async function openContent(
  tx: Transaction,
  ctx: TenantContext,
  row: Pick<MessageRow, "id" | "dataKeyId" | "sealedContent">,
): Promise<StoredContent | null> {
  if (!row.sealedContent) return null;
  const key = await loadKeyOfMessage(tx, ctx, row);
  const bytes = open(
    row.sealedContent,
    (id) => (id === key.id ? key.bytes : undefined),
    contentLocation(ctx, row.id),
  );
  return storedContent.parse(JSON.parse(bytes.toString("utf8")));
}

/** The text of a message, for a person who asks to see it. @throws NotFoundError */
export async function showMessageText(
  ctx: TenantContext,
  { messageId }: MessageIdInput,
): Promise<MessageContent> {
  requirePermission(ctx, "messages.read");
  return db.tenant(ctx, async (tx) => {
    const row = await loadMessage(tx, ctx, messageId);
    const content = await openContent(tx, ctx, row);
    const label = await loadPracticeName(tx, ctx, row.practiceId);
    await recordAudit(tx, ctx, "message.text_shown", { type: "message", id: row.id, label });
    return { text: content?.text ?? null };
  });
}
