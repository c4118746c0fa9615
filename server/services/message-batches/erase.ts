import "server-only";
import { and, inArray, isNotNull, lte } from "drizzle-orm";
import { db } from "@/db/client";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";

/**
 * Erases the texts of batches whose time has come. The rows stay, and with them who was reached and which
 * recipients have had their message.
 */
export async function eraseBatchTexts(ctx: TenantContext, now = new Date()): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const erased = await tx
      .update(messageBatches)
      .set({ sealedContent: null, contentErasedAt: now, eraseAt: null })
      .where(
        and(
          inScope(messageBatches, ctx),
          lte(messageBatches.eraseAt, now),
          isNotNull(messageBatches.sealedContent),
        ),
      )
      .returning({ id: messageBatches.id });
    // Of batches that were never checked.
    await tx
      .update(messageRecipients)
      .set({ sealed: null })
      .where(
        and(
          inScope(messageRecipients, ctx),
          inArray(
            messageRecipients.batchId,
            erased.map(({ id }) => id),
          ),
          isNotNull(messageRecipients.sealed),
        ),
      );
    return erased.length;
  });
}
