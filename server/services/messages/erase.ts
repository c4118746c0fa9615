import "server-only";
import { and, isNotNull, lte } from "drizzle-orm";
import { db } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";

/** Erases the texts whose time has come. The rows stay, and with them the mark that a message was sent. */
export async function eraseTexts(ctx: TenantContext, now = new Date()): Promise<number> {
  const erased = await db.tenant(ctx, (tx) =>
    tx
      .update(messages)
      .set({ sealedContent: null, contentErasedAt: now, eraseAt: null })
      .where(
        and(inScope(messages, ctx), lte(messages.eraseAt, now), isNotNull(messages.sealedContent)),
      )
      .returning({ id: messages.id }),
  );
  return erased.length;
}
