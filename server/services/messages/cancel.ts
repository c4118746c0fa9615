import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import type { MessageIdInput, MessageState, MessageView } from "../../schemas/messages";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { loadMessage, type MessageRow } from "./load";
import { endedAt, recordMessageAudit } from "./record";
import { loadMessageSettings } from "./settings";
import { getMessageView } from "./view";

/**
 * Undoes a message that waits to be sent. One statement decides between this and the worker that claims it:
 * a message that is undone was not sent and never will be.
 *
 * @throws NotFoundError, ConflictError when it was claimed, held or has ended
 */
export const undoMessage = (ctx: TenantContext, input: MessageIdInput): Promise<MessageView> =>
  stop(ctx, input, { from: ["scheduled"], action: "message.undone" });

/** As `undoMessage`, also for a message that is held. */
export const cancelMessage = (ctx: TenantContext, input: MessageIdInput): Promise<MessageView> =>
  stop(ctx, input, { from: ["scheduled", "held"], action: "message.cancelled" });

const tooLate: Partial<Record<MessageState, string>> = {
  sending: "This message is being sent. It is too late to stop it.",
  held: "This message is held and was not sent. Cancel it instead.",
  failed: "This message has failed, so there is nothing to stop.",
  unknown: "Hero may have received this message. It is too late to stop it.",
};

async function stop(
  ctx: TenantContext,
  { messageId }: MessageIdInput,
  { from, action }: { from: MessageRow["state"][]; action: "message.undone" | "message.cancelled" },
): Promise<MessageView> {
  requirePermission(ctx, "messages.send");
  return db.tenant(ctx, async (tx) => {
    const now = new Date();
    const settings = await loadMessageSettings(tx, ctx);
    const [stopped] = await tx
      .update(messages)
      .set({
        ...endedAt(now, settings),
        state: "cancelled",
        cancelledAt: now,
        cancelledBy: actorId(ctx),
      })
      .where(and(inScope(messages, ctx), eq(messages.id, messageId), inArray(messages.state, from)))
      .returning();
    if (stopped) await recordMessageAudit(tx, ctx, action, stopped);
    else {
      const { state } = await loadMessage(tx, ctx, messageId);
      // A repeat.
      if (state !== "cancelled") {
        throw new ConflictError(
          tooLate[state] ?? "This message has been sent. It is too late to stop it.",
        );
      }
    }
    return getMessageView(tx, ctx, messageId);
  });
}
