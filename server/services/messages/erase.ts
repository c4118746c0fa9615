import "server-only";
import { and, asc, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { eraseAttachments } from "./attachments";

/** In one statement: the worker's loop, which serves all organisations, waits for it. */
const maxErased = 1_000;
const erasedReason = "Hero's reason was deleted with the text.";

/**
 * Erases the texts whose time has come, those that have waited longest first. The rows stay, and with them the
 * mark that a message was sent. Hero's own reason for not writing to the record goes too: it may repeat the text.
 */
export async function eraseTexts(ctx: TenantContext, now = new Date()): Promise<number> {
  const erased = await db.tenant(ctx, async (tx) => {
    const due = tx
      .select({ id: messages.id })
      .from(messages)
      .where(
        and(inScope(messages, ctx), lte(messages.eraseAt, now), isNotNull(messages.sealedContent)),
      )
      .orderBy(asc(messages.eraseAt))
      .limit(maxErased);
    const rows = await tx
      .update(messages)
      .set({
        sealedContent: null,
        contentErasedAt: now,
        eraseAt: null,
        recordWriteFailure: sql`case when ${messages.recordWriteFailure} is null then null else ${erasedReason} end`,
      })
      .where(and(inScope(messages, ctx), inArray(messages.id, due)))
      .returning({ attachmentId: messages.attachmentId });
    const attachmentIds = rows.flatMap((row) => row.attachmentId ?? []);
    await eraseAttachments(tx, ctx, attachmentIds, now);
    return rows;
  });
  return erased.length;
}
